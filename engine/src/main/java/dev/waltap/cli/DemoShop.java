// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.host.Reasons;
import dev.waltap.sqlite.SqliteConnections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A small shop in a temporary database, busy in a thread of its own: about twenty commits a second.
 * The command's thread opens it, starts it and closes it, which removes the files.
 */
final class DemoShop implements AutoCloseable {

  private static final long PAUSE_MILLIS = 50;
  private static final List<String> NAMES =
      List.of("Ada", "Barbara", "Charles", "Donald", "Edsger", "Frances", "Grace", "Hedy");
  private static final List<String> ITEMS = List.of("lamp", "chair", "desk", "rug", "clock");

  private final Path directory;
  private final Random random = new Random();
  private final Thread writer = new Thread(this::trade, "waltap-demo-writer");
  private volatile boolean closed;
  private volatile @Nullable SQLException failure;

  static DemoShop open() throws IOException, SQLException {
    DemoShop shop = new DemoShop(temporaryDirectory());
    try {
      Files.createFile(shop.database());
      shop.build();
    } catch (IOException | SQLException | RuntimeException e) {
      shop.close();
      throw e;
    }
    return shop;
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("waltap-demo");
    } catch (IOException e) {
      throw new CaptureException(
          Reason.REFUSED,
          "the temporary directory "
              + System.getProperty("java.io.tmpdir")
              + " (java.io.tmpdir) can't be used: "
              + Reasons.of(e)
              + ": name another one, with java -Djava.io.tmpdir=DIR",
          e);
    }
  }

  private DemoShop(Path directory) {
    this.directory = directory;
    writer.setDaemon(true);
  }

  Path database() {
    return directory.resolve("shop.db");
  }

  void start() {
    writer.start();
  }

  /** Why the writer gave up, null as long as it has not. */
  @Nullable SQLException failure() {
    return failure;
  }

  private Connection connect() throws SQLException {
    return SqliteConnections.open(database());
  }

  private void build() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute(
          "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, score REAL)");
      statement.execute(
          "CREATE TABLE orders(id INTEGER PRIMARY KEY, user INTEGER REFERENCES users,"
              + " item TEXT, price REAL, state TEXT DEFAULT 'open')");
      for (String name : NAMES) {
        addUser(connection, name);
      }
    }
  }

  private void trade() {
    try (Connection connection = connect()) {
      while (!closed) {
        int dice = random.nextInt(20);
        if (dice < 8) {
          order(connection);
        } else if (dice < 14) {
          update(connection, "UPDATE orders SET state='paid' WHERE id=" + any("orders"));
        } else if (dice < 17) {
          update(connection, "DELETE FROM orders WHERE id=" + any("orders"));
        } else if (dice < 19) {
          update(connection, "UPDATE users SET score=score+0.5 WHERE id=" + any("users"));
        } else {
          addUser(connection, NAMES.get(random.nextInt(NAMES.size())));
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (SQLException e) {
      failure = e;
    } catch (InterruptedException e) {
      // Closing.
      return;
    }
  }

  private static String any(String table) {
    return "(SELECT id FROM " + table + " ORDER BY random() LIMIT 1)";
  }

  private void order(Connection connection) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO orders(user, item, price) VALUES(" + any("users") + ", ?, ?)")) {
      insert.setString(1, ITEMS.get(random.nextInt(ITEMS.size())));
      insert.setDouble(2, 5 + random.nextInt(20_000) / 100.0);
      insert.executeUpdate();
    }
  }

  private static void addUser(Connection connection, String name) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO users(name, score) VALUES(?, 1.0)")) {
      insert.setString(1, name);
      insert.executeUpdate();
    }
  }

  private static void update(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  /** Stops the writer and removes all files; call it after the capture was closed. */
  @Override
  public void close() {
    stop();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops the writer. */
  void stop() {
    closed = true;
    // Not interrupted: it sleeps for a moment only, and SQLite's calls must end as they like.
    boolean interrupted = false;
    while (writer.isAlive()) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
