// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

import dev.waltap.format.WalIndexHeader;
import dev.waltap.wal.WalIndex;
import dev.waltap.wal.WalPosition;
import org.jspecify.annotations.Nullable;

/**
 * What was committed at a moment, and whether the log was followed that far. Only equal salts and
 * frames are compared, since iChange may be set back by a recovery. For the capture thread.
 */
public final class CommitHorizon {
  private final boolean known;
  private final long salts;
  private final int frame;
  private @Nullable WalPosition first;
  private boolean entered;
  private boolean reached;

  private CommitHorizon(boolean known, long salts, int frame) {
    this.known = known;
    this.salts = salts;
    this.frame = frame;
  }

  /** What is committed now; without a wal-index that can be read, whatever will be found. */
  public static CommitHorizon of(WalIndex index) {
    WalIndexHeader header = new WalIndexHeader();
    boolean known = index.read(header);
    return new CommitHorizon(known, header.salts(), header.mxFrame());
  }

  /** A snapshot was taken since: it is later than this. */
  public void snapshotTaken() {
    reached = true;
  }

  /** The log was followed up to here. */
  public void movedTo(WalPosition position) {
    if (!known) {
      return;
    }
    if (position.salts() == salts) {
      entered = true;
      reached |= position.frame() >= frame;
    } else if (frame == 0 && first != null) {
      // Nothing of its generation was committed then, and that before it was followed.
      reached |= position.salts() != first.salts();
    } else {
      // What comes after a generation was committed after all of it.
      reached |= entered;
    }
    if (first == null) {
      first = position;
    }
  }

  /** Whether all that was committed then was followed. */
  public boolean isReached() {
    return reached;
  }
}
