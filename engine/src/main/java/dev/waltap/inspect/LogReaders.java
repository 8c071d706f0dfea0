// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.format.CheckpointInfo;
import dev.waltap.host.FileLocks;
import dev.waltap.host.UnixAttribute;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.FileNames;
import dev.waltap.io.SharedMemory;
import dev.waltap.wal.WalIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Who reads from a WAL right now, so that it can't be restarted and grows: by the read marks of the
 * wal-index, and by the locks on it that Linux shows in {@code /proc/locks}. Stateless.
 *
 * <p>Source: {@code WAL_READ_LOCK} of wal.c. A reader on mark 0 reads from the database file alone
 * and does not keep the WAL from being restarted, so it is not among them.
 */
public final class LogReaders {
  /** The byte of the wal-index that stands for the lock on read mark 0. */
  private static final long READ_LOCK = 123;

  private LogReaders() {}

  /**
   * A process with a read transaction.
   *
   * @param process as this process sees it; those outside of its container are not seen
   * @param frame the newest frame that it may read: no checkpoint goes past it
   */
  public record Reader(long process, int frame) {}

  /** Those of this database; none where there is no wal-index, or the system does not say. */
  public static List<Reader> of(Path database) {
    SharedMemory memory = null;
    try {
      Path path = FileNames.beside(database.toRealPath(), "-shm");
      if (!Files.exists(path)) {
        return List.of();
      }
      memory = ChannelRegistry.acquireSharedMemory(path);
      long inode = UnixAttribute.INODE.of(path);
      CheckpointInfo info = new CheckpointInfo();
      new WalIndex(memory).read(info);
      return of(info, FileLocks.read(), inode);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return List.of(); // Gone meanwhile, or a system that has no such attribute.
    } finally {
      if (memory != null) {
        memory.release();
      }
    }
  }

  static List<Reader> of(CheckpointInfo info, FileLocks locks, long inode) {
    List<Reader> readers = new ArrayList<>();
    for (int mark = 1; mark < CheckpointInfo.READ_MARKS; mark++) {
      int frame = info.readMark(mark);
      for (FileLocks.Lock lock : locks.on(inode, READ_LOCK + mark)) {
        if (!lock.exclusive() && frame != CheckpointInfo.NOT_USED) {
          readers.add(new Reader(lock.process(), frame));
        }
      }
    }
    return readers;
  }
}
