// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.capture.CaptureEngine;
import dev.waltap.capture.CaughtUp;
import dev.waltap.capture.Parked;
import dev.waltap.host.FileClock;
import dev.waltap.io.FileNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has a capture catch up with its database without opening it, by what it or an earlier one has
 * left: from the WAL while others have the database open, from the file once nobody has. For one
 * thread.
 *
 * <pre>
 *              in the log              what it is followed by
 *  EMITTED     what was committed      another look
 *  PENDING                             another look
 *  NOTHING                             the end, if any later commit changes the stamp that was
 *                                      taken before the look; else another look
 *  UNKNOWN                             the file, if there is no WAL any more; else a session
 * </pre>
 */
final class Shortcut {
  /** So many looks at the log; after that it is one that is written to all the time. */
  private static final int LOOKS = 8;

  /** A commit that is about to come mostly waits for the disk alone: twice as long each time. */
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final CaptureEngine capture;
  private final Path database;
  private final Path log;
  private @Nullable Parked from;
  private @Nullable FileStamp caughtUp;

  /**
   * That of a capture.
   *
   * @param database by its real path
   */
  Shortcut(CaptureEngine capture, Path database) {
    this.capture = capture;
    this.database = database;
    this.log = FileNames.beside(database, "-wal");
  }

  /** What the files looked like when it had caught up; null if it has not. */
  @Nullable FileStamp caughtUp() {
    return caughtUp;
  }

  /**
   * Takes it, if that can be.
   *
   * @param kept what the capture before has left in memory; null to look for it on disk
   * @return whether the capture has ended; if not, it has to be run
   */
  boolean take(@Nullable Kept kept) {
    CaughtUp found = CaughtUp.UNKNOWN;
    if (kept != null) {
      from = kept.capture();
      found = inLog(kept);
    }
    if (found == CaughtUp.UNKNOWN) {
      found = inFile();
    }
    if (caughtUp != null) {
      capture.endCaughtUp();
    }
    return caughtUp != null || found == CaughtUp.ENDED;
  }

  /** What the last look has found. */
  private CaughtUp inLog(Kept kept) {
    FileStamp before = kept.stamp();
    // Mostly there is no log where connections are closed, which takes one call to find out.
    FileClock clock = before != null && Files.exists(log) ? FileClock.of(database) : null;
    if (before == null || clock == null) {
      return CaughtUp.UNKNOWN;
    }
    CaughtUp found = CaughtUp.PENDING;
    Parked last = kept.capture();
    for (int looks = 0; looks < LOOKS; looks++) {
      if (looks > 0 && !pause(found, looks)) {
        return CaughtUp.PENDING;
      }
      long now = clock.nanos();
      FileStamp stamp = FileStamp.of(database);
      if (!stamp.wal().exists() || !stamp.isOfSameDatabase(before)) {
        return CaughtUp.UNKNOWN;
      }
      found = capture.catchUp(last, true, () -> FileStamp.of(database).isOfSameDatabase(before));
      switch (found) {
        case UNKNOWN, ENDED -> {
          return found;
        }
        case NOTHING -> {
          if (stamp.isBefore(now)) {
            caughtUp = stamp;
            return found;
          }
        }
        case EMITTED -> {
          last = Objects.requireNonNull(capture.parked());
          from = last;
        }
        case PENDING -> {}
      }
    }
    return CaughtUp.PENDING;
  }

  /** Waits for the next look; false if the thread was interrupted. */
  private static boolean pause(CaughtUp found, int looks) {
    return found == CaughtUp.PENDING
        ? QuietFile.pause(FIRST_PAUSE_NANOS << (looks - 1))
        : QuietFile.pause();
  }

  private CaughtUp inFile() {
    QuietFile file = QuietFile.await(database);
    Parked start = file == null ? null : from == null ? capture.saved() : from;
    if (file == null || start == null) {
      return CaughtUp.UNKNOWN;
    }
    CaughtUp found = capture.catchUp(start, false, file::isUnchanged);
    if (found == CaughtUp.NOTHING || found == CaughtUp.EMITTED) {
      caughtUp = file.stamp();
    }
    return found;
  }
}
