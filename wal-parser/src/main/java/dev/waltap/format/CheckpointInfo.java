// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

/**
 * A copy of the wal-index's checkpoint information, which follows the two headers.
 *
 * <pre>
 * OFFSET  SIZE  MEANING (offsets in the -shm file)
 *  96      4    nBackfill: frames 1..nBackfill are in the database file, synced
 * 100     20    aReadMark[5]: what a reader on lock i may see; 0xffffffff for unused
 * 120      8    bytes that stand for the locks; never data
 * 128      4    nBackfillAttempted: a checkpoint has begun to copy up to here
 * 132      4    unused
 * </pre>
 *
 * <p>Native byte order. It is not covered by any checksum and moves under a reader. Source: {@code
 * struct WalCkptInfo} of wal.c. Mutable, so that polling allocates nothing; one owner.
 */
public final class CheckpointInfo {

  /** Where it starts in the -shm file. */
  public static final int OFFSET = 96;

  /** Bytes of it. */
  public static final int SIZE = 40;

  /** How many read marks there are. */
  public static final int READ_MARKS = 5;

  /** The value of a mark that nobody uses. */
  public static final int NOT_USED = 0xffffffff;

  private final byte[] bytes = new byte[SIZE];

  /** Takes in the bytes at {@link #OFFSET} in the file. */
  public void load(byte[] b, int off) {
    System.arraycopy(b, off, bytes, 0, SIZE);
  }

  /** Frames 1 to this one are in the database file; 0 if it says more than a WAL can have. */
  public int backfilled() {
    return Math.max(0, Bytes.nativeU32(bytes, 0));
  }

  /**
   * A checkpoint has begun, perhaps not ended, to copy frames up to this one; {@link
   * Integer#MAX_VALUE} if it says more than a WAL can have.
   */
  public int backfillAttempted() {
    int attempted = Bytes.nativeU32(bytes, 32);
    return attempted < 0 ? Integer.MAX_VALUE : attempted;
  }

  /** The mark of read lock {@code i}, 0..4; {@link #NOT_USED} for none. */
  public int readMark(int i) {
    if (i < 0 || i >= READ_MARKS) {
      throw new IndexOutOfBoundsException("read mark " + i);
    }
    return Bytes.nativeU32(bytes, 4 + 4 * i);
  }
}
