// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import dev.waltap.format.BTreePage;
import dev.waltap.format.Bytes;
import dev.waltap.format.Cell;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import java.util.Arrays;

/**
 * How many cells at the front and at the back of two versions of one leaf are the same bytes at the
 * same place. They are found without parsing: the bytes that differ lie in one range of the page,
 * and a cell outside of it whose offset is the same has not changed. For one thread.
 */
final class SharedCells {
  private static final int BLOCK = 256;

  private final PageFormat format;
  private final Cell cell = new Cell();
  private int front;
  private int back;

  SharedCells(PageFormat format) {
    this.format = format;
  }

  /** Cells shared at the front, as found by the last {@link #find}. */
  int front() {
    return front;
  }

  /** Cells shared at the back, behind those at the front. */
  int back() {
    return back;
  }

  void find(byte[] before, byte[] after, int pageNumber, TreeKind kind) {
    int header = BTreePage.header(pageNumber);
    int cellsBefore = BTreePage.cellCount(before, header);
    int cellsAfter = BTreePage.cellCount(after, header);
    int arrayBefore = BTreePage.cellArray(before, header);
    int arrayAfter = BTreePage.cellArray(after, header);
    int max = Math.min(cellsBefore, cellsAfter);
    int start = arrayBefore + 2 * max;
    int usable = format.usableSize();
    int differs =
        start >= usable ? -1 : Arrays.mismatch(before, start, usable, after, start, usable);
    int low = differs < 0 ? usable : start + differs;
    int high = differs < 0 ? 0 : lastDifference(before, after, low);
    int end = sameSlots(before, arrayBefore, after, arrayAfter, max);
    int i = 0;
    while (i < end && isOutside(before, arrayBefore + 2 * i, low, high, kind, pageNumber)) {
      i++;
    }
    front = i;
    int rest = max - front;
    int lastBefore = arrayBefore + 2 * (cellsBefore - 1);
    int endAfter = arrayAfter + 2 * cellsAfter;
    int same = sameSlotsAtEnd(before, lastBefore + 2, after, endAfter, rest);
    int j = 0;
    while (j < same && isOutside(before, lastBefore - 2 * j, low, high, kind, pageNumber)) {
      j++;
    }
    back = j;
  }

  /** Behind this offset the pages are the same; found block by block, so it may lie too far out. */
  private int lastDifference(byte[] before, byte[] after, int low) {
    int end = format.usableSize();
    while (end - BLOCK > low && Arrays.equals(before, end - BLOCK, end, after, end - BLOCK, end)) {
      end -= BLOCK;
    }
    return end;
  }

  /** How many cells from the first on are at the same offsets. */
  private static int sameSlots(
      byte[] before, int arrayBefore, byte[] after, int arrayAfter, int max) {
    int differs =
        Arrays.mismatch(
            before, arrayBefore, arrayBefore + 2 * max, after, arrayAfter, arrayAfter + 2 * max);
    return differs < 0 ? max : differs / 2;
  }

  /** How many of the last {@code max} cells, counted from the end, are at the same offsets. */
  private static int sameSlotsAtEnd(
      byte[] before, int endBefore, byte[] after, int endAfter, int max) {
    int bytes = 2 * max;
    // All behind a cell that was inserted or deleted.
    if (Arrays.equals(before, endBefore - bytes, endBefore, after, endAfter - bytes, endAfter)) {
      return max;
    }
    int same = 0;
    while (Bytes.u16(before, endBefore - 2 * same - 2)
        == Bytes.u16(after, endAfter - 2 * same - 2)) {
      same++;
    }
    return same;
  }

  /** Whether a cell that is at the same offset in both is outside of the range that differs. */
  private boolean isOutside(
      byte[] before, int slot, int low, int high, TreeKind kind, int pageNumber) {
    int at = Bytes.u16(before, slot);
    if (at >= high) {
      return true;
    }
    if (at >= low) {
      return false;
    }
    if (Cell.certainlyEndsBy(before, at, low)) {
      return true;
    }
    cell.parse(before, pageNumber, at, kind, true, format);
    return cell.end() <= low;
  }
}
