// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

import dev.waltap.api.CaptureListener;
import dev.waltap.attach.Attachment;
import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.attach.Guard;
import dev.waltap.deliver.ChangeQueue;
import dev.waltap.deliver.StoppingListener;
import dev.waltap.page.ExpensiveChecks;
import dev.waltap.wal.GapReason;
import dev.waltap.wal.LogKeeper;
import dev.waltap.wal.WalPosition;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Copies what is new out of the WAL, into the backlog, before SQLite reuses it: whatever else the
 * capture thread does calls {@link #keepUp} every now and then. For that thread.
 *
 * <pre>
 *             startAt, resumeAt   lose   detach
 *  DETACHED   FOLLOWING           -      stays
 *  FOLLOWING  FOLLOWING           LOST   DETACHED
 *  LOST       FOLLOWING           LOST   DETACHED
 * </pre>
 */
public final class LogFollower implements LogKeeper {
  private static final int FRAMES_PER_POLL = 256;

  /** Far behind, fewer at once, so that they are in the processor's cache when they are decoded. */
  private static final int FRAMES_PER_POLL_FAR_BEHIND = 64;

  /** So much of the log that is not copied is far more than a generation usually has. */
  private static final long FAR_BEHIND_BYTES = 32L << 20;

  /** How many pages may be decoded until the log is looked at again: a millisecond or two. */
  private static final int MAX_DEFERRED_PAGES = 256;

  private enum Stage {
    /** There is no position yet from which to follow. */
    DETACHED,
    /** The log is copied. */
    FOLLOWING,
    /** The log alone does not lead on; a snapshot has to say what changed. */
    LOST
  }

  private final Attachment attachment;
  private final Guard guard;
  private final Backlog backlog;
  private final Epochs epochs;
  private final Counters counters;
  private final ChangeQueue queue;
  private final CaptureListener listener;
  private final CommitsAtRisk atRisk;
  private final DecodedPosition decoded = new DecodedPosition();
  private Stage stage = Stage.DETACHED;
  private @Nullable GapReason gap;
  private long lastLook = System.nanoTime();
  private boolean farBehind;
  private int deferredPages;

  /** Whether a small transaction of the backlog is being decoded. */
  private boolean decoding;

  public LogFollower(
      Attachment attachment,
      Guard guard,
      Backlog backlog,
      Epochs epochs,
      Counters counters,
      ChangeQueue queue,
      CaptureListener listener,
      CommitsAtRisk atRisk) {
    this.attachment = attachment;
    this.guard = guard;
    this.backlog = backlog;
    this.epochs = epochs;
    this.counters = counters;
    this.queue = queue;
    this.listener = listener;
    this.atRisk = atRisk;
  }

  /** Follows from a snapshot's position on. */
  public void startAt(WalPosition position) {
    attachment.tail().startAt(position);
    follow(position);
  }

  /** Follows from a saved position on, if the log still leads there. */
  public void resumeAt(WalPosition position) {
    attachment.tail().resumeAt(position);
    follow(position);
  }

  private void follow(WalPosition position) {
    decoded.startAt(position);
    epochs.startAt(attachment.tail().generation());
    gap = null;
    farBehind = false;
    stage = Stage.FOLLOWING;
  }

  /** Stops following until it is started again: another snapshot is about to be taken. */
  public void detach() {
    gap = null;
    farBehind = false;
    stage = Stage.DETACHED;
  }

  /**
   * A snapshot has to make up for it: nothing is read from the log until then, so nothing of it is
   * held.
   */
  public void lose(GapReason reason) {
    guard.release();
    gap = reason;
    farBehind = false;
    stage = Stage.LOST;
  }

  /** A transaction that was copied is decoded. */
  public void decoded(WalPosition position) {
    decoding = false;
    if (ExpensiveChecks.ON && stage == Stage.FOLLOWING) {
      decoded.moveTo(position, position());
    }
  }

  /** Nothing that was copied waits to be decoded. */
  public void allDecoded() {
    if (ExpensiveChecks.ON && stage == Stage.FOLLOWING) {
      decoded.requireAt(position());
    }
  }

  /** Why the log alone does not lead on; null while it does. */
  public @Nullable GapReason gap() {
    return gap;
  }

  /** Where the last copied commit is. */
  public WalPosition position() {
    return attachment.tail().position();
  }

  /** Whether there may be something to copy. */
  public boolean hasNews() {
    return attachment.tail().hasNews();
  }

  /**
   * Copies what is new, unless the backlog is full, or a small transaction is being decoded that is
   * {@link #isFarBehind}. Never waits.
   */
  @Override
  public void keepUp() {
    if (!decoding || !isToBeDecodedFirst()) {
      look(false);
    }
  }

  /**
   * The same for the caller that decodes the backlog: where the log is far ahead, what was copied
   * is decoded before more is.
   */
  public void keepUpDecoding() {
    if (deferredPages >= MAX_DEFERRED_PAGES || !isToBeDecodedFirst()) {
      look(true);
    }
  }

  /** Copies in any case. */
  @Override
  public void copyAhead() {
    look(false);
  }

  private boolean isToBeDecodedFirst() {
    return farBehind && !backlog.isEmpty();
  }

  /** A transaction of the backlog, of so many pages, is about to be decoded. */
  public void decoding(int pages) {
    decoding = pages <= MAX_DEFERRED_PAGES;
    deferredPages += pages;
  }

  /**
   * Whether so much of the log is not copied that the application's WAL has outgrown its usual
   * length many times, while a read transaction keeps it from being overwritten. To keep more of it
   * in memory would save the application nothing, and costs as much as to decode it.
   */
  public boolean isFarBehind() {
    return farBehind;
  }

  private void look(boolean mayDefer) {
    if (stage != Stage.FOLLOWING || queue.isStopped()) {
      return;
    }
    deferredPages = 0;
    boolean full = backlog.isFull();
    guard.beforePoll(full);
    farBehind = guard.holdsUnread(FAR_BEHIND_BYTES / attachment.pageSize());
    if (full || (mayDefer && isToBeDecodedFirst())) {
      counters.tail(attachment, backlog, guard, farBehind);
      return;
    }
    int frames = farBehind ? FRAMES_PER_POLL_FAR_BEHIND : FRAMES_PER_POLL;
    switch (attachment.tail().poll(backlog, frames)) {
      case TORN -> guard.recover();
      case GAP -> {
        lose(attachment.tail().gapReason());
        listener.detail(overrun());
      }
      case NOTHING, TRANSACTIONS -> {}
    }
    atRisk.seen(attachment.tail().bareFrames());
    lastLook = System.nanoTime();
    counters.tail(attachment, backlog, guard, farBehind);
  }

  /** The same for work that is not to be finished once the capture is stopped. */
  public void keepUpOrStop() {
    StoppingListener.requireRunning(queue);
    keepUp();
  }

  private String overrun() {
    return String.format(
        Locale.ROOT,
        "overrun: the log was last polled %.1f ms ago, with %.1f MiB to decode; of its generation,"
            + " a restart is expected at frame %d",
        (System.nanoTime() - lastLook) / 1e6,
        backlog.bytes() / (double) (1 << 20),
        guard.expectedLength());
  }
}
