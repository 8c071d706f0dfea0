// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** For tests of commands, run within this process on databases in a directory of their own. */
abstract class CommandTest {
  @TempDir Path directory = Path.of("");

  final ByteArrayOutputStream out = new ByteArrayOutputStream();
  final ByteArrayOutputStream err = new ByteArrayOutputStream();

  int run(Object... line) {
    return run(new StopSignals(code -> {}), line);
  }

  int run(StopSignals signals, Object... line) {
    out.reset();
    err.reset();
    String[] args = Stream.of(line).map(Object::toString).toArray(String[]::new);
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    return Main.run(new Shell(out, errors, false, CaptureBuilder::build, signals), args);
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** Makes a database in WAL mode with a table {@code t}, and closes it. */
  Path make(String name, String... statements) throws SQLException {
    Path path = directory.resolve(name);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
    return path;
  }

  static void execute(Path database, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
