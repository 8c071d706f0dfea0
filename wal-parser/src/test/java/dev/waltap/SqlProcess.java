// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Another process with SQLite in it: POSIX locks can't be tested within one. Given a database and
 * statements it prints the first column of the first row of each, or {@code -}, or the error. There
 * are statements of its own: {@code WRITE n} commits n counted transactions; {@code EXCLUSIVE} says
 * whether nobody locks the database file; {@code CLOSE} closes the connection; {@code HALT} dies
 * without closing anything.
 */
public final class SqlProcess {

  private SqlProcess() {}

  public static void main(String[] args) throws SQLException, IOException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + args[0]);
    for (int i = 1; i < args.length; i++) {
      if (args[i].equals("HALT")) {
        System.out.flush();
        Runtime.getRuntime().halt(0);
      } else if (args[i].equals("EXCLUSIVE")) {
        System.out.println(exclusive(Path.of(args[0])) ? "free" : "locked");
      } else if (args[i].equals("CLOSE")) {
        connection.close();
      } else if (args[i].startsWith("WRITE ")) {
        CountedDatabase.write(connection, Integer.parseInt(args[i].substring(6)));
        System.out.println("-");
      } else {
        System.out.println(first(connection, args[i]));
      }
    }
    connection.close();
  }

  // The bytes that SQLite locks for an exclusive lock, taken and released as SQLite would.
  private static boolean exclusive(Path database) throws IOException {
    try (FileChannel channel = FileChannel.open(database, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock((1L << 30) + 2, 510, false)) {
      return lock != null;
    }
  }

  private static String first(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "-";
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? String.valueOf(rows.getString(1)) : "-";
      }
    } catch (SQLException e) {
      return "error: " + e.getMessage();
    }
  }

  /** Starts one; the caller destroys it. */
  public static Process start(Path database, String... statements) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(SqlProcess.class.getName());
    command.add(database.toString());
    command.addAll(List.of(statements));
    try {
      return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs one to its end; the lines that it printed. */
  public static List<String> run(Path database, String... statements) {
    Process process = start(database, statements);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      List<String> result = lines.lines().collect(Collectors.toList());
      process.waitFor();
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }
}
