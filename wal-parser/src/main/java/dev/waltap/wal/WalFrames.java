package dev.waltap.wal;

import dev.waltap.format.DatabaseGoneException;
import dev.waltap.format.FrameHeader;

/**
 * The WAL's part of a snapshot: for each page its newest frame in a range of frames. A page that is
 * not here stands in the database file.
 *
 * <p>Holds as long as nobody overwrites the range: while the caller's read transaction keeps its
 * mark. Frames up to nBackfill are best left out of the range: a reader on lock 0 does not protect
 * them, and needs them not.
 *
 * <p>Not safe for several threads; the file belongs to the caller.
 */
public final class WalFrames {

  private final WalFile wal;
  private final int salt1;
  private final int salt2;
  private final PageIndex newest = new PageIndex();
  private final byte[] header = new byte[FrameHeader.SIZE];
  private int databaseSize;

  private WalFrames(WalFile wal, int salt1, int salt2) {
    this.wal = wal;
    this.salt1 = salt1;
    this.salt2 = salt2;
  }

  /**
   * Reads the headers of frames {@code after + 1} to {@code last}.
   *
   * @param after nBackfill as it was taken together with the snapshot
   * @param last mxFrame of the snapshot, a commit frame
   * @throws DatabaseGoneException if the range is no longer in the file
   */
  public static WalFrames index(WalFile wal, int salt1, int salt2, int after, int last) {
    WalFrames frames = new WalFrames(wal, salt1, salt2);
    wal.readAhead(last); // Frames of the snapshot do not change.
    for (int frame = after + 1; frame <= last; frame++) {
      frames.readHeader(frame);
      frames.newest.put(FrameHeader.pageNumber(frames.header), frame);
      frames.databaseSize = FrameHeader.commitSize(frames.header);
    }
    wal.readSingly(last);
    return frames;
  }

  /** The newest frame of a page, from 1; 0 if the page stands in the database file. */
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
   * @throws DatabaseGoneException if the frame is no longer in the file
   */
  public void copy(int frame, byte[] page) {
    readHeader(frame);
    if (!wal.page(frame, page)) {
      throw gone(frame);
    }
  }

  private void readHeader(int frame) {
    if (!wal.frameHeader(frame, header)
        || !FrameHeader.saltsAre(header, salt1, salt2)
        || FrameHeader.pageNumber(header) == 0) {
      throw gone(frame);
    }
  }

  private DatabaseGoneException gone(int frame) {
    return new DatabaseGoneException(
        wal + ": frame " + frame + " of the snapshot was overwritten; take a new snapshot");
  }
}
