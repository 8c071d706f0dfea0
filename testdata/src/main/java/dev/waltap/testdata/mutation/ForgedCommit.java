// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.format.Bytes;
import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalChecksum;
import dev.waltap.format.WalIndexHeader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Commits any pages into the WAL of a live database. To be closed after the last connection of this
 * process: that drops its locks.
 */
public final class ForgedCommit implements AutoCloseable {
  // The first table of the wal-index, as walHashGet() of wal.c has it.
  private static final int PAGE_NUMBERS = 136;
  private static final int FRAMES = 4062;
  private static final int HASHES = 16384;
  private static final int SLOTS = 8192;

  private final Path database;
  private final FileChannel shm;

  /** For commits into the WAL of a database that a connection keeps open. */
  public ForgedCommit(Path database) throws IOException {
    this.database = database;
    this.shm =
        FileChannel.open(
            Path.of(database + "-shm"), StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /**
   * Appends a transaction to the WAL, and publishes it in the wal-index.
   *
   * @param pages their images by their numbers, in the order in which they are written
   * @param databaseSize pages of the database after it
   */
  public void commit(Map<Integer, byte[]> pages, int databaseSize, int pageSize)
      throws IOException {
    ByteBuffer header = ByteBuffer.allocate(WalIndexHeader.SIZE).order(ByteOrder.nativeOrder());
    shm.read(header, 0);
    boolean big = header.get(13) != 0;
    int frame = header.getInt(16);
    WalChecksum sum = new WalChecksum();
    sum.reset(Bytes.pair(header.getInt(24), header.getInt(28)));
    try (RandomAccessFile wal = new RandomAccessFile(database + "-wal", "rw")) {
      int left = pages.size();
      for (Map.Entry<Integer, byte[]> page : pages.entrySet()) {
        ByteBuffer bytes = ByteBuffer.allocate(FrameHeader.SIZE + pageSize);
        bytes.putInt(page.getKey()).putInt(--left == 0 ? databaseSize : 0);
        bytes.put(8, header, WalIndexHeader.SALTS, 8);
        bytes.put(FrameHeader.SIZE, page.getValue());
        sum.update(bytes.array(), 0, FrameHeader.CHECKED, big);
        sum.update(page.getValue(), 0, pageSize, big);
        bytes.putLong(16, sum.value());
        wal.seek(FrameHeader.offset(++frame, pageSize));
        wal.write(bytes.array());
        enter(frame, page.getKey());
      }
    }
    header.putInt(8, header.getInt(8) + 1).putInt(16, frame);
    header.putInt(20, databaseSize);
    Log.putChecksum(header, 24, sum.value());
    Log.sealIndex(header.array());
    shm.write(header.rewind(), WalIndexHeader.SIZE);
    shm.write(header.rewind(), 0);
  }

  /** Enters a frame into the first of the tables by which connections find pages in the WAL. */
  private void enter(int frame, int page) throws IOException {
    if (frame > FRAMES) {
      throw new IllegalStateException("frame " + frame + " is not in the first table");
    }
    ByteBuffer number = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(0, page);
    shm.write(number, PAGE_NUMBERS + 4L * (frame - 1));
    ByteBuffer slot = ByteBuffer.allocate(2).order(ByteOrder.nativeOrder());
    int key = page * 383 & (SLOTS - 1);
    while (shm.read(slot.clear(), HASHES + 2L * key) == 2 && slot.getShort(0) != 0) {
      key = (key + 1) & (SLOTS - 1);
    }
    shm.write(slot.clear().putShort(0, (short) frame), HASHES + 2L * key);
  }

  @Override
  public void close() throws IOException {
    shm.close();
  }
}
