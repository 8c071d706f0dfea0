// SPDX-License-Identifier: Apache-2.0
package dev.waltap.snapshot;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.io.DatabaseFile;
import dev.waltap.page.PageSource;
import dev.waltap.wal.SnapshotFrameIndex;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * A database as one read transaction sees it: each page from its newest frame that is not in the
 * database file yet, else from the file. Holds as long as the caller keeps the read transaction.
 * For one thread.
 */
public final class Snapshot implements PageSource {
  /** Some hundred kilobytes: a millisecond or so. */
  private static final int PAGES_BETWEEN_LOOKS = 32;

  /** Bytes read at once for a caller that reads forward: a system call costs more than a page. */
  private static final int AHEAD = 128 << 10;

  private static final byte[] NOTHING = {};

  private final DatabaseFile file;
  private final SnapshotFrameIndex frames;
  private final int pageSize;
  private final int size;
  private final BooleanSupplier limitReached;
  private int copied;

  /**
   * A piece of the file, for a caller that reads forward. What is taken from the file does not
   * change while the read transaction is held: what may is in the frames.
   */
  private byte[] window = NOTHING;

  private long windowStart;
  private int windowSize;

  /** The offset of the latest read; at first one that nothing is close behind. */
  private long lastRead = -AHEAD;

  /**
   * A snapshot.
   *
   * @param frames the frames behind nBackfill, up to the snapshot's mxFrame
   * @param size the database's size in pages as of the snapshot
   */
  public Snapshot(DatabaseFile file, SnapshotFrameIndex frames, int pageSize, int size) {
    this(file, frames, pageSize, size, () -> false);
  }

  private Snapshot(
      DatabaseFile file,
      SnapshotFrameIndex frames,
      int pageSize,
      int size,
      BooleanSupplier limitReached) {
    this.file = file;
    this.frames = frames;
    this.pageSize = pageSize;
    this.size = size;
    this.limitReached = limitReached;
  }

  /**
   * The same snapshot, which can be read until its read transaction has to be released.
   *
   * @param limitReached says that; asked every {@value #PAGES_BETWEEN_LOOKS} pages
   */
  public Snapshot until(BooleanSupplier limitReached) {
    return new Snapshot(file, frames, pageSize, size, limitReached);
  }

  /** The database's size in pages, an unsigned number. */
  public int size() {
    return size;
  }

  /** A copy of a page, which is the caller's; otherwise as {@link #copy}. */
  @Override
  public byte[] page(int pageNumber) {
    byte[] image = new byte[pageSize];
    copy(pageNumber, image);
    return image;
  }

  /**
   * Copies a page; what lies past the end of the file reads as zeros, as SQLite has it.
   *
   * @throws CorruptDatabaseException if the database has no such page
   * @throws SnapshotLimitException if the read transaction has to be released first
   */
  public void copy(int pageNumber, byte[] to) {
    if (++copied % PAGES_BETWEEN_LOOKS == 0 && limitReached.getAsBoolean()) {
      throw new SnapshotLimitException();
    }
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
    read(((pageNumber - 1) & 0xffffffffL) * pageSize, to);
  }

  private void read(long offset, byte[] to) {
    if (!isInWindow(offset) && offset > lastRead && offset - lastRead <= AHEAD / 4) {
      if (window.length == 0) {
        window = new byte[AHEAD];
      }
      windowStart = offset;
      windowSize = file.read(offset, window, 0, AHEAD);
    }
    lastRead = offset;
    if (isInWindow(offset)) {
      System.arraycopy(window, (int) (offset - windowStart), to, 0, pageSize);
    } else {
      int count = file.read(offset, to, 0, pageSize);
      Arrays.fill(to, count, pageSize, (byte) 0);
    }
  }

  private boolean isInWindow(long offset) {
    return offset >= windowStart && offset + pageSize <= windowStart + windowSize;
  }
}
