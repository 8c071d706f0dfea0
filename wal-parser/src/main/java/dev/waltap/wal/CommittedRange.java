// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalIndexHeader;
import java.util.Locale;

/**
 * The rule of the committed range: what may be asked of a frame that the wal-index calls committed.
 *
 * <ol>
 *   <li>While the header of the wal-index holds, before and after a copy, frames 1 to mxFrame are
 *       good by that alone. SQLite's readers look at neither salts nor checksums of theirs.
 *   <li>Page number and commit size are believed. A page number of 0, a size beyond all databases,
 *       or a last frame whose size is not the header's, is nothing that SQLite commits.
 *   <li>A frame may be <i>bare</i>, its salts and checksum zero: {@link FrameHeader#isBare} says
 *       how that comes. Within the range it is as committed as any.
 *   <li>Salts that are neither zero nor the generation's are in another file, or another part of
 *       it, than the wal-index is of. That is no damage; look again, then take a new snapshot.
 *   <li>{@code aFrameCksum} is compared with that of another header only, never with a frame: after
 *       a bare commit it is what another frame stored.
 *   <li>A frame that was consumed is compared with what was recorded of it then, zeros included
 *       ({@link LastFrame}).
 *   <li>Where no wal-index speaks, only the checksum chain does: for the rest of an old generation,
 *       and for a copied pair of files. It ends at a bare frame, as SQLite's recovery does.
 * </ol>
 *
 * <p>Reads the file, and proves nothing by that: the caller looks at the wal-index afterwards. Not
 * safe for several threads.
 */
public final class CommittedRange {

  /** What is where a committed frame should be. */
  public enum Found {
    /** A frame of the generation. */
    CHECKED,
    /** A frame without salts and checksum. */
    BARE,
    /** The file is too short. */
    MISSING,
    /** A frame of another generation. */
    FOREIGN,
    /** A header that SQLite does not write. */
    NONSENSE;

    /** Whether this can be a committed frame. */
    public boolean isCommitted() {
      return this == CHECKED || this == BARE;
    }
  }

  private final WalFile wal;
  private long salts;
  private int last;
  private int databaseSize;

  /** A range that is empty yet. */
  public CommittedRange(WalFile wal) {
    this.wal = wal;
  }

  /**
   * Makes this the range that a wal-index header calls committed.
   *
   * @throws CorruptDatabaseException if there can't be as many frames
   */
  public CommittedRange set(WalIndexHeader header) {
    if (header.mxFrame() < 0) {
      throw new CorruptDatabaseException(
          wal
              + ": the wal-index calls "
              + Integer.toUnsignedLong(header.mxFrame())
              + " frames committed, more than a WAL can have");
    }
    return set(header.salts(), header.mxFrame(), header.databaseSize());
  }

  /**
   * Makes this frames 1 to {@code last} of a generation.
   *
   * @param generation its salts
   * @param size the database's size in pages after the last frame; 0 if it is not known
   */
  public CommittedRange set(long generation, int lastFrame, int size) {
    assert lastFrame >= 0 : lastFrame;
    this.salts = generation;
    this.last = lastFrame;
    this.databaseSize = size;
    return this;
  }

  /** The last frame, mxFrame; 0 if there is none. */
  public int last() {
    return last;
  }

  /** Copies a frame's header, and says what it is. */
  public Found header(int frame, byte[] into) {
    if (!wal.frameHeader(frame, into)) {
      return Found.MISSING;
    }
    return look(frame, into);
  }

  /** Copies a frame, header and page, and says what it is. */
  public Found frame(int frame, byte[] header, byte[] page) {
    if (!wal.frameHeader(frame, header) || !wal.page(frame, page)) {
      return Found.MISSING;
    }
    return look(frame, header);
  }

  private Found look(int frame, byte[] header) {
    int size = FrameHeader.commitSize(header);
    boolean known = frame != last || databaseSize == 0 || size == databaseSize;
    Found found = kind(header, salts);
    boolean sane = FrameHeader.pageNumber(header) > 0 && size >= 0 && known;
    return found.isCommitted() && !sane ? Found.NONSENSE : found;
  }

  /** What a frame's header is to a generation. */
  static Found kind(byte[] header, long salts) {
    if (FrameHeader.salts(header) == salts) {
      return FrameHeader.pageNumber(header) == 0 ? Found.NONSENSE : Found.CHECKED;
    }
    if (FrameHeader.isBare(header)) {
      return Found.BARE;
    }
    return FrameHeader.pageNumber(header) == 0 ? Found.NONSENSE : Found.FOREIGN;
  }

  /** In words what is wrong with a frame that is {@link Found#NONSENSE}. */
  public CorruptDatabaseException corrupt(int frame, byte[] header) {
    return new CorruptDatabaseException(
        String.format(
            Locale.ROOT,
            "%s: frame %d (at byte %d), which the wal-index calls committed, says page %d and a"
                + " database of %d pages after it%s",
            wal,
            frame,
            FrameHeader.offset(frame, wal.pageSize()),
            Integer.toUnsignedLong(FrameHeader.pageNumber(header)),
            Integer.toUnsignedLong(FrameHeader.commitSize(header)),
            frame == last && databaseSize != 0 ? ", the wal-index of " + databaseSize : ""));
  }
}
