// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * SQLite 3.40.1 recovers a WAL in which it committed frames without salts and checksums itself. It
 * ends at the first of them, so that commits are gone that a capture has emitted.
 */
@Timeout(120)
class OldRecoveryTest {
  private static final Dialect DIALECT = Dialect.of("3.40.1");

  private final Layout layout =
      new Layout(4096, "UTF-8", 0, false, 1000, -1, "NORMAL", false, true);
  private final Statements statements = new Statements(new Random(1), DIALECT, 4096);
  private final Totals totals = new Totals();
  private TestDatabase database;
  private Writers writers;
  private MatrixCapture capture;

  @BeforeEach
  void open() throws Exception {
    database = TestDatabase.create();
    SqliteBuild build = Builds.named(Path.of("target", "versions"), "3.40.1.0");
    writers = new Writers(build, database.directory());
    capture = new MatrixCapture(database.path(), layout, totals);
    connect();
    writers.get(0).sql(0, statements.create());
    writers.sync();
    capture.start(true);
    capture.compare(1);
  }

  @AfterEach
  void close() throws Exception {
    try (TestDatabase first = database;
        Writers second = writers) {
      capture.close();
    }
  }

  private void connect() throws Exception {
    writers.get(0).open(0, database.path());
    writers.get(0).sql(0, layout.connect(DIALECT));
  }

  /** A commit with bare frames, with a marker of 2. */
  private void commitBareFrames() throws Exception {
    writers.get(0).sql(0, statements.spilledSavepoint());
    writers.sync();
    capture.frames().look();
    assertThat(capture.frames().count()).isPositive();
    capture.compare(2);
  }

  /** Reads, which recovers, and goes on with another marker; gives the one that was left. */
  private long recover(long marker) throws Exception {
    writers.get(0).sql(0, "SELECT count(*) FROM plain");
    writers.sync();
    long left;
    try (var connection = TestDatabase.open(database.path())) {
      left = TestDatabase.number(connection, "SELECT n FROM waltap_marker");
    }
    capture.expectMarker(marker);
    writers.get(0).sql(0, "UPDATE waltap_marker SET n = " + marker);
    writers.sync();
    return left;
  }

  @Test
  void takesBackWhatARecoveryUnderTheCaptureLost() throws Exception {
    commitBareFrames();
    String command = "printf '\\377\\377' | dd of=\"$0\"-shm bs=1 seek=64 conv=notrunc";
    Process tear =
        new ProcessBuilder("sh", "-c", command, database.path().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(tear.waitFor()).isZero();
    assertThat(recover(1000)).isEqualTo(1);
    capture.compare(1000);
  }

  @Test
  void takesBackWhatARecoveryAfterACrashLost() throws Exception {
    commitBareFrames();
    capture.stop();
    writers.get(0).sql(0, statements.unfinished());
    writers.sync();
    writers.killAll();
    connect();
    assertThat(recover(1000)).isEqualTo(1);
    capture.start(true);
    capture.compare(1000);
  }
}
