// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.WalIndexHeader;

/**
 * The last consumed commit: where reading continues, and what proves that nothing was missed.
 *
 * @param salts both, which name the generation; salt 1 is in the upper half
 * @param frame the commit's last frame, from 1; 0 for the start of a generation
 * @param checksum stored checksum of that frame, both sums; 0 for frame 0
 * @param changeCounter iChange of the wal-index as of that commit, modulo 2^32. It counts from when
 *     the wal-index was built, so it proves something only while a connection keeps that alive
 */
public record WalPosition(long salts, int frame, long checksum, int changeCounter) {

  /** The position of a reader who has seen all that this header calls committed. */
  public static WalPosition of(WalIndexHeader header) {
    boolean empty = header.mxFrame() == 0;
    return new WalPosition(
        header.salts(),
        header.mxFrame(),
        empty ? 0 : header.frameChecksum(),
        header.changeCounter());
  }
}
