// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.busy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is done to the files behind SQLite's back ends the capture in words, or is emitted. */
@Tag("slow")
@Timeout(120)
class FilesTest {
  private interface Deed {
    void run(Busy busy, Path database) throws Exception;
  }

  private static void ends(String words, Deed deed) throws Exception {
    Busy busy = new Busy();
    try {
      busy.run("INSERT INTO t VALUES(2, 'two', randomblob(10000))");
      busy.settle();
      deed.run(busy, busy.database.path());
      assertThatThrownBy(() -> busy.harness.awaitMarker(1_000, Busy.LIMIT))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining(words);
    } finally {
      busy.close();
    }
  }

  @Test
  void renamedAway() throws Exception {
    ends("moved, replaced or deleted", (busy, db) -> Files.move(db, db.resolveSibling("gone")));
  }

  @Test
  void deleted() throws Exception {
    ends("moved, replaced or deleted", (busy, db) -> Files.delete(db));
  }

  @Test
  void replacedByRename() throws Exception {
    ends(
        "moved, replaced or deleted",
        (busy, db) -> {
          Path copy = db.resolveSibling("copy.db");
          Files.copy(db, copy);
          Files.move(copy, db, StandardCopyOption.REPLACE_EXISTING);
        });
  }

  @Test
  void truncated() throws Exception {
    ends(
        "is empty",
        (busy, db) -> {
          busy.run("PRAGMA wal_checkpoint(TRUNCATE)");
          truncate(db);
        });
  }

  /** To less than the database has pages; the first one is whole. */
  @Test
  void truncatedToItsFirstPages() throws Exception {
    ends(
        "the file was truncated",
        (busy, db) -> {
          busy.run("PRAGMA wal_checkpoint(TRUNCATE)");
          shell("truncate -s 8192 " + db);
        });
  }

  // In another process: closing a descriptor here would drop SQLite's locks.
  private static void truncate(Path file) throws Exception {
    shell("truncate -s 0 " + file);
  }

  private static void shell(String command) throws Exception {
    if (new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor() != 0) {
      throw new AssertionError(command);
    }
  }

  @Test
  void overwrittenByACopyInAnotherMode() throws Exception {
    ends(
        "not in WAL mode",
        (busy, db) -> {
          Path copy = db.resolveSibling("copy.db");
          busy.run("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM INTO '" + copy + "'");
          shell("cp " + copy + " " + db);
        });
  }

  private static void awaitLap(Busy busy, long before) {
    assertThat(overruns(busy, before, Busy.LIMIT)).as("an overrun").isTrue();
  }

  /** Whether the capture emits net changes within that time. */
  private static boolean overruns(Busy busy, long before, Duration time) {
    long limit = System.nanoTime() + time.toNanos();
    while (busy.overruns() == before && System.nanoTime() < limit) {
      Thread.onSpinWait();
    }
    return busy.overruns() != before;
  }

  /** Emitted as net changes: nothing in the log says so, but the database has other rows now. */
  @Test
  void overwrittenByACopy() throws Exception {
    try (Busy busy = new Busy()) {
      Path db = busy.database.path();
      Path copy = db.resolveSibling("copy.db");
      busy.run("PRAGMA wal_checkpoint(TRUNCATE)");
      shell("cp " + db + " " + copy);
      busy.run("INSERT INTO t VALUES(2, 'lost', x'')", "PRAGMA wal_checkpoint(TRUNCATE)");
      busy.settle();
      busy.run("PRAGMA wal_checkpoint(TRUNCATE)");
      long before = busy.overruns();
      shell("cp " + copy + " " + db); // Between two looks, hidden by the checkpoint.
      awaitLap(busy, before);
      try (var fresh = busy.database.open()) {
        busy.settleBy(fresh);
      }
    }
  }

  /** Only its times changed. */
  @Test
  void touched() throws Exception {
    try (Busy busy = new Busy()) {
      busy.settle();
      long before = busy.overruns();
      long limit = System.nanoTime() + Busy.LIMIT.toNanos();
      do {
        // Again, since the capture takes what comes before its second look for a checkpoint's.
        shell("touch " + busy.database.path());
        assertThat(System.nanoTime()).as("waiting for an overrun").isLessThan(limit);
      } while (!overruns(busy, before, Duration.ofSeconds(2)));
      busy.run("INSERT INTO t VALUES(2, 'two', x'')");
      busy.settle();
    }
  }

  @Test
  void walDeleted() throws Exception {
    ends("-wal: the log was deleted", (busy, db) -> Files.delete(Path.of(db + "-wal")));
  }

  @Test
  void walIndexDeleted() throws Exception {
    ends("-shm", (busy, db) -> Files.delete(Path.of(db + "-shm")));
  }

  @Test
  void walOverwritten() throws Exception {
    ends(
        "test.db",
        (busy, db) -> {
          busy.run("INSERT INTO t VALUES(3, 'x', x'')");
          busy.settle();
          try (OutputStream wal =
              Files.newOutputStream(Path.of(db + "-wal"), StandardOpenOption.WRITE)) {
            wal.write(new byte[200_000]);
          }
          busy.run("INSERT INTO t VALUES(4, 'x', x'')");
        });
  }
}
