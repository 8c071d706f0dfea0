// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalIndexHeader;

/**
 * The rest of a generation that a newer one is overwriting, read by its own checksum chain: nothing
 * else says any more what belongs to it. It ends at a bare frame.
 */
final class OldGeneration {

  private final WalFile wal;
  private final ChecksumChain chain;
  private final byte[] standing = new byte[FrameHeader.SIZE];
  private boolean noted;
  private long notedSalts;
  private boolean notedBigEndian;

  OldGeneration(WalFile wal) {
    this.wal = wal;
    this.chain = new ChecksumChain(wal);
  }

  /** Remembers the byte order of a generation while its header is available. */
  void note(WalIndexHeader header) {
    noted = true;
    notedSalts = header.salts();
    notedBigEndian = header.bigEndianChecksums();
  }

  /**
   * Counts what is left after a position, and gets ready to hand it over.
   *
   * @param bare whether the position's frame is
   * @param preceding what the first commit left may repeat
   */
  void scan(
      FrameScan scan,
      WalPosition position,
      boolean bare,
      WalIndexHeader newer,
      RepeatDetector preceding) {
    long salts = position.salts();
    // If we never saw this generation's header, it most likely was like that of the newer one.
    boolean known = noted && salts == notedSalts;
    boolean bigEndian = known ? notedBigEndian : newer.bigEndianChecksums();
    // Of frame 0 there is no checksum, and no need: who is there has lost frame 1 by now.
    long start = position.checksum();
    boolean unchanged = isUnchanged(position);
    scan.chain(salts, position.frame(), start, bigEndian, preceding, unchanged);
    if (bare && scan.lastCommit() == position.frame()) {
      // A transaction that spilled to its own first frame twice continues from what the bare one
      // has stored.
      start = 0;
      scan.chain(salts, position.frame(), start, bigEndian, preceding, unchanged);
    }
    chain.start(salts, start, bigEndian);
  }

  private boolean isUnchanged(WalPosition position) {
    return position.frame() > 0
        && wal.frameHeader(position.frame(), standing)
        && FrameHeader.salts(standing) == position.salts()
        && FrameHeader.checksum(standing) == position.checksum();
  }

  /** Copies the next frame; false if it is no longer the one that was counted. */
  boolean next(int frame, byte[] header, byte[] page) {
    return chain.next(frame, header, page);
  }
}
