// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalHeader;
import dev.waltap.format.WalIndexHeader;
import java.util.concurrent.TimeUnit;

/**
 * How many commits a restart may hide though iChange fits.
 *
 * <p>iChange fits wrongly only if a recovery set it to 0 since we last looked and it has grown to
 * the same value again: at least as many commits were missed then as it had counted before. Those
 * must have been somewhere: behind our position in the old generation, in frames overwritten since,
 * or in generations in between, which salt1 shows. One more than ours is the next generation; some
 * more, and there were others, perhaps empty; anything else was drawn by a connection that had not
 * restarted this WAL itself, which a fifth of all generations are. What is still in the file bounds
 * how long the others can have been, and time how many commits can have been made.
 *
 * <p>Where the new generation has overwritten our position, or a TRUNCATE has emptied the file,
 * nothing is left any more. If salt1 says that there were others, that is a gap. If it does not,
 * iChange is believed by whoever looked a moment ago: a writer would have to have died in the
 * middle of publishing a commit since then, and exactly as many commits to have followed as iChange
 * had counted, while a young database that is filled in large transactions does this every time.
 */
final class HiddenCommits {

  /** A jump of salt1 up to this is counted, a larger one was drawn. */
  private static final int MAX_COUNTED = 1 << 16;

  /** A quarter of a million commits a second is more than SQLite does. */
  private static final long FASTEST_COMMIT_NANOS = 4000;

  /** Who looked so lately is trusted where nothing is left that could prove it. */
  private static final long LATELY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final WalFile wal;
  private final byte[] header = new byte[FrameHeader.SIZE];

  HiddenCommits(WalFile wal) {
    this.wal = wal;
  }

  /**
   * Whether as many commits may be hidden. Mostly time alone says that they can't, and the file is
   * not looked at: its frames are read one by one.
   *
   * @param commits that iChange had counted at the position, at least 1
   * @param position where we are in the old generation
   * @param newer header of the new one
   * @param nanos since the old one was seen with nothing behind the position; negative if unknown
   */
  boolean mayHide(long commits, WalPosition position, WalIndexHeader newer, long nanos) {
    if (nanos >= 0 && nanos / FASTEST_COMMIT_NANOS < commits) {
      return false;
    }
    int jump = salt1Growth(position, newer);
    boolean counted = jump > 0 && jump <= MAX_COUNTED;
    if (!counted && position.frame() == 0) {
      return false; // The first frame of an empty generation was written, and named it.
    }
    long others = counted ? jump - 1 : 1;
    boolean truncated = wal.capacity() < position.frame();
    boolean overwritten = newer.mxFrame() >= position.frame();
    boolean othersAreCertain = counted && jump > 1;
    if ((truncated || overwritten) && !othersAreCertain && isLately(nanos)) {
      return false;
    }
    if (truncated) {
      return others > 0;
    }
    int written = written(position, newer);
    return others * written + Math.max(0, written - position.frame()) >= commits;
  }

  private static boolean isLately(long nanos) {
    return nanos >= 0 && nanos < LATELY_NANOS;
  }

  /** The last frame that may have been written since. */
  private int written(WalPosition position, WalIndexHeader newer) {
    int last = newer.mxFrame();
    if (last >= position.frame()) {
      if (salt1Growth(position, newer) != 1) {
        return wal.capacity();
      }
      while (isOf(last + 1, position.salts())) {
        last++;
      }
      return last;
    }
    int written = position.frame();
    while (written > last && isOf(written, position.salts())) {
      written--;
    }
    if (written < position.frame()) {
      return written;
    }
    while (isOf(written + 1, newer.salts())) {
      written++; // Spilled by a transaction that is not committed.
    }
    return written;
  }

  private static int salt1Growth(WalPosition position, WalIndexHeader newer) {
    return WalHeader.salt1(newer.salts()) - WalHeader.salt1(position.salts());
  }

  private boolean isOf(int frame, long salts) {
    return wal.frameHeader(frame, header) && CommittedRange.kind(header, salts).isCommitted();
  }
}
