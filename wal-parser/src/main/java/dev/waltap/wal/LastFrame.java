// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalChecksum;
import java.util.Arrays;

/**
 * What was recorded of the frame consumed last, to find out whether it is still the one that
 * stands. A frame with a checksum is known by that, which covers all before it. A bare one is known
 * by its page number, size and bytes, and even that proves little: after a recovery, which drops
 * it, the same may be written there once more. Owned by one {@link WalTail}.
 */
final class LastFrame {

  /** What was found. */
  enum Standing {
    /** The frame that was consumed, by its checksum. */
    SAME,
    /** A bare frame that looks like the one that was consumed: iChange must say the rest. */
    SAME_BARE,
    /** Another frame, or none. */
    CHANGED
  }

  private final byte[] page;
  private final byte[] compared;
  private final byte[] next = new byte[FrameHeader.SIZE];
  private final WalChecksum sum = new WalChecksum();
  private boolean seen;
  private boolean bare;
  private long checksum;
  private int pageNumber;
  private int size;

  LastFrame(int pageSize) {
    this.page = new byte[pageSize];
    this.compared = new byte[pageSize];
  }

  /** All that is known is a saved checksum, of a frame that has one. */
  void expect(long saved) {
    seen = false;
    checksum = saved;
  }

  /** A frame was consumed. */
  void record(byte[] header, byte[] bytes) {
    seen = true;
    bare = FrameHeader.isBare(header);
    checksum = FrameHeader.checksum(header);
    if (bare) {
      pageNumber = FrameHeader.pageNumber(header);
      size = FrameHeader.commitSize(header);
      System.arraycopy(bytes, 0, page, 0, page.length);
    }
  }

  /** Whether it is bare as far as is known. */
  boolean mayBeBare() {
    return !seen || bare;
  }

  /** Looks at the frame as it is now. */
  Standing look(CommittedRange range, int frame, byte[] header) {
    CommittedRange.Found found = range.header(frame, header);
    if (found == CommittedRange.Found.CHECKED) {
      boolean same = !(seen && bare) && FrameHeader.checksum(header) == checksum;
      return same ? Standing.SAME : Standing.CHANGED;
    }
    if (found != CommittedRange.Found.BARE || FrameHeader.commitSize(header) == 0) {
      return Standing.CHANGED;
    }
    if (!seen) {
      return Standing.SAME_BARE;
    }
    boolean same =
        bare
            && FrameHeader.pageNumber(header) == pageNumber
            && FrameHeader.commitSize(header) == size
            && range.frame(frame, header, compared).isCommitted()
            && Arrays.equals(page, compared);
    return same ? Standing.SAME_BARE : Standing.CHANGED;
  }

  /**
   * Whether the frame after a bare one continues from it: from the checksum that the wal-index said
   * as of the bare one, or, if the transaction made its checksums up from its first frame on, from
   * what the bare one has stored. A frame without a checksum doesn't say.
   *
   * @param published what the wal-index said; 0 if that is not known
   */
  boolean isFollowed(CommittedRange range, int frame, long published, boolean bigEndian) {
    if (published == 0 || range.frame(frame + 1, next, compared) != CommittedRange.Found.CHECKED) {
      return true;
    }
    return goesOnFrom(published, bigEndian) || goesOnFrom(0, bigEndian);
  }

  private boolean goesOnFrom(long start, boolean bigEndian) {
    sum.reset(start);
    FrameHeader.addTo(sum, next, compared, bigEndian);
    return FrameHeader.checksumIs(next, sum);
  }
}
