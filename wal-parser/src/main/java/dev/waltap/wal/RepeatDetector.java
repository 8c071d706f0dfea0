// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import java.util.Arrays;

/**
 * Detects commit frames that repeat the commit frame right before them: same page, same database
 * size, same bytes. They may be padding; {@link CommitCounter} says why that matters.
 *
 * <p>The first commit after a frame that was mxFrame of a header repeats nothing: SQLite publishes
 * a commit with its padding.
 */
final class RepeatDetector {

  private final WalFile wal;
  private final byte[] previousPage;
  private int lastCommit;
  private int lastPageNumber;
  private int lastSize;
  private boolean comparable;

  RepeatDetector(WalFile wal) {
    this.wal = wal;
    this.previousPage = new byte[wal.pageSize()];
  }

  /** Nothing precedes the next commit. */
  void reset() {
    lastCommit = 0;
  }

  /**
   * The commit that precedes the next is the one that another detector noted last.
   *
   * @param unchanged whether its frame is certainly still the one that it was; else whatever may
   *     repeat it is taken to do so
   */
  void continueFrom(RepeatDetector other, boolean unchanged) {
    lastCommit = other.lastCommit;
    lastPageNumber = other.lastPageNumber;
    lastSize = other.lastSize;
    comparable = unchanged;
  }

  /** Notes a commit, the one that the next may repeat. */
  void note(int frame, int pageNumber, int size) {
    lastCommit = frame;
    lastPageNumber = pageNumber;
    lastSize = size;
    comparable = true;
  }

  /** Whether this commit frame may repeat the one noted; its bytes must be compared then. */
  boolean mayRepeat(int frame, int pageNumber, int size) {
    return lastCommit > 0
        && frame == lastCommit + 1
        && pageNumber == lastPageNumber
        && size == lastSize;
  }

  /** Whether the page of this frame is, or may be, that of the frame before it. */
  boolean equalsPrevious(int frame, byte[] page) {
    return !comparable || (wal.page(frame - 1, previousPage) && Arrays.equals(previousPage, page));
  }
}
