// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.busy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.attach.Attachment;
import dev.waltap.attach.Guard;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.oracle.OracleHarness;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard of full history leaves no moment in which the WAL could be restarted under it. */
@Timeout(60)
class AlwaysGuardTest {

  /** Commits, and does what it can to have that overwritten before it is read. */
  private static void commitAndRestart(Connection app) throws SQLException {
    TestDatabase.execute(
        app,
        "PRAGMA busy_timeout = 0",
        "INSERT INTO t(v) VALUES('first')",
        "PRAGMA wal_checkpoint(PASSIVE)",
        "INSERT INTO t(v) VALUES('second')",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "DELETE FROM t WHERE v = 'first'",
        "PRAGMA wal_checkpoint(RESTART)",
        "INSERT INTO t(v) VALUES('third')");
  }

  /** The application writes while the capture's thread says that it is ready, before it reads. */
  private static OracleHarness.CaptureFactory attacked(String checkpoint) {
    return (path, handler, harness) -> {
      try (Connection app = TestDatabase.open(path)) {
        TestDatabase.execute(app, checkpoint);
      }
      return Waltap.open(path)
          .guard(GuardMode.ALWAYS)
          .onGap(GapPolicy.FAIL)
          .handler(handler)
          .listener(
              new CaptureListener() {
                @Override
                public void ready() {
                  try (Connection app = TestDatabase.open(path)) {
                    commitAndRestart(app);
                  } catch (SQLException e) {
                    throw new AssertionError(e);
                  }
                  harness.ready();
                }
              })
          .build();
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PRAGMA schema_version",
        "PRAGMA wal_checkpoint(PASSIVE)",
        "PRAGMA wal_checkpoint(TRUNCATE)"
      })
  void holdsTheLogFromTheSnapshotOn(String checkpoint) throws Exception {
    try (Busy busy = new Busy(attacked(checkpoint))) {
      busy.settle();
      assertThat(busy.harness.capture().metrics().transactions()).isEqualTo(4 + 1);
      assertThat(busy.overruns()).isZero();
    }
  }

  /** As a writer leaves it that dies, or is stopped, between the two copies of the header. */
  private static void tear(Path database) throws Exception {
    String command = "printf '\\377\\377' | dd of=\"$0\"-shm bs=1 seek=64 conv=notrunc";
    Process tear =
        new ProcessBuilder("sh", "-c", command, database.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(tear.waitFor()).isZero();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void holdsTheLogWhileATornWalIndexIsMended() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection app = database.open()) {
      TestDatabase.execute(app, "CREATE TABLE t(v)", "PRAGMA busy_timeout = 0");
      try (Attachment attachment = Attachment.open(database.path());
          Guard guard = guard(attachment)) {
        guard.beforePoll(false);
        tear(database.path());
        WalIndexHeader header = new WalIndexHeader();
        assertThat(attachment.index().read(header)).isFalse();
        guard.recover();
        assertThat(attachment.index().read(header)).isTrue();
        assertThat(TestDatabase.number(app, "PRAGMA wal_checkpoint(RESTART)")).isEqualTo(1);
        guard.release();
        assertThat(TestDatabase.number(app, "PRAGMA wal_checkpoint(RESTART)")).isZero();
      }
    }
  }

  private static Guard guard(Attachment attachment) {
    return new Guard(
        GuardMode.ALWAYS,
        1 << 20,
        attachment,
        CaptureListener.NONE,
        () -> {
          throw new AssertionError("the limit is far away");
        },
        System::nanoTime);
  }
}
