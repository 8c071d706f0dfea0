// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.FrameHeader;
import org.jspecify.annotations.Nullable;

/**
 * Counts commits ahead of time, before any frame is handed over: the rest of an overwritten
 * generation by its checksum chain, and committed frames by their headers.
 */
final class FrameScan {

  private final WalFile wal;
  private final byte[] header = new byte[FrameHeader.SIZE];
  private final byte[] page;
  private final ChecksumChain chain;
  private final RepeatDetector repeatDetector;

  private int commits;
  private int repeats;
  private int lastCommit;
  private int faultyFrame;

  FrameScan(WalFile wal) {
    this.wal = wal;
    this.page = new byte[wal.pageSize()];
    this.chain = new ChecksumChain(wal);
    this.repeatDetector = new RepeatDetector(wal);
  }

  /**
   * Follows a generation by its {@link ChecksumChain} from a known frame to its end.
   *
   * @param salts the generation's
   * @param after the frame whose checksum is known
   * @param start that checksum
   * @param preceding what the first commit may repeat
   * @param unchanged whether frame {@code after} is still what it was
   */
  void chain(
      long salts,
      int after,
      long start,
      boolean bigEndian,
      RepeatDetector preceding,
      boolean unchanged) {
    clear(after);
    repeatDetector.continueFrom(preceding, unchanged);
    chain.start(salts, start, bigEndian);
    wal.readAhead(wal.capacity());
    for (int frame = after + 1; chain.next(frame, header, page); frame++) {
      int size = FrameHeader.commitSize(header);
      if (size != 0) {
        int pageNumber = FrameHeader.pageNumber(header);
        count(
            frame,
            repeatDetector.mayRepeat(frame, pageNumber, size)
                && repeatDetector.equalsPrevious(frame, page));
        repeatDetector.note(frame, pageNumber, size);
      }
    }
  }

  /**
   * Counts the commits in the committed frames behind {@code after}.
   *
   * @param preceding what the first commit may repeat; null for nothing
   * @return what is wrong with the first frame that can't be a committed one, if there is one;
   *     {@link #faultyFrame} says which
   */
  CommittedRange.Found count(CommittedRange range, int after, @Nullable RepeatDetector preceding) {
    clear(after);
    if (preceding == null) {
      repeatDetector.reset();
    } else {
      repeatDetector.continueFrom(preceding, true);
    }
    wal.readAhead(range.last());
    for (int frame = after + 1; frame <= range.last(); frame++) {
      CommittedRange.Found found = range.header(frame, header);
      faultyFrame = frame;
      if (!found.isCommitted()) {
        return found;
      }
      int size = FrameHeader.commitSize(header);
      if (size != 0) {
        int pageNumber = FrameHeader.pageNumber(header);
        boolean candidate = repeatDetector.mayRepeat(frame, pageNumber, size);
        if (candidate && !wal.page(frame, page)) {
          return CommittedRange.Found.MISSING;
        }
        count(frame, candidate && repeatDetector.equalsPrevious(frame, page));
        repeatDetector.note(frame, pageNumber, size);
      }
    }
    return lastCommit == range.last()
        ? CommittedRange.Found.CHECKED
        : CommittedRange.Found.NONSENSE;
  }

  private void clear(int after) {
    commits = 0;
    repeats = 0;
    lastCommit = after;
  }

  private void count(int frame, boolean repeat) {
    commits++;
    if (repeat) {
      repeats++;
    }
    lastCommit = frame;
  }

  /** Commits found. */
  int commits() {
    return commits;
  }

  /** Those among them that repeat the one before. */
  int repeats() {
    return repeats;
  }

  /** The last commit frame found; the frame begun after if none. */
  int lastCommit() {
    return lastCommit;
  }

  /** The frame that {@link #count} found fault with. */
  int faultyFrame() {
    return faultyFrame;
  }

  /** Whether the latest chain ended because the next frame has no checksum. */
  boolean endedAtBareFrame() {
    return chain.end() == ChainEnd.BARE;
  }
}
