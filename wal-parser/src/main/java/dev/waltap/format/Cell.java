// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

/**
 * A cursor over one cell with payload: a row of a table leaf, or an entry of an index page. Reused;
 * parsing allocates nothing (file format, section 1.6).
 *
 * <pre>
 * TABLE LEAF                        INDEX PAGE
 * varint  payload size              4       left child, on interior pages only
 * varint  rowid                     varint  payload size
 * bytes   the local payload         bytes   the local payload
 * 4       first overflow page,      4       first overflow page,
 *         if not all is local               if not all is local
 * </pre>
 */
public final class Cell {
  private static final int CHILD = 4;
  private static final int MAX_HEAD_SIZE = 2 * Varint.MAX_SIZE;
  private static final int MAX_PAYLOAD = Integer.MAX_VALUE;

  /** What a cell of a leaf has beside its payload and the payload's size. */
  private static final int MAX_BESIDE = Varint.MAX_SIZE + 4;

  private int offset;
  private int payloadOffset;
  private int localSize;
  private long payloadSize;
  private long rowid;
  private int overflowPage;

  /**
   * Whether the cell at this offset of a leaf certainly ends by the limit, as far as its first two
   * bytes tell: most cells need not be parsed for that.
   *
   * @param limit behind the offset, within the page
   */
  public static boolean certainlyEndsBy(byte[] page, int cell, int limit) {
    int size = page[cell];
    if (size >= 0) {
      return cell + 1 + size + MAX_BESIDE <= limit;
    }
    int second = cell + 1 < limit ? page[cell + 1] : -1;
    return second >= 0 && cell + 2 + ((size & 0x7f) << 7 | second) + MAX_BESIDE <= limit;
  }

  /**
   * Parses the cell at this offset, of a page whose cells have payload: any but an interior one of
   * a table b-tree.
   *
   * @param leaf whether the page is a leaf
   * @throws CorruptDatabaseException if it can't lie on the page
   */
  public void parse(
      byte[] page, int pageNumber, int cell, TreeKind kind, boolean leaf, PageFormat format) {
    if (kind == TreeKind.INDEX) {
      parseIndex(page, pageNumber, cell, leaf, format);
    } else {
      parseTableLeaf(page, pageNumber, cell, format);
    }
  }

  private void parseTableLeaf(byte[] page, int pageNumber, int cell, PageFormat format) {
    offset = cell;
    if (cell > format.usableSize() - MAX_HEAD_SIZE) {
      checkVarints(page, pageNumber, cell, cell, 2, format);
    }
    int at = cell;
    byte first = page[at];
    if (first >= 0) {
      payloadSize = first;
      at++;
    } else {
      at += Varint.size(page, at);
      payloadSize = size(page, cell, at);
    }
    first = page[at++];
    long id = first;
    if (first < 0) {
      id = first & 0x7f;
      byte next;
      int last = at + Varint.MAX_SIZE - 2;
      do {
        next = page[at++];
        id = at > last ? id << 8 | (next & 0xff) : id << 7 | (next & 0x7f);
      } while (next < 0 && at <= last);
    }
    rowid = id;
    payload(page, pageNumber, at, format.localOnTableLeaf(payloadSize), format);
  }

  private void parseIndex(byte[] page, int pageNumber, int cell, boolean leaf, PageFormat format) {
    offset = cell;
    int at = leaf ? cell : cell + CHILD;
    if (cell > format.usableSize() - MAX_HEAD_SIZE) {
      checkVarints(page, pageNumber, cell, at, 1, format);
    }
    int size = at;
    at += Varint.size(page, at);
    payloadSize = size(page, size, at);
    rowid = 0;
    payload(page, pageNumber, at, format.localOnIndex(payloadSize), format);
  }

  /**
   * The rowid of a cell of an interior page of a table b-tree, which has a child and no payload: no
   * row that the child leads to has a larger one.
   *
   * @param cell within the page, as {@link BTreePage#check} has found
   * @throws CorruptDatabaseException if it can't lie on the page
   */
  public static long interiorRowid(byte[] page, int pageNumber, int cell, PageFormat format) {
    int at = cell + CHILD;
    if (at > format.usableSize() - Varint.MAX_SIZE) {
      checkVarints(page, pageNumber, cell, at, 1, format);
    }
    return Varint.value(page, at);
  }

  /** Near the end of a page, varints may run out of it. */
  private static void checkVarints(
      byte[] page, int pageNumber, int cell, int from, int count, PageFormat format) {
    int at = from;
    for (int i = 0; i < count; i++) {
      int last = at + Varint.MAX_SIZE - 1;
      while (at < format.usableSize() && at < last && page[at] < 0) {
        at++;
      }
      at++;
    }
    if (at > format.usableSize()) {
      throw CorruptDatabaseException.page(
          pageNumber, "cell at offset " + cell + " runs out of the page");
    }
  }

  /** As SQLite reads it: seven bits of each byte, of the ninth as well; the last 32 bits count. */
  private static long size(byte[] page, int from, int to) {
    int size = 0;
    for (int i = from; i < to; i++) {
      size = (size << 7) | (page[i] & 0x7f);
    }
    return size & 0xffffffffL;
  }

  private void payload(byte[] page, int pageNumber, int at, int local, PageFormat format) {
    payloadOffset = at;
    localSize = local;
    boolean spills = local != payloadSize;
    if (payloadSize > MAX_PAYLOAD || at + local + (spills ? 4 : 0) > format.usableSize()) {
      throw CorruptDatabaseException.page(
          pageNumber, "cell at offset " + offset + " with a payload of " + payloadSize + " bytes");
    }
    overflowPage = spills ? Bytes.u32(page, at + local) : 0;
    if (spills && overflowPage == 0) {
      throw CorruptDatabaseException.page(
          pageNumber, "cell at offset " + offset + " leads to overflow page 0");
    }
  }

  /** Where the cell begins on its page. */
  public int offset() {
    return offset;
  }

  /** Where the cell ends on its page. */
  public int end() {
    return payloadOffset + localSize + (overflowPage == 0 ? 0 : 4);
  }

  /** Where the local part of the payload begins on its page. */
  public int payloadOffset() {
    return payloadOffset;
  }

  /** The size of the local part of the payload. */
  public int localSize() {
    return localSize;
  }

  /** The size of the whole payload. */
  public long payloadSize() {
    return payloadSize;
  }

  /** The rowid; 0 in an index. */
  public long rowid() {
    return rowid;
  }

  /** The first overflow page, 0 if all of the payload is local. */
  public int overflowPage() {
    return overflowPage;
  }
}
