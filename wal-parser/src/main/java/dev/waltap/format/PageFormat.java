// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

/**
 * What the page size and the reserved bytes of a database mean for its cells (file format, section
 * 1.6, "Cell payload"), in one version of it: page 1 of that version says so.
 *
 * <p>The page size stays. The reserved bytes are another number after a VACUUM that was asked for
 * one, or once another database was restored over this one. So each of the versions that are
 * compared has a format of its own, which follows its page 1. For the thread of that version.
 */
public final class PageFormat {
  private final int pageSize;
  private int usableSize;

  /**
   * A format.
   *
   * @param pageSize bytes per page, a power of two from 512 to 65536
   * @param usableSize bytes of a page that hold data: the page size less the reserved bytes
   */
  public PageFormat(int pageSize, int usableSize) {
    this.pageSize = pageSize;
    this.usableSize = usableSize;
  }

  /** The format of a version of a database. */
  public static PageFormat of(DatabaseHeader header) {
    return new PageFormat(header.pageSize(), header.usableSize());
  }

  /**
   * The format that page 1 of a database says it has.
   *
   * @param page1 the image of that page
   * @throws CorruptDatabaseException if there is no header in it
   * @throws UnsupportedDatabaseException if the header is of another page size
   */
  public static PageFormat of(byte[] page1) {
    DatabaseHeader header = DatabaseHeader.parse(page1);
    if (header.pageSize() != page1.length) {
      throw new UnsupportedDatabaseException(
          "page 1: the header has a page size of "
              + header.pageSize()
              + " at offset 16, in a log with pages of "
              + page1.length
              + ": start again once the database was written with the new size");
    }
    return of(header);
  }

  /** A format of its own for another version that is the same so far. */
  public PageFormat copy() {
    return new PageFormat(pageSize, usableSize);
  }

  /** The version has become another one, of this format. */
  public void follow(PageFormat that) {
    if (that.pageSize != pageSize) {
      throw new IllegalArgumentException(that.pageSize + " bytes per page, not " + pageSize);
    }
    usableSize = that.usableSize;
  }

  /** Bytes per page. */
  public int pageSize() {
    return pageSize;
  }

  /** Bytes of a page that hold data. */
  public int usableSize() {
    return usableSize;
  }

  /** Bytes of payload in a full overflow page: the first four hold the next page's number. */
  public int overflowCapacity() {
    return usableSize - 4;
  }

  /** How much of a payload of this size is in its cell on a table leaf. */
  public int localOnTableLeaf(long payloadSize) {
    return local(payloadSize, usableSize - 35);
  }

  /** How much of a payload of this size is in its cell on a page of an index b-tree. */
  public int localOnIndex(long payloadSize) {
    return local(payloadSize, (usableSize - 12) * 64 / 255 - 23);
  }

  private int local(long payloadSize, int maximum) {
    if (payloadSize <= maximum) {
      return (int) payloadSize;
    }
    int minimum = (usableSize - 12) * 32 / 255 - 23;
    int surplus = minimum + (int) ((payloadSize - minimum) % overflowCapacity());
    return surplus <= maximum ? surplus : minimum;
  }

  /** The page that holds the byte at 1 GiB, used by locks and by nothing else. */
  public int lockBytePage() {
    return (1 << 30) / pageSize + 1;
  }
}
