// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.oracle.Markers;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/**
 * One database written by one build, from its creation to its end, with a capture in this process:
 * blocks of transactions by one or two processes and one or two connections of each, and between
 * them what may happen to a database. What is written follows from the seed. Used from one thread.
 */
final class MatrixDatabase implements AutoCloseable {
  private static final int BLOCK = 240;

  private final Path path;
  private final Writers writers;
  private final Totals totals;
  private final Random random;
  private final Dialect dialect;
  private final Layout layout;
  private final Statements[] statements;
  private final MatrixCapture capture;
  private boolean reading;
  private long marker;

  MatrixDatabase(Path path, long seed, Writers writers, Totals totals) {
    this.path = path;
    this.writers = writers;
    this.totals = totals;
    this.random = new Random(seed);
    this.dialect = Dialect.of(writers.get(0).version());
    this.layout = Layout.random((int) (seed % 8), dialect, random);
    this.statements =
        new Statements[] {
          new Statements(new Random(seed + 1_000_000), dialect, layout.pageSize()),
          new Statements(new Random(seed + 2_000_000), dialect, layout.pageSize())
        };
    this.capture = new MatrixCapture(path, layout, totals);
  }

  Layout layout() {
    return layout;
  }

  /** Writes about this many transactions; ends early if SQLite's own recovery damaged it. */
  void run(int transactions) throws Exception {
    writers.get(0).open(0, path);
    writers.get(0).sql(0, layout.create());
    writers.get(0).sql(0, statements[0].create());
    writers.get(0).close(0);
    writers.sync();
    connect();
    capture.start(random.nextBoolean());
    demandWal();
    for (int done = 0; done < transactions; done += BLOCK) {
      exactly(settle());
      boolean two = random.nextInt(3) == 0;
      for (int i = 0; i < BLOCK; i++) {
        step(two);
      }
      endReading();
      spill();
      settle();
      if (!event()) {
        totals.damaged++;
        return;
      }
    }
    settle();
  }

  private void demandWal() throws SQLException {
    try (Statement statement = capture.observer().createStatement();
        ResultSet row = statement.executeQuery("PRAGMA journal_mode")) {
      if (!row.getString(1).equals("wal")) {
        throw new AssertionError("this build makes no database in WAL mode");
      }
    }
  }

  private void connect() throws IOException, InterruptedException {
    for (int process = 0; process < writers.count(); process++) {
      connect(process);
    }
    reading = false;
    writers.sync();
  }

  private void connect(int process) throws IOException {
    Writer writer = writers.get(process);
    for (int i = 0; i < (writer.severalConnections() ? 2 : 1); i++) {
      writer.open(i, path);
      writer.sql(i, layout.connect(dialect));
    }
  }

  private void disconnect() throws IOException, InterruptedException {
    for (int process = 0; process < writers.count(); process++) {
      Writer writer = writers.get(process);
      for (int i = 0; i < (writer.severalConnections() ? 2 : 1); i++) {
        writer.close(i);
      }
    }
    writers.sync();
  }

  /** Waits until all is done and captured, and compares. */
  private Snapshot settle() throws Exception {
    writers.sync();
    writers.get(0).sql(0, "UPDATE " + Markers.TABLE + " SET n = n + 1");
    writers.get(0).sync(Writers.LIMIT);
    capture.frames().look();
    long now = TestDatabase.number(capture.observer(), "SELECT n FROM " + Markers.TABLE);
    totals.transactions += now - marker;
    marker = now;
    return capture.compare(now);
  }

  /** A transaction whose changes are compared one by one. */
  private void exactly(Snapshot before) throws Exception {
    capture.record(true);
    writers.get(0).sql(0, statements[0].transaction(true));
    capture.compareExactly(before, settle());
    capture.record(false);
  }

  private void step(boolean two) throws IOException {
    int process = two ? random.nextInt(2) : 0;
    Writer writer = writers.get(process);
    Statements words = statements[process];
    int choice = random.nextInt(100);
    if (choice < 3 && writer.severalConnections() && !two) {
      if (reading) {
        endReading();
      } else {
        writer.sql(1, "BEGIN");
        writer.sql(1, "SELECT count(*) FROM plain");
        reading = true;
      }
    } else if (choice < 5 && !reading) {
      writer.sql(0, words.checkpoint());
    } else if (choice == 5 && random.nextInt(3) == 0) {
      writer.sql(0, words.spilledStatement());
    } else {
      boolean other = writer.severalConnections() && !reading && random.nextInt(4) == 0;
      writer.sql(other ? 1 : 0, words.transaction(process == 0));
    }
    writer.flush();
  }

  private void endReading() throws IOException {
    if (reading) {
      writers.get(0).sql(1, "COMMIT");
      reading = false;
    }
  }

  /** Spills on purpose, and counts what came of it before the WAL can be reused. */
  private void spill() throws Exception {
    writers.sync();
    writers.get(0).sql(0, statements[0].spilledSavepoint());
    writers.get(0).sync(Writers.LIMIT);
    capture.frames().look();
  }

  /** Something that may happen to a database; false if SQLite itself has damaged it by that. */
  private boolean event() throws Exception {
    switch (random.nextInt(10)) {
      case 0 -> {
        disconnect();
        connect();
      }
      case 1 -> killWriter();
      case 2 -> {
        return tearHeader();
      }
      case 3 -> {
        capture.stop();
        unseen();
        capture.start(random.nextBoolean());
      }
      case 4 -> {
        return crash();
      }
      default -> {}
    }
    return true;
  }

  /** Transactions that no capture sees. */
  private void unseen() throws IOException, InterruptedException {
    for (int i = 0; i < 30; i++) {
      step(false);
    }
    endReading();
    writers.sync();
  }

  private void killWriter() throws Exception {
    writers.get(0).sql(0, statements[0].unfinished());
    writers.get(0).sync(Writers.LIMIT);
    writers.kill(0);
    totals.kills++;
    connect(0);
    writers.sync();
    reading = false;
  }

  /** As if a writer had died between the two copies of the wal-index header; SQLite recovers. */
  private boolean tearHeader() throws Exception {
    maybeCheckpoint();
    // By another process: to close a descriptor of this file here would drop SQLite's locks.
    String command = "printf '\\377\\377' | dd of=\"$0\"-shm bs=1 seek=64 conv=notrunc 2>/dev/null";
    Process process = new ProcessBuilder("sh", "-c", command, path.toString()).start();
    if (process.waitFor() != 0) {
      throw new IOException("can't write to " + path + "-shm");
    }
    return recovered();
  }

  /** All processes die at once: the next one recovers the WAL without a wal-index. */
  private boolean crash() throws Exception {
    maybeCheckpoint();
    capture.stop();
    unseen();
    if (random.nextBoolean()) {
      writers.get(0).sql(0, statements[0].unfinished());
      writers.sync();
    }
    writers.killAll();
    totals.kills++;
    connect();
    if (!recovered()) {
      return false;
    }
    capture.start(random.nextBoolean());
    return true;
  }

  /** Bare frames in the WAL are lost by a recovery, and may leave a damaged database behind. */
  private void maybeCheckpoint() throws IOException, InterruptedException {
    if (random.nextBoolean()) {
      writers.get(0).sql(0, "PRAGMA wal_checkpoint");
      writers.get(0).sql(0, "UPDATE " + Markers.TABLE + " SET n = n + 1");
    }
    writers.sync();
  }

  private boolean recovered() throws Exception {
    totals.recoveries++;
    // Commits may be lost: a marker that has not been.
    marker += 1000;
    capture.expectMarker(marker);
    writers.get(0).sql(0, "SELECT count(*) FROM plain");
    writers.get(0).sql(0, "UPDATE " + Markers.TABLE + " SET n = " + marker);
    writers.get(0).sync(Writers.LIMIT);
    return isSound();
  }

  /** Whether SQLite finds nothing wrong. */
  boolean isSound() throws SQLException {
    try (Connection connection = TestDatabase.open(path);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA integrity_check(1)")) {
      return row.getString(1).equals("ok");
    }
  }

  @Override
  public void close() throws Exception {
    capture.close();
  }
}
