// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import dev.waltap.testdata.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A real server on a loopback port, which can be killed and started again with what it has. */
final class ServerProcess implements AutoCloseable {
  private final BiFunction<Integer, Path, List<String>> command;
  private final Path directory;
  private final int port;
  private @Nullable Process process;

  ServerProcess(Path directory, BiFunction<Integer, Path, List<String>> command)
      throws IOException {
    this.directory = directory;
    this.command = command;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
  }

  /** The program of this name, if it is installed. */
  static Optional<String> program(String... paths) {
    return List.of(paths).stream().filter(path -> Files.isExecutable(Path.of(path))).findFirst();
  }

  ServerProcess start() throws Exception {
    process =
        new ProcessBuilder(command.apply(port, directory))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("server.log").toFile())
            .start();
    Await.until(
        Duration.ofSeconds(20),
        this::answers,
        () -> command.apply(port, directory) + " does not start");
    return this;
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().waitFor();
      process = null;
    }
  }

  @Override
  public void close() throws Exception {
    kill();
  }
}
