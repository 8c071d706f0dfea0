package dev.waltap.page;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.io.DatabaseFile;
import dev.waltap.wal.SnapshotFrameIndex;
import java.util.Arrays;

/**
 * A database as one read transaction sees it: each page from its newest frame that is not in the
 * database file yet, else from the file. Holds as long as the caller keeps the read transaction.
 * For one thread.
 */
public final class Snapshot {
  private final DatabaseFile file;
  private final SnapshotFrameIndex frames;
  private final int pageSize;
  private final int size;

  /**
   * A snapshot.
   *
   * @param frames the frames behind nBackfill, up to the snapshot's mxFrame
   * @param size the database's size in pages as of the snapshot
   */
  public Snapshot(DatabaseFile file, SnapshotFrameIndex frames, int pageSize, int size) {
    this.file = file;
    this.frames = frames;
    this.pageSize = pageSize;
    this.size = size;
  }

  /** The database's size in pages, an unsigned number. */
  public int size() {
    return size;
  }

  /**
   * Copies a page; what lies past the end of the file reads as zeros, as SQLite has it.
   *
   * @throws CorruptDatabaseException if the database has no such page
   */
  public void copy(int pageNumber, byte[] to) {
    if (Integer.compareUnsigned(pageNumber - 1, size) >= 0) {
      throw new CorruptDatabaseException(
          "page "
              + Integer.toUnsignedString(pageNumber)
              + " lies past the end of the database, which has "
              + Integer.toUnsignedString(size));
    }
    int frame = frames.frameOf(pageNumber);
    if (frame != 0) {
      frames.copy(pageNumber, frame, to);
      return;
    }
    int count = file.read(((pageNumber - 1) & 0xffffffffL) * pageSize, to, 0, pageSize);
    Arrays.fill(to, count, pageSize, (byte) 0);
  }
}
