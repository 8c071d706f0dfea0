package dev.waltap.wal;

import java.util.Arrays;

/**
 * Tells commit frames that repeat the commit frame right before them: same page, same database
 * size, same bytes. They may be padding; {@link CommitCounter} says why that matters.
 */
final class RepeatDetector {

  private final WalFile wal;
  private final byte[] previousPage;
  private int lastCommit;
  private int lastPageNumber;
  private int lastSize;

  RepeatDetector(WalFile wal) {
    this.wal = wal;
    this.previousPage = new byte[wal.pageSize()];
  }

  /** Nothing precedes the next commit. */
  void reset() {
    lastCommit = 0;
  }

  /** Notes a commit, the one that the next may repeat. */
  void note(int frame, int pageNumber, int size) {
    lastCommit = frame;
    lastPageNumber = pageNumber;
    lastSize = size;
  }

  /** Whether this commit frame may repeat the one noted; its bytes must be compared then. */
  boolean mayRepeat(int frame, int pageNumber, int size) {
    return lastCommit > 0
        && frame == lastCommit + 1
        && pageNumber == lastPageNumber
        && size == lastSize;
  }

  /** Whether the page of this frame is that of the frame before it, byte for byte. */
  boolean equalsPrevious(int frame, byte[] page) {
    return wal.page(frame - 1, previousPage) && Arrays.equals(previousPage, page);
  }
}
