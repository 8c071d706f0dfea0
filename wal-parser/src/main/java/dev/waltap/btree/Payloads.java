package dev.waltap.btree;

import dev.waltap.format.Bytes;
import dev.waltap.format.Cell;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.page.PageSource;
import java.util.Arrays;

/** Whole payloads: the local part of a cell and its chain of overflow pages. For one thread. */
public final class Payloads {
  private static final int NEXT = 4;
  private static final long LARGEST = Integer.MAX_VALUE - 16;

  private final PageFormat format;

  public Payloads(PageFormat format) {
    this.format = format;
  }

  /**
   * Copies a payload into an array of its own.
   *
   * @throws CorruptDatabaseException if the chain ends early
   */
  public byte[] copy(byte[] page, Cell cell, PageSource source) {
    int size = arraySize(cell);
    byte[] payload = new byte[size];
    fill(page, cell, source, payload, size);
    return payload;
  }

  /** Copies the payload into the scratch array, or a longer one if it does not fit; returns it. */
  public byte[] copy(byte[] page, Cell cell, PageSource source, byte[] scratch) {
    int size = arraySize(cell);
    byte[] payload =
        scratch.length >= size ? scratch : new byte[Math.max(size, scratch.length * 2)];
    fill(page, cell, source, payload, size);
    return payload;
  }

  private static int arraySize(Cell cell) {
    if (cell.payloadSize() > LARGEST) {
      throw new CorruptDatabaseException("a row of " + cell.payloadSize() + " bytes");
    }
    return (int) cell.payloadSize();
  }

  private void fill(byte[] page, Cell cell, PageSource source, byte[] to, int size) {
    System.arraycopy(page, cell.payloadOffset(), to, 0, cell.localSize());
    int at = cell.localSize();
    int next = cell.overflowPage();
    while (at < size) {
      if (next <= 0) {
        throw new CorruptDatabaseException(
            "an overflow chain ends " + (size - at) + " bytes early");
      }
      byte[] overflow = source.page(next);
      int count = Math.min(format.overflowCapacity(), size - at);
      System.arraycopy(overflow, NEXT, to, at, count);
      at += count;
      next = Bytes.u32(overflow, 0);
    }
  }

  /**
   * Whether two payloads of equal size are the same bytes, compared page by page.
   *
   * @throws CorruptDatabaseException if a chain ends early
   */
  public boolean same(
      byte[] pageA, Cell a, PageSource sourceA, byte[] pageB, Cell b, PageSource sourceB) {
    if (!Arrays.equals(
        pageA,
        a.payloadOffset(),
        a.payloadOffset() + a.localSize(),
        pageB,
        b.payloadOffset(),
        b.payloadOffset() + b.localSize())) {
      return false;
    }
    long rest = a.payloadSize() - a.localSize();
    int nextA = a.overflowPage();
    int nextB = b.overflowPage();
    while (rest > 0) {
      if (nextA <= 0 || nextB <= 0) {
        throw new CorruptDatabaseException("an overflow chain ends " + rest + " bytes early");
      }
      byte[] overflowA = sourceA.page(nextA);
      byte[] overflowB = sourceB.page(nextB);
      int count = (int) Math.min(format.overflowCapacity(), rest);
      if (!Arrays.equals(overflowA, NEXT, NEXT + count, overflowB, NEXT, NEXT + count)) {
        return false;
      }
      rest -= count;
      nextA = Bytes.u32(overflowA, 0);
      nextB = Bytes.u32(overflowB, 0);
    }
    return true;
  }
}
