// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalHeader;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.FileNames;
import dev.waltap.io.SharedMemory;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a WAL holds a transaction that is not committed yet, or not for others, but may
 * become so without another write to any file: its writer waits for the disk before it says in the
 * wal-index that it has committed, which is memory; or it died in between, and whoever recovers the
 * wal-index then finds the transaction whole. Who watches the files alone would not notice.
 *
 * <p>Such a transaction stands behind the last committed frame, has the salts of this generation,
 * or none ({@link FrameHeader#isBare}), and ends in a frame with a commit mark. What a rollback
 * leaves there has none. Stateless; any thread.
 */
public final class UnseenCommits {
  /** More than this is not looked through. */
  private static final int MAX_FRAMES = 4096;

  private static final int MAX_RESTARTS = 1000;

  /** For who reads no frames. */
  private static final int ANY_PAGE_SIZE = 4096;

  private UnseenCommits() {}

  /**
   * Whether there may be one, as of some moment during the call.
   *
   * @param database by its real path; captured by this process meanwhile, so that its wal-index is
   *     open
   */
  public static boolean arePossible(Path database) {
    try {
      SharedMemory memory = ChannelRegistry.acquireSharedMemory(FileNames.beside(database, "-shm"));
      try {
        WalIndexHeader header = new WalIndexHeader();
        return !new WalIndex(memory).read(header) || isBehind(database, header);
      } finally {
        memory.release();
      }
    } catch (IOException | RuntimeException e) {
      return true; // What can't be seen is not certain.
    }
  }

  /**
   * The same for who has both open.
   *
   * @param wal as a writer sees it: {@link WalFile#follow} was called
   */
  public static boolean arePossible(WalIndex index, WalFile wal) {
    WalIndexHeader header = new WalIndexHeader();
    if (!index.read(header)) {
      return true;
    }
    WalHeader file = header(wal);
    return file != null && (file.pageSize() != wal.pageSize() || isBehind(wal, file, header));
  }

  private static boolean isBehind(Path database, WalIndexHeader header) throws IOException {
    Path path = FileNames.beside(database, "-wal");
    WalHeader file;
    try (WalFile wal = WalFile.open(path, ANY_PAGE_SIZE)) {
      file = header(wal);
    }
    if (file == null) {
      return false;
    }
    try (WalFile wal = WalFile.open(path, file.pageSize())) {
      return isBehind(wal, file, header);
    }
  }

  /** Null if there is no frame yet: whoever writes one writes to the file. */
  private static @Nullable WalHeader header(WalFile wal) {
    byte[] first = new byte[WalHeader.SIZE];
    return wal.header(first) && WalHeader.isWhole(first) ? WalHeader.parse(first) : null;
  }

  private static boolean isBehind(WalFile wal, WalHeader file, WalIndexHeader header) {
    if (header.mxFrame() == 0 && isOlder(file.salts(), header.salts())) {
      return false; // Restarted, and all of it was committed before.
    }
    // Who writes the first frame draws salts, and says so in the wal-index when it has committed.
    long salts = header.mxFrame() == 0 ? file.salts() : header.salts();
    byte[] frame = new byte[FrameHeader.SIZE];
    for (int i = 1; i <= MAX_FRAMES; i++) {
      if (!wal.frameHeader(header.mxFrame() + i, frame)
          || FrameHeader.pageNumber(frame) == 0
          || !(FrameHeader.salts(frame) == salts || FrameHeader.isBare(frame))) {
        return false;
      }
      if (FrameHeader.commitSize(frame) != 0) {
        return true;
      }
    }
    return true;
  }

  /** A restart adds one to the first salt, and there may have been several without a frame. */
  private static boolean isOlder(long salts, long restarted) {
    int restarts = WalHeader.salt1(restarted) - WalHeader.salt1(salts);
    return restarts > 0 && restarts <= MAX_RESTARTS;
  }
}
