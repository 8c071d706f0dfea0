// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalChecksum;
import dev.waltap.format.WalHeader;
import dev.waltap.format.WalIndexHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** WALs and wal-index headers as bytes, with checksums that are right whatever they hold. */
final class Log {
  private static final int MAGIC = 0x377f0682;

  private Log() {}

  /** A WAL of these transactions. */
  static byte[] of(List<RecordedDatabase.Written> transactions, int pageSize, int salt1) {
    int frames = transactions.stream().mapToInt(written -> written.pages().size()).sum();
    ByteBuffer wal = ByteBuffer.allocate(WalHeader.SIZE + frames * (FrameHeader.SIZE + pageSize));
    // Even and odd generations differ in the byte order of their checksums.
    wal.putInt(MAGIC | (salt1 & 1)).putInt(WalHeader.VERSION).putInt(pageSize);
    wal.putInt(salt1).putInt(salt1).putInt(salt1 * 0x9E3779B1);
    wal.position(WalHeader.SIZE);
    for (RecordedDatabase.Written written : transactions) {
      int left = written.pages().size();
      for (var page : written.pages().entrySet()) {
        wal.putInt(page.getKey()).putInt(--left == 0 ? written.databaseSize() : 0);
        wal.position(wal.position() + 16).put(page.getValue());
      }
    }
    seal(wal.array(), pageSize);
    return wal.array();
  }

  /** Gives a WAL the salts and checksums that belong to what it holds. */
  static void seal(byte[] wal, int pageSize) {
    ByteBuffer bytes = ByteBuffer.wrap(wal);
    boolean big = bigEndian(wal);
    WalChecksum sum = new WalChecksum();
    sum.update(wal, 0, 24, big);
    bytes.putLong(24, sum.value());
    for (int frame = 1; frame <= frames(wal, pageSize); frame++) {
      int at = (int) FrameHeader.offset(frame, pageSize);
      sum.update(wal, at, FrameHeader.CHECKED, big);
      sum.update(wal, at + FrameHeader.SIZE, pageSize, big);
      bytes.putLong(at + 8, bytes.getLong(16)).putLong(at + 16, sum.value());
    }
  }

  private static boolean bigEndian(byte[] wal) {
    return (wal[3] & 1) != 0;
  }

  /** How many frames a WAL has room for. */
  static int frames(byte[] wal, int pageSize) {
    return (wal.length - WalHeader.SIZE) / (FrameHeader.SIZE + pageSize);
  }

  /** The database's size that a frame commits, 0 if it commits nothing. */
  static int commitSize(byte[] wal, int pageSize, int frame) {
    return ByteBuffer.wrap(wal).getInt((int) FrameHeader.offset(frame, pageSize) + 4);
  }

  /** A copy of the wal-index header that publishes a WAL up to a commit frame. */
  static byte[] index(byte[] wal, int pageSize, int mxFrame, int changeCounter) {
    ByteBuffer header = ByteBuffer.allocate(WalIndexHeader.SIZE).order(ByteOrder.nativeOrder());
    header.putInt(0, WalHeader.VERSION).putInt(8, changeCounter);
    header.put(12, (byte) 1).put(13, (byte) (bigEndian(wal) ? 1 : 0));
    header.putShort(14, (short) (pageSize == 65536 ? 1 : pageSize)).putInt(16, mxFrame);
    if (mxFrame > 0) {
      int at = (int) FrameHeader.offset(mxFrame, pageSize);
      header.putInt(20, commitSize(wal, pageSize, mxFrame));
      putChecksum(header, 24, ByteBuffer.wrap(wal).getLong(at + 16));
    }
    header.put(32, wal, 16, 8);
    sealIndex(header.array());
    return header.array();
  }

  /** Gives a copy of the wal-index header the checksum that belongs to what it holds. */
  static void sealIndex(byte[] header) {
    WalChecksum sum = new WalChecksum();
    sum.update(header, 0, 40, ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN);
    putChecksum(ByteBuffer.wrap(header).order(ByteOrder.nativeOrder()), 40, sum.value());
  }

  /** A wal-index has each of the two sums in the machine's byte order. */
  static void putChecksum(ByteBuffer index, int at, long checksum) {
    index.putInt(at, (int) (checksum >>> 32)).putInt(at + 4, (int) checksum);
  }
}
