// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.broker;

import dev.waltap.testdata.Await;
import dev.waltap.testdata.Directories;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka, broker and controller in one process of its own, on the loopback, its data in a
 * temporary directory. Killed and started again at will; for one thread.
 */
public final class Broker implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> JVM =
      List.of("-Xmx256m", "-Xms64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

  private static final String FIRST_SEGMENT = "00000000000000000000.log";

  /** Of the offset and the length at the beginning of a batch. */
  private static final int BATCH_LENGTH = Long.BYTES + Integer.BYTES;

  private static final int BATCH_ATTRIBUTES = 21;
  private static final int CONTROL_BATCH = 0x20;

  private final Path directory;
  private final int port;
  private final Path properties;
  private @Nullable Process process;

  private Broker(Path directory, int port, Path properties) {
    this.directory = directory;
    this.port = port;
    this.properties = properties;
  }

  /** One that does not run yet. */
  public static Broker create(String... more) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("waltap-kafka");
    int port = freePort();
    int controller = freePort();
    Path properties = directory.resolve("server.properties");
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of(
            "process.roles=broker,controller",
            "node.id=1",
            "controller.quorum.voters=1@127.0.0.1:" + controller,
            "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller,
            "advertised.listeners=PLAINTEXT://127.0.0.1:" + port,
            "controller.listener.names=CONTROLLER",
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            "log.dirs=" + directory.resolve("logs"),
            "offsets.topic.replication.factor=1",
            "offsets.topic.num.partitions=1",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "transaction.state.log.num.partitions=1",
            "group.initial.rebalance.delay.ms=0",
            "group.min.session.timeout.ms=500",
            "auto.create.topics.enable=false",
            "num.network.threads=1",
            "num.io.threads=2",
            "log.cleaner.dedupe.buffer.size=4194304"));
    lines.addAll(List.of(more));
    Files.write(properties, lines);
    Broker broker = new Broker(directory, port, properties);
    broker.format();
    return broker;
  }

  /** One that runs. */
  public static Broker started(String... more) throws Exception {
    Broker broker = create(more);
    try {
      broker.start();
      return broker;
    } catch (Throwable e) {
      broker.close();
      throw e;
    }
  }

  /** A port that nobody listens at. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void format() throws IOException, InterruptedException {
    Process format =
        java(
            "kafka.tools.StorageTool",
            "format",
            "--cluster-id",
            "MkU3OEVBNTcwNTJENDM2Qk",
            "--config",
            properties.toString());
    if (!format.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || format.exitValue() != 0) {
      throw new IOException("the storage is not formatted: " + output());
    }
  }

  private Process java(String main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("out").toFile()))
        .start();
  }

  private String output() throws IOException {
    return Files.readString(directory.resolve("out"));
  }

  /** Starts it, and waits until it takes connections. */
  public void start() throws Exception {
    Process started = java("kafka.Kafka", properties.toString());
    process = started;
    Await.until(
        PATIENCE,
        () -> {
          if (!started.isAlive()) {
            throw new IOException("the broker has ended: " + output());
          }
          return accepts();
        },
        () -> "the broker does not start: " + output());
  }

  private boolean accepts() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends it where it stands. */
  public void kill() throws InterruptedException {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly().waitFor();
    }
  }

  /**
   * Takes away what ends the last transaction in the only partition of a topic, its last batch, as
   * if it had never been written. While the broker is killed.
   */
  public void forgetLastMarker(String topic) throws IOException {
    Path log = directory.resolve("logs").resolve(topic + "-0").resolve(FIRST_SEGMENT);
    try (FileChannel file =
        FileChannel.open(log, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      file.read(bytes, 0);
      int last = 0;
      for (int at = 0; at + BATCH_LENGTH < bytes.position(); ) {
        last = at;
        at += BATCH_LENGTH + bytes.getInt(at + BATCH_LENGTH - Integer.BYTES);
      }
      if ((bytes.getShort(last + BATCH_ATTRIBUTES) & CONTROL_BATCH) == 0) {
        throw new IOException("the last batch of " + log + " ends no transaction");
      }
      file.truncate(last);
    }
  }

  /** HOST:PORT. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    kill();
    Directories.delete(directory);
  }
}
