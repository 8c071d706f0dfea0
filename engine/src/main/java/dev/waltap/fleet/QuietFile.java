// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.io.FileNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A database file that is the whole database, as of a stamp: it has no WAL with a frame in it, and
 * no rollback journal. Whoever writes to such a file in WAL mode has had a frame in the WAL before,
 * and either leaves it there or writes to the file: so what is read of the file between two equal
 * stamps, the first of which any write from then on changes, is of one commit. No lock is needed,
 * and none is taken.
 *
 * @param stamp the first of them
 */
record QuietFile(Path database, FileStamp stamp) {

  /** A tick of the clock that files are stamped by, and a moment to spare. */
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(15);

  /** A connection that is opened for a transaction and closed writes two or three times. */
  private static final int ROUNDS = 3;

  /**
   * Waits some milliseconds for a database that was written to just now to be one.
   *
   * @return null if it is none by then
   */
  static @Nullable QuietFile await(Path database) {
    for (int round = 0; round <= ROUNDS; round++) {
      long now = now(); // Before: the thread may rest between the two.
      FileStamp stamp = FileStamp.of(database);
      long left = stamp.untilCertain(now);
      if (left <= 0) {
        boolean whole = stamp.database().exists() && !stamp.wal().exists();
        return whole ? new QuietFile(database, stamp) : null;
      }
      if (left > LONGEST_NANOS || !pause(left)) {
        return null;
      }
    }
    return null;
  }

  /** Waits so long; false if the thread was interrupted. */
  private static boolean pause(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
    }
    return true;
  }

  private static long now() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  /** Whether all of what was read since then is of one commit. */
  boolean isUnchanged() {
    return stamp.equals(FileStamp.of(database))
        && !Files.exists(FileNames.beside(database, "-journal"));
  }
}
