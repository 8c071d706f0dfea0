// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import dev.waltap.format.Bytes;
import dev.waltap.format.Cell;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.page.PageSource;

/**
 * The overflow pages of one payload after the other, read one by one (file format, section 1.6).
 * Ends with the payload, so that a loop of pages is not endless. Used again; for one thread.
 *
 * <pre>
 * OFFSET  SIZE  MEANING
 *      0     4  the next page of the chain; 0 on the last one
 *      4     n  the payload, as much as fits on the page or is left
 * </pre>
 */
public final class OverflowChain {
  /** Where the payload begins on an overflow page. */
  public static final int CONTENT = 4;

  private final PageFormat format;
  private final PageSource source;
  private int pageNumber;
  private int next;
  private long rest;
  private int length;

  public OverflowChain(PageFormat format, PageSource source) {
    this.format = format;
    this.source = source;
  }

  /** Moves before the chain of a cell, which has none if all of its payload is local. */
  public void start(int cellPage, Cell cell) {
    start(cellPage, cell.overflowPage(), cell.payloadSize() - cell.localSize());
  }

  /**
   * Moves before a chain.
   *
   * @param cellPage the page that holds the cell
   * @param first the chain's first page
   * @param size bytes of payload in the chain
   */
  public void start(int cellPage, int first, long size) {
    pageNumber = cellPage;
    next = first;
    rest = size;
    length = 0;
  }

  /**
   * Whether there is another page.
   *
   * @throws CorruptDatabaseException if there can't be one, and the payload is not complete
   */
  public boolean hasNext() {
    if (rest > 0 && next == 0) {
      throw CorruptDatabaseException.page(
          pageNumber, "an overflow chain ends " + rest + " bytes early");
    }
    return rest > 0;
  }

  /** The number of the page that {@link #read} will read. */
  public int nextPage() {
    return next;
  }

  /** The page read last, which leads to the next one; before the first, the cell's. */
  public int pageNumber() {
    return pageNumber;
  }

  /** Bytes of payload on the page read last. */
  public int length() {
    return length;
  }

  /** Reads the next page, which {@link #hasNext} has said there is. */
  public byte[] read() {
    byte[] page = source.page(next);
    length = (int) Math.min(format.overflowCapacity(), rest);
    rest -= length;
    pageNumber = next;
    next = Bytes.u32(page, 0);
    return page;
  }
}
