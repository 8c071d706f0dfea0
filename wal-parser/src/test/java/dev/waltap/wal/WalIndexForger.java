// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalChecksum;
import dev.waltap.format.WalIndexHeader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes into the -wal and -shm of a live database what SQLite 3.11.0 to 3.50.1 would have written:
 * committed frames without salts and checksum, and the aFrameCksum that goes with them. The SQLite
 * of the tests is too new to make them; it reads them, and goes on from them, as any does.
 */
final class WalIndexForger {

  /** Never closed: that would drop this process's locks on the -shm. */
  private static final Map<Path, RandomAccessFile> OPEN = new ConcurrentHashMap<>();

  private final Path wal;
  private final Path shm;
  private final int pageSize;

  WalIndexForger(Path database, int pageSize) {
    this.wal = Path.of(database + "-wal");
    this.shm = Path.of(database + "-shm");
    this.pageSize = pageSize;
  }

  /** Makes the two copies of the header differ, as a writer does that dies between them. */
  static void tear(Path shm) throws IOException {
    RandomAccessFile file = open(shm);
    file.seek(WalIndexHeader.SIZE + 8);
    int old = file.read();
    file.seek(WalIndexHeader.SIZE + 8);
    file.write(old ^ 0xff);
  }

  private static RandomAccessFile open(Path shm) throws IOException {
    RandomAccessFile file = OPEN.get(shm);
    if (file == null) {
      file = new RandomAccessFile(shm.toFile(), "rw");
      OPEN.put(shm, file);
    }
    return file;
  }

  /** The last transaction loses salts and checksums of all its frames. */
  void strip(int first, int last, long checksum) throws IOException {
    stripFrames(first, last);
    publish(checksum);
  }

  /** Its first frames lose them, the others have checksums that begin with (0, 0). */
  void stripAndChain(int first, int firstChained, int last) throws IOException {
    stripFrames(first, firstChained - 1);
    chain(firstChained, last, 0);
  }

  /** The frames get checksums that begin with this one; the last is that of the header. */
  void chain(int first, int last, long start) throws IOException {
    WalIndexHeader header = header();
    WalChecksum sum = new WalChecksum();
    sum.reset(start);
    try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "rw")) {
      byte[] head = new byte[FrameHeader.SIZE];
      byte[] page = new byte[pageSize];
      for (int frame = first; frame <= last; frame++) {
        file.seek(FrameHeader.offset(frame, pageSize));
        file.readFully(head);
        file.readFully(page);
        FrameHeader.addTo(sum, head, page, header.bigEndianChecksums());
        file.seek(FrameHeader.offset(frame, pageSize) + 8);
        file.writeLong(header.salts());
        file.writeLong(sum.value());
      }
    }
    publish(sum.value());
  }

  private void stripFrames(int first, int last) throws IOException {
    for (int frame = first; frame <= last; frame++) {
      overwrite(frame, 8, new byte[16]);
    }
  }

  /** Overwrites bytes of a frame, header included. */
  void overwrite(int frame, int at, byte[] bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "rw")) {
      file.seek(FrameHeader.offset(frame, pageSize) + at);
      file.write(bytes);
    }
  }

  private WalIndexHeader header() throws IOException {
    WalIndexHeader header = new WalIndexHeader();
    header.load(bytes(), 0);
    return header;
  }

  private byte[] bytes() throws IOException {
    byte[] bytes = new byte[WalIndexHeader.SIZE];
    RandomAccessFile file = open(shm);
    file.seek(0);
    file.readFully(bytes);
    return bytes;
  }

  /** Sets aFrameCksum, in both copies. */
  private void publish(long checksum) throws IOException {
    byte[] bytes = bytes();
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    putChecksum(header, 24, checksum);
    WalChecksum sum = new WalChecksum();
    sum.update(bytes, 0, 40, ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN);
    putChecksum(header, 40, sum.value());
    RandomAccessFile file = open(shm);
    file.seek(WalIndexHeader.SIZE);
    file.write(bytes);
    file.seek(0);
    file.write(bytes);
  }

  private static void putChecksum(ByteBuffer header, int at, long checksum) {
    header.putInt(at, (int) (checksum >>> 32)).putInt(at + 4, (int) checksum);
  }
}
