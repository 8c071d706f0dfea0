// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

/**
 * The header of a WAL file.
 *
 * <pre>
 * OFFSET  SIZE  MEANING
 *  0      4     magic: 0x377f0682 little-endian, 0x377f0683 big-endian checksums
 *  4      4     format version, 3007000
 *  8      4     page size in bytes
 * 12      4     checkpoint sequence number
 * 16      4     salt 1
 * 20      4     salt 2
 * 24      4     checksum 1 over bytes 0..23
 * 28      4     checksum 2
 * </pre>
 *
 * <p>All numbers are big-endian. Source: head of wal.c; fileformat2.html, "WAL Header". The salts
 * name a generation: they change whenever the file is begun again.
 *
 * @param salts both of them, salt 1 in the upper half
 * @param checksum both sums, checksum 1 in the upper half
 */
public record WalHeader(
    boolean bigEndianChecksums,
    int version,
    int pageSize,
    int checkpointSequence,
    long salts,
    long checksum) {

  /** Bytes of the header. */
  public static final int SIZE = 32;

  /** The only format version there is. */
  public static final int VERSION = 3007000;

  private static final int MAGIC = 0x377f0682;
  private static final int CHECKED = 24;

  /**
   * Whether these are the bytes of a whole header: magic, page size and checksum are right. SQLite
   * takes a file without one for an empty WAL, so this is a question, not an error.
   */
  public static boolean isWhole(byte[] b) {
    if (b.length < SIZE || (Bytes.u32(b, 0) & ~1) != MAGIC) {
      return false;
    }
    int pageSize = Bytes.u32(b, 8);
    if (pageSize < 512 || pageSize > 65536 || Integer.bitCount(pageSize) != 1) {
      return false;
    }
    WalChecksum sum = new WalChecksum();
    sum.update(b, 0, CHECKED, (Bytes.u32(b, 0) & 1) != 0);
    return sum.value() == Bytes.i64(b, 24);
  }

  /**
   * Reads a header that {@link #isWhole}.
   *
   * @throws CorruptDatabaseException if it is not whole
   * @throws UnsupportedDatabaseException if its version is not 3007000
   */
  public static WalHeader parse(byte[] b) {
    if (!isWhole(b)) {
      throw new CorruptDatabaseException("the WAL's header is torn, or it is no WAL");
    }
    int version = Bytes.u32(b, 4);
    if (version != VERSION) {
      throw new UnsupportedDatabaseException(
          "WAL format version " + version + " at offset 4; only " + VERSION + " is known");
    }
    return new WalHeader(
        (Bytes.u32(b, 0) & 1) != 0,
        version,
        Bytes.u32(b, 8),
        Bytes.u32(b, 12),
        Bytes.i64(b, 16),
        Bytes.i64(b, 24));
  }

  /** Salt 1 alone, which grows by one with most restarts; salt 2 is drawn each time. */
  public static int salt1(long salts) {
    return (int) (salts >>> 32);
  }
}
