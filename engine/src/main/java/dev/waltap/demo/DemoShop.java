// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.host.Reasons;
import dev.waltap.sqlite.SqliteConnections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A small shop in a temporary database, whose application writes on a thread of its own. The
 * command's thread opens it, starts it, stops it and closes it, which removes the files.
 */
public final class DemoShop implements AutoCloseable {

  /** How long to wait for events of what was rolled back: many times what an event takes. */
  private static final long NOTHING_MILLIS = 200;

  private final Path directory;
  private final Story story;
  private final long pauseMillis;
  private final Turns turns = new Turns();
  private volatile @Nullable Exception failure;
  private volatile boolean foreignWriter;
  private @Nullable Thread writer;

  /**
   * Opens it.
   *
   * @param endless whether it goes on when one transaction of each kind was seen
   * @param pause how long the application does nothing between two transactions
   */
  public static DemoShop open(boolean endless, Duration pause) throws IOException, SQLException {
    DemoShop shop =
        new DemoShop(temporaryDirectory(), new Story(endless), Math.max(1, pause.toMillis()));
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

  private DemoShop(Path directory, Story story, long pauseMillis) {
    this.directory = directory;
    this.story = story;
    this.pauseMillis = pauseMillis;
  }

  /** The database's file. */
  public Path database() {
    return directory.resolve("shop.db");
  }

  /** Delivers to this handler, and lets the application go on after each transaction. */
  public ChangesHandler inTurns(ChangesHandler handler) {
    return changes -> {
      handler.handleChanges(changes);
      if (endsTransaction(changes)) {
        turns.shown();
      }
    };
  }

  private static boolean endsTransaction(List<Change> changes) {
    return changes.stream().anyMatch(change -> change.transaction().last());
  }

  Turns turns() {
    return turns;
  }

  /** Whether the application's connection saw a commit that was not its own; known at the end. */
  boolean foreignWriter() {
    return foreignWriter;
  }

  /**
   * Lets the application write, from when the rows that are there were shown.
   *
   * @param rollbacks gets those that were rolled back
   * @param ended is called when the application does no more, or failed
   */
  public void start(RollbackListener rollbacks, Runnable ended) {
    Thread thread =
        new Thread(
            () -> {
              try {
                write(rollbacks);
              } catch (Exception e) {
                failure = e;
              } finally {
                ended.run();
              }
            },
            "waltap-demo-writer");
    thread.setDaemon(true);
    writer = thread;
    thread.start();
  }

  /** Gets each transaction that was rolled back and emitted nothing. */
  public interface RollbackListener {

    /** The one that was run last was rolled back. */
    void rolledBack() throws IOException;
  }

  private Connection connect() throws SQLException {
    Connection connection = SqliteConnections.open(database());
    execute(connection, "PRAGMA foreign_keys = ON");
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void build() throws SQLException {
    try (Connection connection = connect()) {
      execute(connection, "PRAGMA journal_mode = WAL");
      for (String sql : Story.SHOP) {
        execute(connection, sql);
      }
    }
  }

  private void write(RollbackListener rollbacks) throws Exception {
    try (Connection connection = connect()) {
      long version = dataVersion(connection);
      turns.awaitShown();
      while (!turns.isClosed() && story.hasNext()) {
        turns.pause(pauseMillis);
        if (!turns.isClosed()) {
          take(story.next(), connection, rollbacks);
        }
      }
      foreignWriter = dataVersion(connection) != version;
    }
  }

  private void take(ShopTransaction transaction, Connection connection, RollbackListener rollbacks)
      throws Exception {
    List<String> statements = transaction.statements();
    int last = statements.size() - 1;
    for (int i = 0; i < last; i++) {
      execute(connection, statements.get(i));
    }
    turns.committing(transaction);
    execute(connection, statements.get(last));
    if (!transaction.isRolledBack()) {
      turns.awaitShown();
    } else if (!turns.pause(NOTHING_MILLIS) && !turns.isClosed()) {
      rollbacks.rolledBack();
    }
  }

  /** Changes whenever another connection commits, and never by what this one does. */
  private static long dataVersion(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("PRAGMA data_version")) {
      return result.getLong(1);
    }
  }

  /**
   * Stops the application.
   *
   * @throws Exception why it ended early, if it did
   */
  public void stop() throws Exception {
    end();
    Exception why = failure;
    if (why != null) {
      throw why;
    }
  }

  private void end() {
    turns.close();
    Thread thread = writer;
    // Not interrupted: SQLite's calls must end as they like.
    boolean interrupted = false;
    while (thread != null && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops the application and removes all files; call it after the capture was closed. */
  @Override
  public void close() {
    end();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
