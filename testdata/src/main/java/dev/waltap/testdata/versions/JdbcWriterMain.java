// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements by whichever sqlite-jdbc is on the class path, in a JVM of its own. It knows JDBC
 * and nothing else of this project, has no nested classes, and uses only what the oldest driver
 * has, so that this one class and an old jar make a whole class path.
 *
 * <p>Each line of its input is a command: {@code open N PATH}, {@code close N}, {@code sql N
 * STATEMENT} and {@code sync TOKEN}, where N names a connection. It prints {@code version} with
 * SQLite's version and source first, {@code error} and a message for what SQLite refuses, and the
 * sync line when all before it is done. The end of its input ends it, without closing connections.
 */
public final class JdbcWriterMain {
  private JdbcWriterMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, "UTF-8");
    Class.forName("org.sqlite.JDBC");
    out.println("version " + version());
    Map<String, Connection> connections = new HashMap<>();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 3);
      try {
        if (words[0].equals("sql")) {
          execute(required(connections.get(words[1])), words[2]);
        } else if (words[0].equals("open")) {
          connections.put(words[1], DriverManager.getConnection("jdbc:sqlite:" + words[2]));
        } else if (words[0].equals("close")) {
          required(connections.remove(words[1])).close();
        } else {
          out.println(line);
        }
      } catch (SQLException e) {
        out.println("error " + String.valueOf(e.getMessage()).replace('\n', ' '));
      }
    }
    Runtime.getRuntime().halt(0);
  }

  private static String version() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT sqlite_version(), sqlite_source_id()")) {
      row.next();
      return row.getString(1) + " " + row.getString(2);
    }
  }

  private static Connection required(@Nullable Connection connection) throws SQLException {
    if (connection == null) {
      throw new SQLException("no such connection");
    }
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
