package dev.waltap.wal;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalChecksum;
import dev.waltap.format.WalIndexHeader;

/**
 * The rest of a generation that a newer one is overwriting, read by its own checksum chain: nothing
 * else says any more what belongs to it. It ends at a bare frame.
 */
final class OldGeneration {

  private final WalFile wal;
  private final WalChecksum sum = new WalChecksum();
  private final byte[] standing = new byte[FrameHeader.SIZE];
  private int salt1;
  private int salt2;
  private boolean bigEndian;
  private boolean noted;
  private int notedSalt1;
  private int notedSalt2;
  private boolean notedBigEndian;

  OldGeneration(WalFile wal) {
    this.wal = wal;
  }

  /** Remembers the byte order of a generation while its header is available. */
  void note(WalIndexHeader header) {
    noted = true;
    notedSalt1 = header.salt1();
    notedSalt2 = header.salt2();
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
    salt1 = position.salt1();
    salt2 = position.salt2();
    // If we never saw this generation's header, it most likely was like that of the newer one.
    boolean known = noted && position.saltsAre(notedSalt1, notedSalt2);
    bigEndian = known ? notedBigEndian : newer.bigEndianChecksums();
    // Of frame 0 there is no checksum, and no need: who is there has lost frame 1 by now.
    sum.reset(position.checksum1(), position.checksum2());
    boolean unchanged = isUnchanged(position);
    scan.chain(salt1, salt2, position.frame(), sum, bigEndian, preceding, unchanged);
    if (bare && scan.lastCommit() == position.frame()) {
      // A transaction that spilled to its own first frame twice continues from what the bare one
      // has stored.
      sum.reset(0, 0);
      scan.chain(salt1, salt2, position.frame(), sum, bigEndian, preceding, unchanged);
    }
  }

  private boolean isUnchanged(WalPosition position) {
    return position.frame() > 0
        && wal.frameHeader(position.frame(), standing)
        && FrameHeader.saltsAre(standing, salt1, salt2)
        && FrameHeader.checksum1(standing) == position.checksum1()
        && FrameHeader.checksum2(standing) == position.checksum2();
  }

  /** Copies the next frame; false if it is no longer the one that was counted. */
  boolean next(int frame, byte[] header, byte[] page) {
    if (!wal.frameHeader(frame, header)
        || !wal.page(frame, page)
        || !FrameHeader.saltsAre(header, salt1, salt2)) {
      return false;
    }
    FrameHeader.addTo(sum, header, page, bigEndian);
    return FrameHeader.checksumIs(header, sum);
  }
}
