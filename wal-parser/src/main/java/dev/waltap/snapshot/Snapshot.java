// SPDX-License-Identifier: Apache-2.0
package dev.waltap.snapshot;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.io.DatabaseFile;
import dev.waltap.io.ReadBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageSource;
import dev.waltap.wal.SnapshotFrameIndex;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A database as one read transaction sees it: each page from its newest frame that is not in the
 * database file yet, else from the file. Holds as long as the caller keeps the read transaction.
 * For one thread.
 */
public final class Snapshot implements PageSource {
  /** Some hundred kilobytes: a millisecond or so. */
  private static final int PAGES_BETWEEN_LOOKS = 32;

  /** Bytes read at once for a caller that reads forward: a system call costs more than a page. */
  private static final int AHEAD = ReadBuffers.SIZE;

  private static final byte[] NOTHING = {};

  private final DatabaseFile file;
  private final @Nullable SnapshotFrameIndex frames;
  private final int pageSize;
  private final int size;
  private final BooleanSupplier limitReached;
  private int copied;

  private final Window window;

  /**
   * A piece of the file, for a caller that reads forward. What is taken from the file does not
   * change while the read transaction is held: what may is in the frames.
   */
  private static final class Window {
    byte[] bytes = NOTHING;
    long start;
    int size;

    /** The offset of the latest read; at first one that nothing is close behind. */
    long lastRead = -AHEAD;
  }

  /**
   * A snapshot.
   *
   * @param frames the frames behind nBackfill, up to the snapshot's mxFrame
   * @param size the database's size in pages as of the snapshot
   */
  public Snapshot(DatabaseFile file, SnapshotFrameIndex frames, int pageSize, int size) {
    this(file, frames, pageSize, size, () -> false, new Window());
  }

  /**
   * One of a database that has no WAL. Holds as long as the file does not change, of which the
   * caller makes sure.
   */
  public static Snapshot ofFile(DatabaseFile file, int pageSize) {
    int size = (int) (file.size() / pageSize);
    return new Snapshot(file, null, pageSize, size, () -> false, new Window());
  }

  private Snapshot(
      DatabaseFile file,
      @Nullable SnapshotFrameIndex frames,
      int pageSize,
      int size,
      BooleanSupplier limitReached,
      Window window) {
    this.file = file;
    this.frames = frames;
    this.pageSize = pageSize;
    this.size = size;
    this.limitReached = limitReached;
    this.window = window;
  }

  /**
   * The same snapshot, which can be read until its read transaction has to be released; by the same
   * thread as this one.
   *
   * @param limitReached says that; asked every {@value #PAGES_BETWEEN_LOOKS} pages
   */
  public Snapshot until(BooleanSupplier limitReached) {
    return new Snapshot(file, frames, pageSize, size, limitReached, window);
  }

  /** Nothing is read any more, here and where it is read {@link #until}. */
  public void release() {
    byte[] bytes = window.bytes;
    window.bytes = NOTHING;
    window.size = 0;
    window.lastRead = -AHEAD;
    if (bytes != NOTHING) {
      ReadBuffers.give(bytes);
    }
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
    requireReadable(pageNumber);
    if (!copyFrame(pageNumber, to)) {
      read(offset(pageNumber), to);
    }
  }

  /**
   * Whether a page set holds this page as it is here; otherwise as {@link #copy}.
   *
   * @param to takes a copy of the page if it does not; else its content is undefined
   */
  public boolean isSame(PageSet pages, int pageNumber, byte[] to) {
    requireReadable(pageNumber);
    if (copyFrame(pageNumber, to)) {
      return pages.isSame(pageNumber, to);
    }
    long offset = offset(pageNumber);
    readAhead(offset);
    // Most are the same, and then need not be copied out of the window.
    if (isInWindow(offset)
        && pages.isSame(pageNumber, window.bytes, (int) (offset - window.start))) {
      return true;
    }
    read(offset, to);
    return !isInWindow(offset) && pages.isSame(pageNumber, to);
  }

  /** Copies a page from its frame; false if it has none. */
  private boolean copyFrame(int pageNumber, byte[] to) {
    SnapshotFrameIndex index = frames;
    int frame = index == null ? 0 : index.frameOf(pageNumber);
    if (index == null || frame == 0) {
      return false;
    }
    index.copy(pageNumber, frame, to);
    return true;
  }

  private long offset(int pageNumber) {
    return ((pageNumber - 1) & 0xffffffffL) * pageSize;
  }

  private void requireReadable(int pageNumber) {
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
  }

  private void read(long offset, byte[] to) {
    readAhead(offset);
    if (isInWindow(offset)) {
      System.arraycopy(window.bytes, (int) (offset - window.start), to, 0, pageSize);
    } else {
      int count = file.read(offset, to, 0, pageSize);
      Arrays.fill(to, count, pageSize, (byte) 0);
    }
  }

  private void readAhead(long offset) {
    boolean forward = offset > window.lastRead && offset - window.lastRead <= AHEAD / 4;
    window.lastRead = offset;
    if (forward && !isInWindow(offset)) {
      if (window.bytes == NOTHING) {
        window.bytes = ReadBuffers.take();
      }
      window.size = 0; // Not what was there before, if this fails.
      window.size = file.read(offset, window.bytes, 0, AHEAD);
      window.start = offset;
    }
  }

  private boolean isInWindow(long offset) {
    return offset >= window.start && offset + pageSize <= window.start + window.size;
  }
}
