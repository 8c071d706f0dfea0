// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A database in WAL mode in a temporary directory of its own, which goes when the test closes it.
 * Connections belong to who opens them and must be closed before.
 */
public final class TestDatabase implements AutoCloseable {
  private final Path directory;
  private final Path path;

  private TestDatabase(Path directory) {
    this.directory = directory;
    this.path = directory.resolve("test.db");
  }

  /** Makes a database in WAL mode with SQLite's own defaults. */
  public static TestDatabase create() throws SQLException {
    return create(4096, "UTF-8", "PRAGMA synchronous = NORMAL");
  }

  /**
   * Makes a database in WAL mode.
   *
   * @param pageSize 512 to 65536
   * @param encoding UTF-8, UTF-16le or UTF-16be
   * @param pragmas what to run before the first table is made
   */
  public static TestDatabase create(int pageSize, String encoding, String... pragmas)
      throws SQLException {
    try {
      TestDatabase database = new TestDatabase(Files.createTempDirectory("waltap-test"));
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database.path)) {
        execute(connection, "PRAGMA page_size = " + pageSize);
        execute(connection, "PRAGMA encoding = '" + encoding + "'");
        for (String pragma : pragmas) {
          execute(connection, pragma);
        }
        execute(connection, "PRAGMA journal_mode = WAL");
      }
      return database;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The database file. */
  public Path path() {
    return path;
  }

  /** The directory it is alone in. */
  public Path directory() {
    return directory;
  }

  /** Opens a connection that waits for others and checks foreign keys. */
  public Connection open() throws SQLException {
    return open(path);
  }

  /** Opens a connection to a database that waits for others and checks foreign keys. */
  public static Connection open(Path path) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
    execute(connection, "PRAGMA busy_timeout = 10000");
    execute(connection, "PRAGMA foreign_keys = ON");
    return connection;
  }

  /** Runs statements, one after the other. */
  public static void execute(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The one number that a query gives. */
  public static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.getLong(1);
    }
  }

  /** Whether the sqlite3 shell is installed. */
  public static boolean hasShell() {
    try {
      Process process = new ProcessBuilder("sqlite3", "-version").start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Runs commands in the sqlite3 shell on this database; gives what it prints. */
  public String shell(String... commands) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sqlite3", "-batch", "-bail"));
    command.add(path.toString());
    command.addAll(List.of(commands));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("sqlite3 " + String.join("; ", commands) + ": " + output);
    }
    return output;
  }

  @Override
  public void close() {
    try {
      Directories.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
