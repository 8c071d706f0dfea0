// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.host.FileClock;
import dev.waltap.io.FileNames;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * <p>That a write changes the first stamp is certain once the clock that files are stamped by has
 * gone on: {@link FileClock}. It is read before the stamp is taken; a write that is under way just
 * then has a WAL.
 *
 * @param stamp the first of them
 */
record QuietFile(Path database, FileStamp stamp) {

  /** A tick of the clock that files are stamped by, and a moment to spare. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(11);

  /**
   * In milliseconds: mostly the connection is closed within a few, and the clock has gone on; at
   * most as long as the slowest one takes, and then some.
   */
  private static final int[] PAUSES = {2, 3, 6, 11, 11, 11, 11};

  /**
   * Waits some milliseconds for a database that was written to just now to be one.
   *
   * @return null if it is none by then
   */
  static @Nullable QuietFile await(Path database) {
    FileClock clock = FileClock.of(database);
    if (clock == null || hasJournal(database)) {
      return null;
    }
    FileStamp earlier = null;
    long since = 0;
    for (int looks = 0; looks <= PAUSES.length; looks++) {
      if (looks > 0 && !pause(TimeUnit.MILLISECONDS.toNanos(PAUSES[looks - 1]))) {
        return null;
      }
      long now = clock.nanos();
      FileStamp stamp = FileStamp.of(database);
      boolean logged = stamp.wal().exists();
      if (!logged && stamp.isBefore(now)) {
        return new QuietFile(database, stamp);
      }
      if (!stamp.equals(earlier)) {
        since = System.nanoTime();
      } else if (logged && System.nanoTime() - since >= TICK_NANOS) {
        return null; // Its connection stays.
      }
      earlier = stamp;
    }
    return null;
  }

  /** Waits for the next tick; false if the thread was interrupted. */
  static boolean pause() {
    return pause(TICK_NANOS);
  }

  /** Waits; false if the thread was interrupted. */
  static boolean pause(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
    }
    return true;
  }

  /** Whether all of what was read since then is of one commit. */
  boolean isUnchanged() {
    return stamp.equals(FileStamp.of(database)) && !hasJournal(database);
  }

  /** One that may have to be played back. */
  private static boolean hasJournal(Path database) {
    return Files.exists(FileNames.beside(database, "-journal"));
  }
}
