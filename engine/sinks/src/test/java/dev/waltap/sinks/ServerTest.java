// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.waltap.output.ClientOutput;
import dev.waltap.output.OutputRequest;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.broker.CaptureProcess;
import dev.waltap.testdata.broker.OutputSpeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** With a real server, where one is installed: it runs while a test does. */
abstract class ServerTest {

  /** Gives the arguments of the program. */
  interface Arguments {
    List<String> of(int port, Path directory);
  }

  @TempDir private Path directory = Path.of("");

  final List<String> warnings = new CopyOnWriteArrayList<>();
  private final Optional<String> program;
  private final String scheme;
  private final Function<OutputRequest, ClientOutput> outputs;
  private final Arguments arguments;
  private ServerProcess server;

  ServerTest(
      Optional<String> program,
      String scheme,
      Function<OutputRequest, ClientOutput> outputs,
      Arguments arguments) {
    this.program = program;
    this.scheme = scheme;
    this.outputs = outputs;
    this.arguments = arguments;
  }

  @BeforeEach
  final void start() throws Exception {
    assumeThat(program).as("the server of " + scheme).isPresent();
    start(List.of());
  }

  @AfterEach
  final void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  /** Starts it with more arguments, in the place of the one that runs. */
  final void restart(String... more) throws Exception {
    stop();
    start(List.of(more));
  }

  private void start(List<String> more) throws Exception {
    server = make(more);
    server.start();
  }

  private ServerProcess make(List<String> more) throws IOException {
    return new ServerProcess(
        directory,
        (port, at) -> {
          List<String> command = new ArrayList<>(List.of(program.orElseThrow()));
          command.addAll(arguments.of(port, at));
          command.addAll(more);
          return command;
        });
  }

  /**
   * Sends more than a connection buffers to a server that was killed: what is left in the buffer
   * can't be sent when the connection is closed either, and that must hide nothing.
   */
  final void sendToOneThatWasKilled() throws Exception {
    try (ClientOutput output = output(0)) {
      output.handleChanges(Outputs.batch(Outputs.STREAM, 1));
      server.kill();
      assertThatThrownBy(() -> output.handleChanges(Outputs.batches(2, 500)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("stays undelivered");
    }
    try (ClientOutput output = output(1)) {
      assertThatThrownBy(() -> output.handleChanges(Outputs.batch(Outputs.STREAM, 1)))
          .hasMessageContaining("is not reached");
    }
  }

  /** Captures two databases, {@code a.db} and {@code b.db}, by one process; each gets a user. */
  final void captureTwoDatabases() throws Exception {
    Path databases = Files.createDirectory(directory.resolve("databases"));
    List<Path> files = List.of(databases.resolve("a.db"), databases.resolve("b.db"));
    for (Path file : files) {
      write(file, "PRAGMA journal_mode = WAL", "CREATE TABLE users(id INTEGER PRIMARY KEY, name)");
    }
    catchUp(databases);
    for (Path file : files) {
      write(file, "INSERT INTO users VALUES (1, '" + file.getFileName() + "')");
    }
    catchUp(databases);
  }

  private static void write(Path database, String... statements) throws SQLException {
    try (Connection connection = TestDatabase.open(database)) {
      TestDatabase.execute(connection, statements);
    }
  }

  private void catchUp(Path databases) throws Exception {
    try (CaptureProcess capture =
        CaptureProcess.startTo(
            address(),
            directory,
            "cdc",
            "--directory",
            databases.toString(),
            "--state",
            directory.resolve("states").toString(),
            "--topic",
            "tenants.{database}.{table}",
            "--once")) {
      assertThat(capture.exit()).as(capture.errors()).isZero();
    }
  }

  /** Prints how fast rows come to the server. */
  final void measure(String name) throws Exception {
    try (OutputSpeed speed = new OutputSpeed(Long.getLong("waltap.output.rows", 0))) {
      for (int size : new int[] {256, 5_000}) {
        speed.measure(
            name + ", batches of " + size,
            size,
            round -> {
              ClientOutput output =
                  outputs.apply(
                      Outputs.request(
                          address(),
                          "app.db." + size + "-" + round,
                          Integer.MAX_VALUE,
                          warnings::add));
              return new OutputSpeed.Opened(output, output);
            });
      }
    }
  }

  final ServerProcess server() {
    return server;
  }

  final String address() {
    return scheme + "://127.0.0.1:" + server.port();
  }

  final ClientOutput output(int retries) {
    return outputs.apply(Outputs.request(address(), retries, warnings::add));
  }
}
