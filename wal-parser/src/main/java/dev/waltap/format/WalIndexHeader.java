// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;

/**
 * A copy of the wal-index header, the one place that says what is committed.
 *
 * <pre>
 * OFFSET  SIZE  MEANING
 *  0      4     version, 3007000
 *  4      4     unused
 *  8      4     iChange: one more with every commit; 0 after a recovery
 * 12      1     isInit: 1 once the header has been written
 * 13      1     bigEndCksum: the WAL's checksums are big-endian
 * 14      2     page size, 1 for 65536; 0 while there is no WAL yet
 * 16      4     mxFrame: the last committed frame
 * 20      4     database size in pages; 0 while mxFrame is
 * 24      8     aFrameCksum: checksum of frame mxFrame; meaningless while mxFrame is 0
 * 32      8     salts, their bytes as in the WAL, that is big-endian
 * 40      8     checksum over bytes 0..39, in native words
 * </pre>
 *
 * <p>Native byte order but for the salts. The file has two copies, at 0 and 48; writers write the
 * second first, readers read the first first, and only equal copies with a right checksum count.
 * Source: {@code struct WalIndexHdr} and {@code walIndexTryHdr()} of wal.c.
 *
 * <p>Mutable, so that polling allocates nothing; not synchronised: one owner.
 */
public final class WalIndexHeader {

  /** Bytes of one copy. */
  public static final int SIZE = 48;

  /** Offset of the salts. */
  public static final int SALTS = 32;

  private static final int CHECKED = 40;
  private static final boolean NATIVE_BIG = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

  private final byte[] bytes = new byte[SIZE];
  private final WalChecksum sum = new WalChecksum();

  /** Takes a copy's bytes in. */
  public void load(byte[] b, int off) {
    System.arraycopy(b, off, bytes, 0, SIZE);
  }

  /** Takes another header's bytes in. */
  public void load(WalIndexHeader other) {
    load(other.bytes, 0);
  }

  /** Whether the bytes at {@code off} are those of this header. */
  public boolean sameAs(byte[] b, int off) {
    return Arrays.equals(bytes, 0, SIZE, b, off, off + SIZE);
  }

  /** Whether it has been written by SQLite and its checksum is right. */
  public boolean isWhole() {
    if (!isInit()) {
      return false;
    }
    sum.reset(0);
    sum.update(bytes, 0, CHECKED, NATIVE_BIG);
    return sum.value() == nativePair(CHECKED);
  }

  /**
   * Whether a later copy of the header, even one that is being written, leaves what this one calls
   * committed as it was: the same generation, no frame taken back, and no more commits than frames
   * since. After a recovery iChange begins at 0, and frames up to mxFrame may be written over.
   */
  public boolean isContinuedBy(WalIndexHeader later) {
    int frames = later.mxFrame() - mxFrame();
    int commits = later.changeCounter() - changeCounter();
    return later.salts() == salts() && commits >= 0 && commits <= frames;
  }

  /** The format version, 3007000. */
  public int version() {
    return Bytes.nativeU32(bytes, 0);
  }

  /** The number of commits since the wal-index was built, modulo 2^32. */
  public int changeCounter() {
    return Bytes.nativeU32(bytes, 8);
  }

  /** Whether SQLite has written the header at all. */
  public boolean isInit() {
    return bytes[12] != 0;
  }

  /** Whether the WAL's checksums read words big-endian. */
  public boolean bigEndianChecksums() {
    return bytes[13] != 0;
  }

  /** Bytes in a page, 512..65536; 0 while there is no WAL. */
  public int pageSize() {
    int stored = Bytes.nativeU16(bytes, 14);
    return (stored & 0xfe00) + ((stored & 1) << 16);
  }

  /** The last committed frame, from 1; 0 for none. */
  public int mxFrame() {
    return Bytes.nativeU32(bytes, 16);
  }

  /** The database's size in pages after frame mxFrame; 0 while that is 0. */
  public int databaseSize() {
    return Bytes.nativeU32(bytes, 20);
  }

  /** The checksum of frame mxFrame. */
  public long frameChecksum() {
    return nativePair(24);
  }

  /** Both salts, which name the generation. */
  public long salts() {
    return Bytes.i64(bytes, SALTS);
  }

  private long nativePair(int at) {
    return Bytes.pair(Bytes.nativeU32(bytes, at), Bytes.nativeU32(bytes, at + 4));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "wal-index header: salts %016x, mxFrame %d, iChange %d, %d pages of %d bytes",
        salts(),
        mxFrame(),
        changeCounter(),
        databaseSize(),
        pageSize());
  }
}
