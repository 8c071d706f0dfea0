// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

/**
 * The layout of a b-tree page (file format, section 1.6). On page 1 everything is 100 bytes further
 * on, behind the database header; {@link #header(int)} gives that offset.
 *
 * <pre>
 * OFFSET  SIZE  MEANING
 *      0     1  type: 2 interior index, 5 interior table, 10 leaf index, 13 leaf table
 *      1     2  first freeblock, 0 for none
 *      3     2  number of cells
 *      5     2  start of the cell content area, 0 for 65536
 *      7     1  fragmented free bytes
 *      8     4  right-most child, on interior pages only
 *   8/12   2*n  offsets of the cells, in key order
 * </pre>
 */
public final class BTreePage {
  /** Interior page of an index b-tree, which WITHOUT ROWID tables are too. */
  public static final int INTERIOR_INDEX = 2;

  /** Interior page of a table b-tree. */
  public static final int INTERIOR_TABLE = 5;

  /** Leaf of an index b-tree. */
  public static final int LEAF_INDEX = 10;

  /** Leaf of a table b-tree. */
  public static final int LEAF_TABLE = 13;

  private static final int DATABASE_HEADER = 100;
  private static final int CELL_COUNT = 3;
  private static final int RIGHT_CHILD = 8;
  private static final int LEAF_HEADER = 8;
  private static final int INTERIOR_HEADER = 12;

  private BTreePage() {}

  /** Where the b-tree header begins on this page. */
  public static int header(int pageNumber) {
    return pageNumber == 1 ? DATABASE_HEADER : 0;
  }

  /** The page's type byte; only a page reached through its tree is known to have one. */
  public static int type(byte[] page, int header) {
    return page[header];
  }

  /** Whether the page has no children. */
  public static boolean isLeaf(byte[] page, int header) {
    return page[header] >= LEAF_INDEX;
  }

  /** The number of cells. */
  public static int cellCount(byte[] page, int header) {
    return Bytes.u16(page, header + CELL_COUNT);
  }

  /** Where the array of cell offsets begins. */
  public static int cellArray(byte[] page, int header) {
    return header + (isLeaf(page, header) ? LEAF_HEADER : INTERIOR_HEADER);
  }

  /** The offset of a cell, counted from the start of the page. */
  public static int cell(byte[] page, int header, int index) {
    return Bytes.u16(page, cellArray(page, header) + 2 * index);
  }

  /** The child behind the last cell of an interior page. */
  public static int rightChild(byte[] page, int header) {
    return Bytes.u32(page, header + RIGHT_CHILD);
  }

  /** A child of an interior page: left of the cell of that index, or the right-most one. */
  public static int child(byte[] page, int header, int index) {
    return index == cellCount(page, header)
        ? rightChild(page, header)
        : Bytes.u32(page, cell(page, header, index));
  }

  /**
   * Checks what the methods above build on.
   *
   * @throws CorruptDatabaseException if the type is not of the kind of tree, or the cells can't lie
   *     where the page says
   */
  public static void check(byte[] page, int pageNumber, TreeKind kind, PageFormat format) {
    int header = header(pageNumber);
    int type = type(page, header);
    boolean index = kind == TreeKind.INDEX;
    boolean known =
        index
            ? type == LEAF_INDEX || type == INTERIOR_INDEX
            : type == LEAF_TABLE || type == INTERIOR_TABLE;
    if (!known) {
      throw CorruptDatabaseException.page(
          pageNumber,
          "type "
              + (type & 0xff)
              + " is not that of "
              + (index ? "an index" : "a table")
              + " b-tree page");
    }
    int array = cellArray(page, header);
    int count = cellCount(page, header);
    int end = array + 2 * count;
    if (end > format.usableSize()) {
      throw CorruptDatabaseException.page(pageNumber, count + " cells do not fit");
    }
    int last = format.usableSize() - 4;
    int outside = 0;
    for (int at = array; at < end; at += 2) {
      int cell = Bytes.u16(page, at);
      outside |= (cell - end) | (last - cell); // Negative if one of them is.
    }
    if (outside < 0) {
      throw outside(page, pageNumber, array, end, last);
    }
  }

  private static CorruptDatabaseException outside(
      byte[] page, int pageNumber, int array, int end, int last) {
    int at = array;
    while (Bytes.u16(page, at) >= end && Bytes.u16(page, at) <= last) {
      at += 2;
    }
    return CorruptDatabaseException.page(
        pageNumber, "cell " + (at - array) / 2 + " at offset " + Bytes.u16(page, at));
  }
}
