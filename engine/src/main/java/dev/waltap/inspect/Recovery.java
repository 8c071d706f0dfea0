// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.wal.ChainEnd;
import dev.waltap.wal.RecoveredWal;
import org.jspecify.annotations.Nullable;

/**
 * What SQLite's recovery would make of the WAL after a crash: it believes checksums alone.
 *
 * @param lastCommit the last commit frame that it keeps, 0 for none
 * @param commits how many commits it keeps
 * @param lastChained the last frame whose checksum follows from those before it
 * @param end what the frame behind that is
 * @param lostCommits commits at or behind that frame, where it is damaged: where a later frame of
 *     the same generation commits something; else 0
 */
public record Recovery(
    int lastCommit, int commits, int lastChained, ChainEnd end, int lostCommits) {

  static Recovery of(@Nullable RecoveredWal found, int lostCommits) {
    return found == null
        ? new Recovery(0, 0, 0, ChainEnd.END_OF_FILE, 0)
        : new Recovery(
            found.lastCommit(), found.commits(), found.lastChained(), found.end(), lostCommits);
  }

  /** The frame that is damaged, with commits at or behind it; 0 for none. */
  public int damagedFrame() {
    return lostCommits == 0 ? 0 : lastChained + 1;
  }
}
