// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalChecksum;

/**
 * Frames of one generation, one after the other, each proven by salts and checksum to follow the
 * one before it: what holds where no wal-index says what is committed. It ends at a bare frame, as
 * SQLite's recovery does. Frames may be overwritten meanwhile: what was summed is what was copied.
 * Used again; not safe for several threads.
 */
final class ChecksumChain {
  private final WalFile wal;
  private final WalChecksum sum = new WalChecksum();
  private long salts;
  private boolean bigEndian;
  private ChainEnd end = ChainEnd.END_OF_FILE;

  ChecksumChain(WalFile wal) {
    this.wal = wal;
  }

  /**
   * Moves behind a frame.
   *
   * @param generation the salts
   * @param checksum that of the frame, or of the file's header
   * @param bigEndianWords how the generation's checksums read words
   */
  void start(long generation, long checksum, boolean bigEndianWords) {
    salts = generation;
    sum.reset(checksum);
    bigEndian = bigEndianWords;
    end = ChainEnd.END_OF_FILE;
  }

  /** Copies the next frame; false, and the chain has ended, if none is there that goes on. */
  boolean next(int frame, byte[] header, byte[] page) {
    if (!wal.frameHeader(frame, header)) {
      end = ChainEnd.END_OF_FILE;
      return false;
    }
    end = end(CommittedRange.kind(header, salts));
    if (end != ChainEnd.CHECKSUM) {
      return false;
    }
    if (!wal.page(frame, page)) {
      end = ChainEnd.CUT_OFF;
      return false;
    }
    FrameHeader.addTo(sum, header, page, bigEndian);
    return FrameHeader.checksumIs(header, sum);
  }

  /** What ends the chain at a frame of that kind; of this generation, only its checksum does. */
  private static ChainEnd end(CommittedRange.Found found) {
    return switch (found) {
      case CHECKED -> ChainEnd.CHECKSUM;
      case BARE -> ChainEnd.BARE;
      case FOREIGN -> ChainEnd.OTHER_GENERATION;
      case MISSING, NONSENSE -> ChainEnd.NO_FRAME;
    };
  }

  /** Why the chain ended, after {@link #next} said that it has. */
  ChainEnd end() {
    return end;
  }
}
