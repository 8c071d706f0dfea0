// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

/**
 * The header before each page in a WAL; accessors on its bytes, so that reading one costs nothing.
 *
 * <pre>
 * OFFSET  SIZE  MEANING
 *  0      4     page number, never 0
 *  4      4     in a commit frame the size of the database in pages after the commit, else 0
 *  8      4     salt 1, as in the WAL header
 * 12      4     salt 2
 * 16      4     checksum 1, cumulative through this frame
 * 20      4     checksum 2
 * </pre>
 *
 * <p>Bytes 8 to 23 may all be zero in a committed frame: {@link #isBare}.
 *
 * <p>All numbers are big-endian. Source: head of wal.c; fileformat2.html, "WAL Frames". Frame n
 * (from 1) starts at byte 32 + (n - 1) * (24 + page size) of the file. Stateless.
 */
public final class FrameHeader {

  /** Bytes of the header. */
  public static final int SIZE = 24;

  /** Bytes of the header that the checksum covers. */
  public static final int CHECKED = 8;

  private FrameHeader() {}

  /** The page that the frame holds; unsigned, never 0 in a frame that SQLite wrote. */
  public static int pageNumber(byte[] b) {
    return Bytes.u32(b, 0);
  }

  /** The database's size in pages after this commit; 0 in a frame that commits nothing. */
  public static int commitSize(byte[] b) {
    return Bytes.u32(b, 4);
  }

  /** Both salts, which name the generation that the frame was written in. */
  public static long salts(byte[] b) {
    return Bytes.i64(b, 8);
  }

  /**
   * Whether the frame holds a page but neither salts nor a checksum, all of them zero. SQLite
   * 3.11.0 to 3.50.1 commits such frames: {@code walEncodeFrame()} leaves them out while checksums
   * are to be made up at the commit, and after a savepoint or a statement was rolled back the
   * commit begins to make them up behind those frames.
   */
  public static boolean isBare(byte[] b) {
    return pageNumber(b) != 0 && (salts(b) | checksum(b)) == 0;
  }

  /** The stored checksum, both sums. */
  public static long checksum(byte[] b) {
    return Bytes.i64(b, 16);
  }

  /** Where frame {@code frame} (from 1) starts in the file. */
  public static long offset(int frame, int pageSize) {
    return WalHeader.SIZE + (frame - 1L) * (SIZE + pageSize);
  }

  /** Adds a frame to the running checksum of the frames before it. */
  public static void addTo(WalChecksum sum, byte[] header, byte[] page, boolean bigEndian) {
    sum.update(header, 0, CHECKED, bigEndian);
    sum.update(page, 0, page.length, bigEndian);
  }

  /** Whether the running checksum, this frame added, is what the header says. */
  public static boolean checksumIs(byte[] header, WalChecksum sum) {
    return sum.value() == checksum(header);
  }
}
