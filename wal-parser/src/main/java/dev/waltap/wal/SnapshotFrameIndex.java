// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.DatabaseGoneException;
import dev.waltap.format.FrameHeader;

/**
 * The WAL's part of a snapshot: for each page its newest frame in a range of frames. A page that is
 * not here is in the database file.
 *
 * <p>Holds as long as nobody overwrites the range: while the caller's read transaction keeps its
 * mark. Frames up to nBackfill are best left out of the range: a reader on lock 0 does not protect
 * them, and does not need them. Which frames are committed is decided by {@link CommittedRange}, so
 * a bare one of another generation is not noticed: whoever has no read transaction must look at the
 * wal-index afterwards.
 *
 * <p>Not safe for several threads; the file belongs to the caller.
 */
public final class SnapshotFrameIndex {

  private final WalFile wal;
  private final CommittedRange range;
  private final PageIndex newest = new PageIndex();
  private final byte[] header = new byte[FrameHeader.SIZE];
  private int databaseSize;
  private int bareFrames;

  private SnapshotFrameIndex(WalFile wal, CommittedRange range) {
    this.wal = wal;
    this.range = range;
  }

  /**
   * Reads the headers of frames {@code after + 1} to {@code last}.
   *
   * @param range what is committed as of the snapshot
   * @param after nBackfill as it was taken together with the snapshot
   * @param last of those to read, a commit frame
   * @throws DatabaseGoneException if the range is no longer in the file
   * @throws dev.waltap.format.CorruptDatabaseException if a frame is none that SQLite commits
   */
  public static SnapshotFrameIndex index(WalFile wal, CommittedRange range, int after, int last) {
    SnapshotFrameIndex frames = new SnapshotFrameIndex(wal, range);
    wal.readSingly(after);
    int standing = Math.min(after, wal.capacity()); // What a wal-index says need not be true.
    for (int frame = 1; frame <= standing; frame++) {
      if (range.header(frame, frames.header) == CommittedRange.Found.BARE) {
        frames.bareFrames++;
      }
    }
    wal.readAhead(last); // Frames of the snapshot do not change.
    for (int frame = after + 1; frame <= last; frame++) {
      if (frames.readHeader(frame) == CommittedRange.Found.BARE) {
        frames.bareFrames++;
      }
      frames.newest.put(FrameHeader.pageNumber(frames.header), frame);
      frames.databaseSize = FrameHeader.commitSize(frames.header);
    }
    wal.readSingly(last);
    return frames;
  }

  /** The newest frame of a page, from 1; 0 if the page is in the database file. */
  public int frameOf(int page) {
    return newest.get(page);
  }

  /** How many pages have a frame here. */
  public int pageCount() {
    return newest.size();
  }

  /** The pages that have a frame here, ascending. */
  public int[] pages() {
    return newest.sortedPages();
  }

  /** The database's size in pages after the last frame; 0 if the range is empty. */
  public int databaseSize() {
    return databaseSize;
  }

  /**
   * Copies the page of a frame.
   *
   * @param frame what {@link #frameOf} says
   * @throws DatabaseGoneException if the frame is no longer in the file
   */
  public void copy(int pageNumber, int frame, byte[] page) {
    readHeader(frame);
    if (FrameHeader.pageNumber(header) != pageNumber || !wal.page(frame, page)) {
      throw gone(frame);
    }
  }

  /** How many committed frames up to the last have neither salts nor a checksum. */
  public int bareFrames() {
    return bareFrames;
  }

  private CommittedRange.Found readHeader(int frame) {
    CommittedRange.Found found = range.header(frame, header);
    if (found == CommittedRange.Found.NONSENSE) {
      throw range.corrupt(frame, header);
    }
    if (!found.isCommitted()) {
      throw gone(frame);
    }
    return found;
  }

  private DatabaseGoneException gone(int frame) {
    return new DatabaseGoneException(
        wal + ": frame " + frame + " of the snapshot was overwritten; take a new snapshot");
  }
}
