// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import dev.waltap.format.Bytes;
import dev.waltap.format.Varint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A database in WAL mode whose every counted transaction adds one to a counter, alone on page 2,
 * and a row to a table that begins on page 3. So the pages alone show whether a transaction is
 * missing.
 */
public final class CountedDatabase implements AutoCloseable {

  /** The counter's page. */
  public static final int COUNTER_PAGE = 2;

  private static final int DIGITS = 12;

  private final Path path;
  private final Connection connection;

  /** Makes one; its connection does no checkpoints unasked. */
  public CountedDatabase(Path path, int pageSize) throws SQLException {
    this(path, pageSize, "");
  }

  /** Makes one, with query parameters for the URI. */
  public CountedDatabase(Path path, int pageSize, String parameters) throws SQLException {
    this.path = path;
    this.connection = DriverManager.getConnection("jdbc:sqlite:file:" + path + parameters);
    execute("PRAGMA page_size=" + pageSize);
    execute("PRAGMA journal_mode=WAL");
    execute("PRAGMA wal_autocheckpoint=0");
    execute("PRAGMA synchronous=NORMAL");
    execute("CREATE TABLE counter(id INTEGER PRIMARY KEY, n TEXT)");
    execute("CREATE TABLE item(id INTEGER PRIMARY KEY, v BLOB)");
    execute("INSERT INTO counter VALUES(1, '000000000000')");
  }

  /** Another connection, to be closed by the caller. */
  public static Connection connect(Path path) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + path);
  }

  /** Commits this many counted transactions. */
  public void write(int transactions) throws SQLException {
    write(connection, transactions);
  }

  /** Commits this many counted transactions through any connection; leaves it in auto-commit. */
  public static void write(Connection connection, int transactions) throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement count =
            connection.prepareStatement("UPDATE counter SET n=printf('%012d', n+1)");
        PreparedStatement add =
            connection.prepareStatement("INSERT INTO item(v) VALUES(randomblob(40))")) {
      for (int i = 0; i < transactions; i++) {
        count.executeUpdate();
        add.executeUpdate();
        connection.commit();
      }
    }
    connection.setAutoCommit(true);
  }

  /** Runs a statement. */
  public void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row. */
  public String query(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.getString(1);
    }
  }

  /** What the counter says. */
  public long counter() throws SQLException {
    return Long.parseLong(query("SELECT n FROM counter"));
  }

  /** What the counter says on an image of its page. */
  public static long counterOn(byte[] page) {
    int cell = Bytes.u16(page, 8);
    int payload = (int) Varint.value(page, cell);
    int start = cell + Varint.size(page, cell);
    start += Varint.size(page, start);
    return Long.parseLong(
        new String(page, start + payload - DIGITS, DIGITS, StandardCharsets.US_ASCII));
  }

  /** The database's file. */
  public Path path() {
    return path;
  }

  /** Its -wal file. */
  public Path wal() {
    return Path.of(path + "-wal");
  }

  /** Its -shm file. */
  public Path shm() {
    return Path.of(path + "-shm");
  }

  /** The connection that made it. */
  public Connection connection() {
    return connection;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
