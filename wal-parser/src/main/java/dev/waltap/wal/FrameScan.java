package dev.waltap.wal;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalChecksum;

/**
 * Counts commits ahead of time, before any frame is handed over: the rest of an overwritten
 * generation by its checksum chain, and a new generation by its frame headers.
 */
final class FrameScan {

  private final WalFile wal;
  private final byte[] header = new byte[FrameHeader.SIZE];
  private final byte[] page;
  private final WalChecksum sum = new WalChecksum();
  private final RepeatDetector repeatDetector;

  private int commits;
  private int repeats;
  private int lastCommit;

  FrameScan(WalFile wal) {
    this.wal = wal;
    this.page = new byte[wal.pageSize()];
    this.repeatDetector = new RepeatDetector(wal);
  }

  /**
   * Follows a generation by salts and checksums from a known frame to where they cease to hold. It
   * is no harm that frames are overwritten meanwhile: what was summed is what was copied.
   *
   * @param after the frame whose checksum is known
   */
  void chain(int salt1, int salt2, int after, int checksum1, int checksum2, boolean bigEndian) {
    clear(after);
    sum.reset(checksum1, checksum2);
    wal.readAhead(wal.capacity());
    for (int frame = after + 1; wal.frameHeader(frame, header); frame++) {
      if (!FrameHeader.saltsAre(header, salt1, salt2)
          || FrameHeader.pageNumber(header) == 0
          || !wal.page(frame, page)) {
        return;
      }
      FrameHeader.addTo(sum, header, page, bigEndian);
      if (!FrameHeader.checksumIs(header, sum)) {
        return;
      }
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
   * Counts the commits in frames 1 to {@code last} of a generation, which the wal-index says are
   * committed.
   *
   * @return false if some frame is not of that generation: the file is changing, or corrupt
   */
  boolean count(int salt1, int salt2, int last) {
    clear(0);
    wal.readAhead(last);
    for (int frame = 1; frame <= last; frame++) {
      if (!wal.frameHeader(frame, header) || !FrameHeader.saltsAre(header, salt1, salt2)) {
        return false;
      }
      int size = FrameHeader.commitSize(header);
      if (size != 0) {
        int pageNumber = FrameHeader.pageNumber(header);
        boolean candidate = repeatDetector.mayRepeat(frame, pageNumber, size);
        if (candidate && !wal.page(frame, page)) {
          return false;
        }
        count(frame, candidate && repeatDetector.equalsPrevious(frame, page));
        repeatDetector.note(frame, pageNumber, size);
      }
    }
    return lastCommit == last;
  }

  private void clear(int after) {
    commits = 0;
    repeats = 0;
    lastCommit = after;
    repeatDetector.reset();
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
}
