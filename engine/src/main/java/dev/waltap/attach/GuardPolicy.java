// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import dev.waltap.api.GuardMode;
import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.WalIndexHeader;
import java.util.concurrent.TimeUnit;

/**
 * Decides when a read transaction is worth what it costs the application; knows neither clock nor
 * connection. For the capture thread.
 *
 * <p>What a held read transaction costs: from the application's autocheckpoint threshold on, every
 * commit tries a checkpoint in vain, and RESTART and TRUNCATE wait for us. What it is worth: the
 * WAL is not restarted under us, however long we are held up. So ADAPTIVE knows three states:
 *
 * <ol>
 *   <li><i>At ease</i>, the usual one: what is committed is copied, and a generation lasts long. We
 *       would have to be held up for a whole one to lose something. Nothing is held.
 *   <li><i>At risk</i>: some frames are not copied yet, or generations are short, or the WAL fills
 *       so fast that this one will be. Held while the WAL is an eighth below the length at which
 *       this application restarts it, released before that, and at once, for the rest of the
 *       generation, when a checkpoint is at work.
 *   <li><i>Truly behind</i>: an eighth of a generation is not copied, or the backlog is full. Held
 *       on regardless: the application is slowed down, since it writes faster than can be read.
 * </ol>
 *
 * <p>An application whose WAL stays below {@link #MIN_LENGTH} frames, because it checkpoints so
 * often, is left alone in the first two, and in the third but for a full backlog. How long its WALs
 * get is learned from where they were restarted, from the first checkpoint that is seen at work,
 * and, before either, from the room that the WAL file has; a WAL that was just created has proven
 * no length but the one that it has.
 *
 * <p>A RESTART or TRUNCATE of the application that waits for a read transaction can't be seen, but
 * it lets nobody commit meanwhile. So without commits ADAPTIVE holds nothing, except to wait for
 * the handler.
 *
 * <p>Whatever the mode, a WAL that has reached the limit is not held any longer, nor again before
 * it was restarted.
 */
final class GuardPolicy {

  /** What to do about the read transaction. */
  enum Decision {
    /** Hold one; go on holding it if there is one. */
    HOLD,
    /** Hold a newer one instead of the one that is held. */
    HAND_OVER,
    /** Hold none. */
    RELEASE
  }

  /** Where a WAL is restarted by SQLite's default autocheckpoint. */
  static final int USUAL_LENGTH = 1000;

  /**
   * Where WALs are shorter than this, as much may be written before a read transaction is released
   * as until the application would have restarted the WAL, which so would grow to a multiple:
   * holding one would be noticed.
   */
  private static final int MIN_LENGTH = 256;

  /** A generation shorter than this may pass while we wait for a processor. */
  private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** How fast the log fills is judged by at least so long a time. */
  private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Without a commit for so long, nothing is held that is copied already. */
  static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** Fewer unread frames than this are copied before anything can happen to them. */
  private static final int MIN_UNREAD = 128;

  private final GuardMode mode;
  private final long limitFrames;
  private int length;
  private int longest = USUAL_LENGTH;
  private boolean known;
  private boolean held;
  private boolean seen;
  private long salts;
  private int mxFrame;
  private int backfilled;
  private int attempted;
  private boolean stretched;
  private boolean snapshotRead;
  private boolean grownBySnapshot;
  private boolean yielded;
  private boolean overLimit;
  private boolean hurried;
  private boolean fast;
  private int sampledFrame;
  private long sampled;
  private long begun;
  private long looked;
  private int changeCounter;
  private long lastCommit;

  /**
   * A policy that has seen no generation yet. Until it has, it assumes that the WAL is restarted at
   * the usual length, but no later than where the file ends that is there: SQLite does not shorten
   * it, so it says how long the longest generation was before there was a capture.
   *
   * @param limitFrames the WAL limit
   * @param room how many frames the WAL file has room for
   */
  GuardPolicy(GuardMode mode, long limitFrames, long room) {
    this.mode = mode;
    this.limitFrames = limitFrames;
    this.length = (int) Math.min(USUAL_LENGTH, room);
  }

  /**
   * Decides.
   *
   * @param header as it is now
   * @param info as it is now
   * @param unread committed frames that are not copied yet
   * @param backlogFull whether copying waits for the handler
   * @param now in nanoseconds
   * @param mark mxFrame as of which a read transaction is held; 0 if on read lock 0, -1 if none is
   */
  Decision decide(
      WalIndexHeader header,
      CheckpointInfo info,
      int unread,
      boolean backlogFull,
      int mark,
      long now) {
    boolean first = !seen;
    learn(header, now);
    if (snapshotRead) {
      snapshotRead = false;
      grownBySnapshot = known && header.mxFrame() > length;
    }
    boolean checkpoint = checkpointSeen(info) && !first;
    if (checkpoint && !stretched && header.mxFrame() < length) {
      length = Math.max(1, header.mxFrame());
      known = true;
    } else if (!known && !checkpoint && mark < 0) {
      length = Math.max(length, Math.min(USUAL_LENGTH, header.mxFrame()));
    }
    held |= mark >= 0;
    overLimit = header.mxFrame() >= limitFrames;
    if (mode == GuardMode.NEVER || overLimit) {
      return Decision.RELEASE;
    }
    if (mode == GuardMode.ALWAYS) {
      // What is copied needs no protection; holding on to it would only stop the checkpoints.
      int best = info.backfilled() == header.mxFrame() ? 0 : header.mxFrame();
      boolean stale = mark >= 0 && unread == 0 && mark != best;
      return stale ? Decision.HAND_OVER : Decision.HOLD;
    }
    boolean shortOnes = length < MIN_LENGTH;
    if (backlogFull || (!shortOnes && unread >= Math.max(MIN_UNREAD, longest / 8))) {
      stretched = true;
      return Decision.HOLD;
    }
    if (checkpoint && mark >= 0) {
      yielded = true;
    }
    boolean early = !shortOnes && header.mxFrame() < length - length / 8;
    boolean risky = unread >= behind() || hurried || fast;
    boolean quiet = unread == 0 && quietIn(now) <= 0;
    return early && risky && !yielded && !quiet ? Decision.HOLD : Decision.RELEASE;
  }

  private void learn(WalIndexHeader header, long now) {
    boolean restarted = seen && header.salts() != salts;
    if (restarted) {
      boolean watched = now - looked <= (now - begun) / 4;
      boolean own = !stretched && !(grownBySnapshot && mxFrame > length);
      if (mxFrame > 0 && own && watched) {
        // The last length that was seen, so it may have been longer: each errs on its safe side.
        // Who looked away for a good part of it has seen no length at all.
        if (!known || mxFrame <= length) {
          length = mxFrame;
        } else if (!held) { // Else it may be as long as that because of us.
          length = (int) ((3L * length + mxFrame) / 4);
        }
        longest = !known || mxFrame >= longest ? mxFrame : (int) ((15L * longest + mxFrame) / 16);
        known = true;
        hurried = now - begun < SHORT_NANOS;
      }
      begun = now;
      stretched = false;
      grownBySnapshot = false;
      yielded = false;
      held = false;
      backfilled = 0;
      attempted = 0;
    }
    if (!seen) {
      begun = now - SHORT_NANOS;
    }
    sample(header, now, !seen || restarted);
    looked = now;
    if (!seen || header.changeCounter() != changeCounter) {
      changeCounter = header.changeCounter();
      lastCommit = now;
    }
    seen = true;
    salts = header.salts();
    mxFrame = header.mxFrame();
  }

  /**
   * Would a generation be a short one at this pace? What came before says nothing about a burst.
   */
  private void sample(WalIndexHeader header, long now, boolean restarted) {
    long time = now - sampled;
    if (!restarted) {
      if (time < SAMPLE_NANOS) {
        return;
      }
      long frames = (long) header.mxFrame() - sampledFrame;
      fast = frames * SHORT_NANOS >= length * time;
    }
    sampled = now;
    sampledFrame = header.mxFrame();
  }

  /**
   * A snapshot was read: where the WAL is longer now than it used to be, its read transaction made
   * it so, and this generation says nothing of where the application restarts.
   */
  void snapshotRead() {
    snapshotRead = true;
  }

  /** Nanoseconds until it is quiet if nothing is committed. */
  long quietIn(long now) {
    return lastCommit + QUIET_NANOS - now;
  }

  private boolean checkpointSeen(CheckpointInfo info) {
    boolean moved = info.backfilled() != backfilled || info.backfillAttempted() != attempted;
    backfilled = info.backfilled();
    attempted = info.backfillAttempted();
    return moved;
  }

  /** How many frames may wait to be copied before that is called falling behind. */
  int behind() {
    return Math.max(1, length / 16);
  }

  /** The length in frames at which this application's WAL has been restarted. */
  int length() {
    return length;
  }

  /** Whether the last decision was made by the limit. */
  boolean isOverLimit() {
    return overLimit;
  }
}
