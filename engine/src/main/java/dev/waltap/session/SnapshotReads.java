// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.attach.Attachment;
import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.attach.DatabaseConnection;
import dev.waltap.deliver.StoppingListener;
import dev.waltap.follow.Counters;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseGoneException;
import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.snapshot.Snapshot;
import dev.waltap.snapshot.SnapshotLimitException;
import dev.waltap.wal.WalIndex;
import dev.waltap.wal.WalPosition;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads whole snapshots under read transactions that end when the WAL reaches its limit. While one
 * is held SQLite can't restart the WAL, so it grows with all that is written meanwhile.
 *
 * <p>A snapshot that could not be read in time is read again in another leg, from a newer snapshot;
 * the reader keeps the pages it has and copies only those that differ. Copying a page and comparing
 * its hash takes a fraction of what compressing it takes, so each leg comes further than the one
 * before, up to what can be compared within one leg. A database for which that is too little can't
 * be read under its limit while so much is written, which is said then.
 *
 * <p>For the capture thread.
 */
final class SnapshotReads {
  private static final int MAX_LEGS = 24;
  private static final int MAX_FAILURES = 8;
  private static final long RESTART_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  private final Attachment attachment;
  private final WalIndex index;
  private final long walLimit;
  private final long limitFrames;
  private final StoppingListener listener;
  private final Counters counters;
  private final CommitsAtRisk atRisk;
  private final WalIndexHeader header = new WalIndexHeader();

  SnapshotReads(
      Attachment attachment,
      long walLimit,
      StoppingListener listener,
      Counters counters,
      CommitsAtRisk atRisk) {
    this.attachment = attachment;
    this.index = attachment.index();
    this.walLimit = walLimit;
    this.limitFrames = walLimit / (FrameHeader.SIZE + attachment.pageSize());
    this.listener = listener;
    this.counters = counters;
    this.atRisk = atRisk;
  }

  /**
   * Reads a snapshot.
   *
   * @param leg reads all of a snapshot; called again with a newer one if the limit ended it
   * @param beforeEnd called when it is read, while its read transaction is still held
   * @return the position of the snapshot that was read whole
   * @throws CaptureException FAILED if the WAL reaches its limit again and again
   */
  WalPosition read(Consumer<Snapshot> leg, Runnable beforeEnd) {
    int legs = 0;
    int failures = 0;
    while (true) {
      // Nothing is reported, nor waited for, before the read transaction has ended.
      try {
        Attachment.SnapshotAt read = readOnce(leg, beforeEnd);
        if (read != null) {
          atRisk.seen(read.bareFrames());
          return read.position();
        }
        requireTries(++failures, "SQLite recovered the WAL after a crash", null);
      } catch (SnapshotLimitException e) {
        counters.walLimit();
        if (++legs == MAX_LEGS) {
          throw starved();
        }
        limitReached(legs);
      } catch (DatabaseGoneException e) {
        attachment.requireSameFiles();
        requireTries(++failures, String.valueOf(e.getMessage()), e);
      }
      if (legs > 0) {
        awaitRestart();
      }
    }
  }

  /** Null if what was read was not sound. */
  private Attachment.@Nullable SnapshotAt readOnce(Consumer<Snapshot> leg, Runnable beforeEnd) {
    DatabaseConnection connection = attachment.connection();
    Attachment.SnapshotAt at = null;
    connection.beginRead();
    try {
      at = attachment.snapshot();
      if (!readWhole(at, leg)) {
        return null;
      }
      beforeEnd.run();
      return at;
    } finally {
      connection.endRead();
      if (at != null) {
        at.snapshot().release();
      }
    }
  }

  private boolean readWhole(Attachment.SnapshotAt at, Consumer<Snapshot> leg) {
    try {
      leg.accept(limited(at));
    } catch (CorruptDatabaseException e) {
      if (attachment.isSound(at)) {
        throw e;
      }
    }
    return attachment.isSound(at);
  }

  private void limitReached(int legs) {
    String what =
        "the WAL has reached the WAL limit while a snapshot is read: its read transaction was"
            + " released, and what changes meanwhile is read again";
    if (legs == 1) {
      listener.warning(what);
    } else {
      listener.detail(what + " (" + legs + " times now)");
    }
  }

  private void requireTries(int failures, String why, @Nullable Throwable cause) {
    listener.detail("a snapshot is read again: " + why);
    if (failures == MAX_FAILURES) {
      throw new CaptureException(
          Reason.FAILED,
          attachment.database()
              + ": no snapshot can be read: "
              + why
              + "; was the WAL replaced or cut by something other than SQLite? Start again",
          cause);
    }
  }

  /**
   * A WAL that is long already, because of other readers or since nobody checkpoints it, is none of
   * our making: it may grow by a quarter of the limit then.
   */
  Snapshot limited(Attachment.SnapshotAt at) {
    long max = Math.max(limitFrames, at.position().frame() + Math.max(1, limitFrames / 4));
    return at.snapshot()
        .until(
            () -> {
              listener.requireRunning();
              return index.read(header) && header.mxFrame() >= max;
            });
  }

  /**
   * Whether so much was written since a snapshot was taken that what is still to be read of it
   * should be read as fast as possible: the rest of the limit is for that.
   */
  boolean isGrowing(Attachment.SnapshotAt at) {
    return index.read(header) && header.mxFrame() >= at.position().frame() + limitFrames / 8;
  }

  /**
   * Waits until the application has restarted the WAL, for which nobody may read. It does not if it
   * stops writing, if it does not checkpoint, or if others read all the time.
   */
  private void awaitRestart() {
    long now = System.nanoTime();
    long end = now + RESTART_NANOS;
    long lastCommit = now;
    boolean known = index.read(header);
    long salts = header.salts();
    int commits = header.changeCounter();
    while (known && now - end < 0 && now - lastCommit < QUIET_NANOS) {
      listener.requireRunning();
      LockSupport.parkNanos(PAUSE_NANOS);
      now = System.nanoTime();
      known = index.read(header);
      if (header.salts() != salts) {
        return;
      }
      if (header.changeCounter() != commits) {
        commits = header.changeCounter();
        lastCommit = now;
      }
    }
  }

  private CaptureException starved() {
    return new CaptureException(
        Reason.FAILED,
        attachment.database()
            + ": its WAL has reached the WAL limit of "
            + walLimit
            + " bytes "
            + MAX_LEGS
            + " times before a snapshot could be read: more is written than can be read beside it;"
            + " raise --wal-limit, or start again when less is written");
  }
}
