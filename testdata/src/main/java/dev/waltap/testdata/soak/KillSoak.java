// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.workload.WriterOptions;
import dev.waltap.testdata.workload.WriterProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Random;

/**
 * Writers and captures are killed at random moments. One capture lives on as a witness: what it was
 * emitted must fit, change by change, and be equal to the database after each killing. An event of
 * something that was never committed would show in both.
 */
final class KillSoak implements Soak {
  private static final int WAL_HEADER_SIZE = 32;

  private final SoakOptions options;
  private final Random random = new Random(1);

  KillSoak(SoakOptions options) {
    this.options = options;
  }

  @Override
  public boolean run() throws Exception {
    int intact = 0;
    int restarts = 0;
    int equal = 0;
    CaptureFigures figures = new CaptureFigures("nothing killed");
    try (TestDatabase database = TestDatabase.create();
        CaptureProcess witness = CaptureProcess.start(database.path(), options.guard())) {
      for (int i = 0; i < options.times(); i++) {
        killOnce(database, i);
        intact += Writers.intact(database) ? 1 : 0;
        byte[] before = walHeader(database);
        boolean unread = checkpoint(database);
        figures = Writers.finish(database, witness, i + 1);
        restarts += unread && !Arrays.equals(before, walHeader(database)) ? 1 : 0;
        equal += figures.isEqual() ? 1 : 0;
        if (!figures.isEqual()) {
          break;
        }
      }
      int times = options.times();
      Soak.print(
          "kill: of %d writers and %d captures killed: integrity_check ok %d times, WAL restarted"
              + " afterwards %d times, witness equal, nothing uncommitted emitted, %d times; %s",
          times, times, intact, restarts, equal, figures);
      return intact == times && restarts == times && equal == times;
    }
  }

  private void killOnce(TestDatabase database, int seed) throws Exception {
    WriterOptions next =
        options
            .writer(seed, 60)
            .with("--mix", "ALL")
            .with("--rows", "20")
            .with("--cache-size", "10");
    try (WriterProcess writer = WriterProcess.start(database.path(), next);
        CaptureProcess capture = CaptureProcess.start(database.path(), options.guard())) {
      Thread.sleep(random.nextInt(300));
      if (random.nextBoolean()) {
        capture.kill();
        writer.kill();
      } else {
        writer.kill();
        capture.kill();
      }
    }
  }

  /** Whether nobody stands in the way of a restart, which the next commit makes. */
  private static boolean checkpoint(TestDatabase database) throws SQLException {
    try (Connection connection = database.open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(RESTART)")) {
      return row.getInt(1) == 0;
    }
  }

  // It has the salts. There is no lock on this file, so that it may be closed.
  private static byte[] walHeader(TestDatabase database) throws IOException {
    try (InputStream wal = Files.newInputStream(Path.of(database.path() + "-wal"))) {
      return wal.readNBytes(WAL_HEADER_SIZE);
    }
  }
}
