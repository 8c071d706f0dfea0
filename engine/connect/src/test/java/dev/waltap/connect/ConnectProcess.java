// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.testdata.Await;
import dev.waltap.testdata.Directories;
import dev.waltap.testdata.broker.Broker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A real worker of Connect in a process of its own, with a directory of its own. Killed and started
 * again at will; for one thread.
 */
final class ConnectProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Path directory;
  private final int port;
  private final List<String> worker;
  private @Nullable Process process;

  private ConnectProcess(Path directory, int port, String... worker) {
    this.directory = directory;
    this.port = port;
    this.worker = List.of(worker);
  }

  /**
   * A distributed one with exactly-once support that runs, and has no connectors.
   *
   * @param plugins a directory of further plugins; null for none
   */
  static ConnectProcess started(String broker, @Nullable Path plugins) throws Exception {
    Path directory = Files.createTempDirectory("waltap-connect");
    Path own = Files.createDirectory(directory.resolve("plugins"));
    PluginDirectory.fill(own);
    int port = Broker.freePort();
    String group = "connect-" + UUID.randomUUID();
    List<String> lines =
        List.of(
            "bootstrap.servers=" + broker,
            "group.id=" + group,
            "config.storage.topic=" + group + "-configs",
            "offset.storage.topic=" + group + "-offsets",
            "status.storage.topic=" + group + "-status",
            "config.storage.replication.factor=1",
            "offset.storage.replication.factor=1",
            "status.storage.replication.factor=1",
            "offset.storage.partitions=1",
            "status.storage.partitions=1",
            "offset.flush.interval.ms=1000",
            "exactly.once.source.support=enabled",
            // Soon enough after a kill.
            "session.timeout.ms=3000",
            "heartbeat.interval.ms=500",
            "rebalance.timeout.ms=6000",
            "scheduled.rebalance.max.delay.ms=0",
            "task.shutdown.graceful.timeout.ms=2000",
            "key.converter=org.apache.kafka.connect.json.JsonConverter",
            "value.converter=org.apache.kafka.connect.json.JsonConverter",
            "listeners=http://127.0.0.1:" + port,
            "plugin.discovery=" + (plugins == null ? "service_load" : "hybrid_warn"),
            "plugin.path=" + own + (plugins == null ? "" : "," + plugins));
    Path properties = directory.resolve("worker.properties");
    Files.write(properties, lines);
    return new ConnectProcess(
            directory,
            port,
            "org.apache.kafka.connect.cli.ConnectDistributed",
            properties.toString())
        .run();
  }

  /**
   * A standalone one that runs, as {@code connect-standalone.sh} starts it.
   *
   * @param directory where it runs; removed with it
   * @param port at which the properties let it listen
   */
  static ConnectProcess standalone(
      Path directory, int port, String worker, String source, String sink) throws Exception {
    return new ConnectProcess(
            directory, port, "org.apache.kafka.connect.cli.ConnectStandalone", worker, source, sink)
        .run();
  }

  private ConnectProcess run() throws Exception {
    try {
      start();
      return this;
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /** Starts it, and waits until it answers. */
  void start() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx320m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-Dlog4j2.level=WARN");
    command.addAll(List.of("-cp", PluginDirectory.workerClassPath()));
    command.addAll(worker);
    Process started =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("out").toFile()))
            .start();
    process = started;
    Await.until(
        PATIENCE,
        () -> {
          if (!started.isAlive()) {
            throw new IOException("Connect has ended: " + log());
          }
          return answers();
        },
        () -> "Connect does not start: " + log());
  }

  private boolean answers() throws InterruptedException {
    try {
      return request("GET", "/connectors", null).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private HttpResponse<String> request(String method, String path, @Nullable String body)
      throws IOException, InterruptedException {
    HttpRequest.BodyPublisher publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(15))
            .header("Content-Type", "application/json")
            .method(method, publisher)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Sets up a connector, again as long as the worker is not ready for that; gives the answer. */
  String configure(String name, Map<String, String> config) throws Exception {
    String body =
        config.entrySet().stream()
            .map(each -> quote(each.getKey()) + ":" + quote(each.getValue()))
            .collect(Collectors.joining(",", "{", "}"));
    AtomicReference<String> last = new AtomicReference<>("");
    Await.until(
        PATIENCE,
        () -> isReadyFor("PUT", "/connectors/" + name + "/config", body, last),
        () -> last + "\n" + log());
    return Objects.requireNonNull(last.get());
  }

  private boolean isReadyFor(String method, String path, String body, AtomicReference<String> last)
      throws Exception {
    try {
      HttpResponse<String> answer = request(method, path, body);
      last.set(answer.statusCode() + " " + answer.body());
      return answer.statusCode() < 500 && answer.statusCode() != 409;
    } catch (IOException e) {
      last.set("no answer");
      if (!isAlive()) {
        throw new IOException("Connect has ended: " + log(), e);
      }
      return false;
    }
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Removes a connector. */
  void delete(String name) throws IOException, InterruptedException {
    request("DELETE", "/connectors/" + name, null);
  }

  /** What the worker answers to this. */
  String get(String path) throws IOException, InterruptedException {
    return request("GET", path, null).body();
  }

  /** What it wrote. */
  String log() throws IOException {
    return Files.readString(directory.resolve("out"));
  }

  boolean isAlive() {
    Process running = process;
    return running != null && running.isAlive();
  }

  /** Ends it where it stands. */
  void kill() throws InterruptedException {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    kill();
    Directories.delete(directory);
  }
}
