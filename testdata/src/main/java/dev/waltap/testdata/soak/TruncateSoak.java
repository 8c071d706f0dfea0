// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.HdrHistogram.Histogram;

/**
 * Truncates the WAL once a second under load within a second, alone and captured in turn, and says
 * who stood in the way of those that failed.
 *
 * <p>A checkpoint takes the checkpoint lock, the writer's lock, then waits for readers. Without the
 * first it fails at once, whatever the busy timeout: the writer's own autocheckpoint was at work.
 * That is tried again until the second is over, as an application must that means it. While it
 * holds the second nobody commits. So a failure after a wait during which the log was written to
 * until the end is the writer's, and only one in a standing log can be a reader's, as ours is one.
 */
final class TruncateSoak implements Soak {
  private static final int TIMEOUT_MILLIS = 1000;

  /** Between two tries when another checkpoint is at work. */
  private static final int PAUSE_MILLIS = 5;

  /** Longer than SQLite's busy handler sleeps at once, and than a writer pauses. */
  private static final long STANDING_MILLIS = 150;

  private final SoakOptions options;

  TruncateSoak(SoakOptions options) {
    this.options = options;
  }

  /** What came of the attempts. */
  private static final class Tally {
    private final Histogram micros = new Histogram(3);
    private int attempts;
    private int done;
    private int doneAtOnce;
    private int checkpointer;
    private int writer;
    private int reader;

    private void done(int tries, long nanos) {
      attempts++;
      micros.recordValue(nanos / 1000);
      done++;
      doneAtOnce += tries == 1 ? 1 : 0;
    }

    private void failed(int tries, long nanos, long sinceWrite) {
      attempts++;
      micros.recordValue(nanos / 1000);
      if (tries > 1) {
        checkpointer++;
      } else if (sinceWrite < STANDING_MILLIS) {
        writer++;
      } else {
        reader++;
      }
    }

    @Override
    public String toString() {
      return String.format(
          java.util.Locale.ROOT,
          "%d of %d (%.1f %%) succeeded, %d of them at the first try; refused by another checkpoint %d, by the writer's lock"
              + " %d, by a reader %d; p50 %.1f ms, p99 %.1f ms, max %.1f ms",
          done,
          attempts,
          100.0 * done / Math.max(1, attempts),
          doneAtOnce,
          checkpointer,
          writer,
          reader,
          micros.getValueAtPercentile(50) / 1000.0,
          micros.getValueAtPercentile(99) / 1000.0,
          micros.getMaxValue() / 1000.0);
    }
  }

  @Override
  public boolean run() throws Exception {
    Tally alone = new Tally();
    Tally captured = new Tally();
    boolean equal = true;
    for (int round = 0; round < 2 * options.rounds(); round++) {
      equal &= part(round % 2 == 1, round % 2 == 1 ? captured : alone);
    }
    Soak.print("truncate, alone: %s", alone);
    Soak.print(
        "truncate: captured: %s; alone: %d of %d; replica %s; options %s",
        captured, alone.done, alone.attempts, equal ? "equal" : "DIFFERENT", options);
    // What fails without a reader would fail without a capture.
    return equal && captured.reader * 100 <= captured.attempts;
  }

  private boolean part(boolean isCaptured, Tally tally) throws Exception {
    try (TestDatabase database = TestDatabase.create();
        CaptureProcess capture =
            isCaptured ? CaptureProcess.start(database.path(), options.guard()) : null;
        Writers writers = Writers.start(database, options, options.seconds() + 2);
        Connection connection = database.open();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < (int) options.seconds(); i++) {
        Thread.sleep(1000);
        attempt(statement, Path.of(database.path() + "-wal"), tally);
      }
      double rate = writers.rate();
      if (capture == null) {
        Soak.print("truncate, alone: %.0f commits/s; so far %s", rate, tally);
        return true;
      }
      CaptureFigures figures = Writers.finish(database, capture, 1);
      Soak.print("truncate, captured: %.0f commits/s; so far %s; %s", rate, tally, figures);
      return figures.isEqual();
    }
  }

  private static void attempt(Statement statement, Path wal, Tally tally)
      throws SQLException, InterruptedException {
    long start = System.nanoTime();
    long nanos = 0;
    int tries = 0;
    do {
      if (tries > 0) {
        Thread.sleep(PAUSE_MILLIS);
      }
      long left = TIMEOUT_MILLIS - nanos / 1_000_000;
      statement.execute("PRAGMA busy_timeout = " + left);
      boolean succeeded = truncate(statement);
      tries++;
      nanos = System.nanoTime() - start;
      if (succeeded) {
        tally.done(tries, nanos);
        return;
      }
    } while (nanos < (TIMEOUT_MILLIS - PAUSE_MILLIS) * 1_000_000L);
    tally.failed(tries, nanos, System.currentTimeMillis() - wal.toFile().lastModified());
  }

  private static boolean truncate(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
      return row.getInt(1) == 0;
    }
  }
}
