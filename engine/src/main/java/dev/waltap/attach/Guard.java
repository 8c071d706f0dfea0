// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.GuardMode;
import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.wal.WalIndex;
import dev.waltap.wal.WalPosition;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds a read transaction where {@link GuardPolicy} says that history would be lost without it.
 * For the capture thread, which closes it.
 *
 * <p>It must be on read lock 1..4. One that begins when everything is backfilled gets lock 0: under
 * it the WAL is restarted all the same, and nothing is backfilled afterwards. ADAPTIVE begins none
 * then, and looks afterwards whether a checkpoint came in between.
 *
 * <p>ALWAYS is handed over: the new reader begins before the old one ends, so that there is no
 * moment without one. That takes a second connection, which only this mode opens. Lock 0 is right
 * for it: handed over only when all is copied, it lets the application restart the WAL, and stops
 * the backfill, hence the next restart, of what is new. It begins before the read transaction of
 * the snapshot ends from which the log is followed, and continues while a torn wal-index is
 * recovered: in either moment a restart would lose what is committed but not copied yet.
 */
public final class Guard implements AutoCloseable {

  /** To hand over costs two statements; a checkpoint can wait as long as this. */
  private static final long HAND_OVER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** ALWAYS looks so often, when idle, whether a checkpoint waits for it to hand over. */
  private static final long IDLE_HAND_OVER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** No mark that a header names, so that it is handed over as soon as all is copied. */
  private static final int UNKNOWN_MARK = Integer.MAX_VALUE;

  private final GuardMode mode;
  private final Attachment attachment;
  private final GuardPolicy policy;
  private final CaptureListener listener;
  private final Runnable onLimit;
  private final LongSupplier clock;
  private final WalIndex index;
  private final WalIndexHeader header = new WalIndexHeader();
  private final CheckpointInfo info = new CheckpointInfo();
  private DatabaseConnection connection;
  private @Nullable DatabaseConnection other;
  private int mark = -1;
  private long handedOver;

  /**
   * A guard that holds nothing yet.
   *
   * @param onLimit called each time it is released because of the WAL limit
   * @param clock in nanoseconds
   */
  public Guard(
      GuardMode mode,
      long walLimit,
      Attachment attachment,
      CaptureListener listener,
      Runnable onLimit,
      LongSupplier clock) {
    this.mode = mode;
    this.attachment = attachment;
    this.listener = listener;
    this.onLimit = onLimit;
    this.clock = clock;
    long frameSize = (long) FrameHeader.SIZE + attachment.pageSize();
    this.policy =
        new GuardPolicy(mode, Math.max(1, walLimit / frameSize), attachment.walBytes() / frameSize);
    this.index = attachment.index();
    this.connection = attachment.connection();
  }

  /** Called before each look at the log: a few loads from shared memory, no system call. */
  public void beforePoll(boolean backlogFull) {
    if (mode == GuardMode.NEVER || !index.read(header)) {
      return;
    }
    index.read(info);
    long now = clock.getAsLong();
    switch (policy.decide(header, info, unread(), backlogFull, mark, now)) {
      case HOLD -> {
        if (mark < 0) {
          hold();
        }
      }
      case HAND_OVER -> handOver();
      case RELEASE -> {
        boolean overLimit = mark >= 0 && policy.isOverLimit();
        // First: a listener that blocks must not hold the log.
        release();
        if (overLimit) {
          onLimit.run();
          listener.warning(
              "the WAL has reached the WAL limit while capture is behind: its read transaction is"
                  + " released, and history may be lost: raise --wal-limit, or make the consumer"
                  + " faster");
        }
      }
    }
  }

  /**
   * Committed frames of which we have no copy yet; those of an older generation are not counted.
   */
  private int unread() {
    WalPosition position = attachment.tail().position();
    return position.salts() == header.salts()
        ? Math.max(0, header.mxFrame() - position.frame())
        : header.mxFrame();
  }

  /**
   * Whether so many committed frames or more were not copied as of the latest look, and a read
   * transaction is held that keeps them from being overwritten: on whatever lock, the WAL is not
   * restarted while some of it is not backfilled.
   */
  public boolean holdsUnread(long frames) {
    return mark >= 0 && info.backfilled() < header.mxFrame() && unread() >= frames;
  }

  private void hold() {
    boolean always = mode == GuardMode.ALWAYS;
    if (!always && info.backfilled() >= header.mxFrame()) {
      return; // There is nothing that a restart could take but what lock 0 can't keep.
    }
    long salts = header.salts();
    int backfilled = info.backfilled();
    connection.beginRead();
    boolean read = index.read(header);
    index.read(info);
    boolean still = header.salts() == salts;
    if (!always && !(read && still && info.backfilled() == backfilled)) {
      connection.endRead(); // Perhaps on lock 0; the next poll tries again.
      return;
    }
    mark = !read || info.backfilled() == header.mxFrame() ? 0 : header.mxFrame();
    handedOver = clock.getAsLong();
  }

  private void handOver() {
    long now = clock.getAsLong();
    if (now - handedOver < HAND_OVER_NANOS) {
      return;
    }
    // As it is before the new reader begins: it sees that much, and perhaps more.
    int seen = header.mxFrame();
    boolean restartable = info.backfilled() == seen;
    beginOnOther();
    other().endRead();
    mark = restartable ? 0 : seen;
    handedOver = now;
  }

  private void beginOnOther() {
    DatabaseConnection next = other();
    next.beginRead();
    other = connection;
    connection = next;
  }

  private DatabaseConnection other() {
    DatabaseConnection second = other;
    if (second == null) {
      second = DatabaseConnection.open(attachment.database());
      other = second;
    }
    return second;
  }

  /**
   * Called before the attachment's connection ends the read transaction of a snapshot from which
   * the log is to be followed: ALWAYS begins one of its own, so that there is no moment without.
   */
  public void takeOver() {
    policy.snapshotRead();
    if (mode != GuardMode.ALWAYS || mark >= 0) {
      return;
    }
    if (connection == attachment.connection()) {
      beginOnOther();
    } else {
      connection.beginRead();
    }
    mark = UNKNOWN_MARK;
    handedOver = clock.getAsLong();
  }

  /**
   * Recovers a wal-index header that stays torn, by a read transaction: SQLite recovers it if its
   * writer died, and waits if the writer was only stopped in the middle. ALWAYS keeps what it holds
   * meanwhile, since that writer continues, and may restart the WAL.
   */
  public void recover() {
    if (mode == GuardMode.ALWAYS && mark >= 0) {
      other().touch();
    } else {
      release();
      attachment.connection().touch();
    }
  }

  /**
   * Called when there is nothing to do: releases what is held when it has been quiet for a moment.
   *
   * @return how many nanoseconds to wait at most until it is called again
   */
  public long idle() {
    if (mode == GuardMode.ALWAYS) {
      beforePoll(false);
      return mark > 0 ? IDLE_HAND_OVER_NANOS : Long.MAX_VALUE;
    }
    if (mark >= 0) {
      long left = policy.quietIn(clock.getAsLong());
      if (left > 0) {
        return left;
      }
      release();
    }
    return Long.MAX_VALUE;
  }

  /** Whether a read transaction is held. */
  public boolean holds() {
    return mark >= 0;
  }

  /** Releases the read transaction, if there is one. */
  public void release() {
    if (mark >= 0) {
      mark = -1;
      connection.endRead();
    }
  }

  /** How long read transactions were held, those for snapshots included. */
  public long readNanos() {
    DatabaseConnection second = connection == attachment.connection() ? other : connection;
    return attachment.connection().readNanos() + (second == null ? 0 : second.readNanos());
  }

  /** The last committed frame, as of the latest call, in the generation of then. */
  public int lastSeenFrame() {
    return header.mxFrame();
  }

  /** The frame at which the application is expected to restart the WAL. */
  public int expectedLength() {
    return policy.length();
  }

  @Override
  public void close() {
    try (DatabaseConnection second = connection == attachment.connection() ? other : connection) {
      release();
    } finally {
      other = null;
      connection = attachment.connection();
    }
  }
}
