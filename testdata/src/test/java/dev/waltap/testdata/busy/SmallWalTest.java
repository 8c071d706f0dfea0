// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.busy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The WAL of an application that checkpoints often stays as short under a capture as without. */
@Tag("slow")
@Timeout(120)
class SmallWalTest {
  private static final int TRANSACTIONS = 200;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** A snapshot, which a gap takes, may let the WAL grow: that is not what is tested. */
  private static final int TRIES = 5;

  @ParameterizedTest
  @ValueSource(ints = {10, 50, 100})
  void staysShortWithASmallAutocheckpoint(int frames) throws Exception {
    String setting = "PRAGMA wal_autocheckpoint = " + frames;
    assertThat(captured("", setting)).isLessThanOrEqualTo(atMost(alone("", setting)));
  }

  @Test
  void staysShortWithACheckpointBeforeEachTransaction() throws Exception {
    String before = "PRAGMA wal_checkpoint(PASSIVE)";
    assertThat(captured(before)).isLessThanOrEqualTo(atMost(alone(before)));
  }

  /** A quarter more, and a few frames of a transaction that was under way. */
  private static long atMost(long alone) {
    return alone + alone / 4 + 4 * 4120;
  }

  private static long alone(String before, String... settings) throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection app = database.open()) {
      TestDatabase.execute(
          app, "PRAGMA synchronous = NORMAL", "CREATE TABLE t(id INTEGER PRIMARY KEY, v, b)");
      return walBytes(app, database.path(), before, settings);
    }
  }

  private static long captured(String before, String... settings) throws Exception {
    for (int i = 0; i < TRIES; i++) {
      try (Busy busy = new Busy()) {
        long bytes = walBytes(busy.app, busy.database.path(), before, settings);
        if (busy.overruns() == 0) {
          return bytes;
        }
      }
    }
    return Assumptions.abort("the machine is too busy: each capture was overrun");
  }

  private static long walBytes(Connection app, Path path, String before, String... settings)
      throws Exception {
    TestDatabase.execute(app, settings);
    TestDatabase.execute(app, "PRAGMA wal_checkpoint(TRUNCATE)");
    for (int i = 0; i < TRANSACTIONS; i++) {
      if (!before.isEmpty()) {
        TestDatabase.number(app, before);
      }
      TestDatabase.execute(app, "INSERT INTO t(v, b) VALUES('x', zeroblob(" + i % 3000 + "))");
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return Files.size(Path.of(path + "-wal"));
  }
}
