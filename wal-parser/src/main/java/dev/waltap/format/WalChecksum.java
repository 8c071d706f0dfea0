// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

/**
 * The running checksum of a WAL: two 32-bit sums over pairs of words, Fibonacci-weighted.
 *
 * <pre>
 * s0 += word[i] + s1;  s1 += word[i + 1] + s0;   for i = 0, 2, 4 ...
 * </pre>
 *
 * <p>The WAL header's sum covers its first 24 bytes; a frame's continues from that of the frame
 * before (from the header's for frame 1) over the first 8 bytes of the frame header and the page.
 * Words are read in the order that the WAL's magic number names, whatever the machine. Source:
 * {@code walChecksumBytes()} of wal.c; fileformat2.html, "Checksum Algorithm".
 *
 * <p>Mutable and not synchronised: one owner.
 */
public final class WalChecksum {

  private int s0;
  private int s1;

  /** Starts from a known checksum; 0 for a header. */
  public void reset(long value) {
    s0 = (int) (value >>> 32);
    s1 = (int) value;
  }

  /**
   * Adds bytes.
   *
   * @param len a multiple of 8
   * @param bigEndian how words are read
   */
  public void update(byte[] b, int off, int len, boolean bigEndian) {
    if ((len & 7) != 0) {
      throw new IllegalArgumentException("checksums cover multiples of 8 bytes, not " + len);
    }
    int a = s0;
    int c = s1;
    int end = off + len;
    if (bigEndian) {
      for (int i = off; i < end; i += 8) {
        a += Bytes.u32(b, i) + c;
        c += Bytes.u32(b, i + 4) + a;
      }
    } else {
      for (int i = off; i < end; i += 8) {
        a += Bytes.littleU32(b, i) + c;
        c += Bytes.littleU32(b, i + 4) + a;
      }
    }
    s0 = a;
    s1 = c;
  }

  /** Both sums, s0 in the upper half: as a WAL stores them, read as one big-endian number. */
  public long value() {
    return Bytes.pair(s0, s1);
  }
}
