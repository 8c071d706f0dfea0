// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import dev.waltap.format.Cell;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.page.PageSource;
import java.util.Arrays;

/**
 * The payloads of one version's cells: the local part and the chain of overflow pages. Those of two
 * versions are compared page by page, and neither is put together for that. For one thread.
 */
public final class Payloads {
  private static final byte[] NOTHING = {};
  private static final long LARGEST = Integer.MAX_VALUE - 16;

  private final OverflowChain chain;

  /** The bytes at hand of the payload that {@link #differsFrom} walks along. */
  private byte[] piece = NOTHING;

  private int pieceAt;
  private int pieceEnd;

  public Payloads(PageFormat format, PageSource source) {
    this.chain = new OverflowChain(format, source);
  }

  /**
   * Copies the leading bytes of a payload.
   *
   * @param page the image of the page that holds the cell
   * @throws CorruptDatabaseException if the chain ends early
   */
  public void copy(int pageNumber, byte[] page, Cell cell, byte[] to, int size) {
    int at = Math.min(cell.localSize(), size);
    System.arraycopy(page, cell.payloadOffset(), to, 0, at);
    chain.start(pageNumber, cell);
    while (at < size && chain.hasNext()) {
      byte[] overflow = chain.read();
      int count = Math.min(chain.length(), size - at);
      System.arraycopy(overflow, OverflowChain.CONTENT, to, at, count);
      at += count;
    }
  }

  /**
   * The size of an array for all of a payload.
   *
   * @throws CorruptDatabaseException if no array is so large
   */
  public static int arraySize(int pageNumber, Cell cell) {
    if (cell.payloadSize() > LARGEST) {
      throw CorruptDatabaseException.page(
          pageNumber, "a row of " + cell.payloadSize() + " bytes, more than Java can hold");
    }
    return (int) cell.payloadSize();
  }

  /** Moves to the first byte of a payload, for {@link #differsFrom}. */
  public void start(int pageNumber, byte[] page, Cell cell) {
    piece = page;
    pieceAt = cell.payloadOffset();
    pieceEnd = pieceAt + cell.localSize();
    chain.start(pageNumber, cell);
  }

  /**
   * Walks along two payloads until they differ; both must have been {@link #start started}.
   *
   * @return how many bytes are the same, or -1 if all of both are
   * @throws CorruptDatabaseException if a chain ends early
   */
  public long differsFrom(Payloads other) {
    long same = 0;
    try {
      while (load() && other.load()) {
        int count = Math.min(pieceEnd - pieceAt, other.pieceEnd - other.pieceAt);
        int at = mismatch(other, count);
        if (at >= 0) {
          return same + at;
        }
        same += count;
        pieceAt += count;
        other.pieceAt += count;
      }
      return load() || other.load() ? same : -1;
    } finally {
      piece = NOTHING;
      other.piece = NOTHING;
    }
  }

  private int mismatch(Payloads other, int count) {
    if (piece == other.piece && pieceAt == other.pieceAt) {
      return -1; // A page that both versions have in common.
    }
    return Arrays.mismatch(
        piece, pieceAt, pieceAt + count, other.piece, other.pieceAt, other.pieceAt + count);
  }

  /** Makes sure that there are bytes at hand; false at the payload's end. */
  private boolean load() {
    while (pieceAt == pieceEnd) {
      if (!chain.hasNext()) {
        return false;
      }
      piece = chain.read();
      pieceAt = OverflowChain.CONTENT;
      pieceEnd = pieceAt + chain.length();
    }
    return true;
  }
}
