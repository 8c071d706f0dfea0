package dev.waltap.capture;

import dev.waltap.format.WalIndexHeader;
import dev.waltap.wal.WalIndex;
import dev.waltap.wal.WalPosition;
import org.jspecify.annotations.Nullable;

/**
 * What was committed at a moment, and whether the log was followed that far. Only equal salts and
 * frames are compared, since iChange may be set back by a recovery. For the capture thread.
 */
final class CommitHorizon {
  private final boolean known;
  private final int salt1;
  private final int salt2;
  private final int frame;
  private @Nullable WalPosition first;
  private boolean entered;
  private boolean reached;

  private CommitHorizon(boolean known, int salt1, int salt2, int frame) {
    this.known = known;
    this.salt1 = salt1;
    this.salt2 = salt2;
    this.frame = frame;
  }

  /** What is committed now; without a wal-index that can be read, whatever will be found. */
  static CommitHorizon of(WalIndex index) {
    WalIndexHeader header = new WalIndexHeader();
    boolean known = index.read(header);
    return new CommitHorizon(known, header.salt1(), header.salt2(), header.mxFrame());
  }

  /** A snapshot was taken since: it is later than this. */
  void snapshotTaken() {
    reached = true;
  }

  /** The log was followed up to here. */
  void movedTo(WalPosition position) {
    if (!known) {
      return;
    }
    if (position.saltsAre(salt1, salt2)) {
      entered = true;
      reached |= position.frame() >= frame;
    } else if (frame == 0 && first != null) {
      // Nothing of its generation was committed then, and that before it was followed.
      reached |= !position.saltsAre(first.salt1(), first.salt2());
    } else {
      // What comes after a generation was committed after all of it.
      reached |= entered;
    }
    if (first == null) {
      first = position;
    }
  }

  /** Whether all that was committed then was followed. */
  boolean isReached() {
    return reached;
  }
}
