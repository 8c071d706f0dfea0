package dev.waltap.wal;

import dev.waltap.format.WalIndexHeader;

/**
 * The last consumed commit: where reading continues, and what proves that nothing was missed.
 *
 * @param salt1 names the generation, with {@code salt2}
 * @param frame the commit's last frame, from 1; 0 for the start of a generation
 * @param checksum1 stored checksum of that frame, with {@code checksum2}; both 0 for frame 0
 * @param changeCounter iChange of the wal-index as of that commit, modulo 2^32. It counts from when
 *     the wal-index was built, so it proves something only while a connection keeps that alive
 */
public record WalPosition(
    int salt1, int salt2, int frame, int checksum1, int checksum2, int changeCounter) {

  /** The position of a reader who has seen all that this header calls committed. */
  public static WalPosition of(WalIndexHeader header) {
    boolean empty = header.mxFrame() == 0;
    return new WalPosition(
        header.salt1(),
        header.salt2(),
        header.mxFrame(),
        empty ? 0 : header.frameChecksum1(),
        empty ? 0 : header.frameChecksum2(),
        header.changeCounter());
  }

  /** Whether both are of the generation that these salts name. */
  public boolean saltsAre(int otherSalt1, int otherSalt2) {
    return salt1 == otherSalt1 && salt2 == otherSalt2;
  }
}
