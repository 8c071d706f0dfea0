// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import dev.waltap.api.Change;
import dev.waltap.api.Position;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Changes and ends of transactions, first in, first out, without an object for each: millions pass
 * through every second. A place holds a change, the bytes that count for it, and whether it is the
 * last of its transaction; or no change, and the end of a transaction that has none to deliver. Not
 * for several threads at once.
 */
final class ChangeBuffer {
  private static final int MIN_CAPACITY = 16;

  /** Changes, and positions of ends. */
  private @Nullable Object[] items = new Object[MIN_CAPACITY];

  private long[] bytes = new long[MIN_CAPACITY];

  /** Whether a transaction ends there. */
  private boolean[] ends = new boolean[MIN_CAPACITY];

  private int first;
  private int size;

  /**
   * Adds a change.
   *
   * @param last whether its transaction ends with it
   */
  void add(Change change, long size, boolean last) {
    addItem(change, size, last);
  }

  /** Adds the end of a transaction that has no change to deliver. */
  void addEnd(Position commit) {
    addItem(commit, 0, true);
  }

  private void addItem(@Nullable Object item, long size, boolean end) {
    if (this.size == items.length) {
      grow();
    }
    int at = at(this.size++);
    items[at] = item;
    bytes[at] = size;
    ends[at] = end;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The change in the first place; null if it holds an end only, or there is none. */
  @Nullable Change firstChange() {
    return items[first] instanceof Change change ? change : null;
  }

  /** The bytes that count for the first place. */
  long firstBytes() {
    return bytes[first];
  }

  /** Whether a transaction ends with the first place. */
  boolean firstEndsTransaction() {
    return size > 0 && ends[first];
  }

  /** The end in the first place; null if that holds a change, or there is none. */
  @Nullable Position firstEnd() {
    return items[first] instanceof Position end ? end : null;
  }

  /** Whether the last place holds an end only. */
  boolean endsWithoutChange() {
    return size > 0 && items[at(size - 1)] instanceof Position;
  }

  void removeFirst() {
    assert size > 0 : "nothing to remove";
    forget(first);
    first = at(1);
    size--;
  }

  void removeLast() {
    assert size > 0 : "nothing to remove";
    forget(at(--size));
  }

  /** Moves what is in the first place behind all of another buffer. */
  void moveFirst(ChangeBuffer to) {
    to.addItem(items[first], bytes[first], ends[first]);
    removeFirst();
  }

  private int at(int index) {
    return (first + index) & (items.length - 1);
  }

  private void forget(int at) {
    items[at] = null;
  }

  private void grow() {
    int capacity = items.length;
    @Nullable Object[] moreItems = Arrays.copyOf(items, capacity * 2);
    long[] moreBytes = Arrays.copyOf(bytes, capacity * 2);
    boolean[] moreEnds = Arrays.copyOf(ends, capacity * 2);
    // What was at the front of the arrays, behind their end, comes behind it now.
    System.arraycopy(items, 0, moreItems, capacity, first);
    System.arraycopy(bytes, 0, moreBytes, capacity, first);
    System.arraycopy(ends, 0, moreEnds, capacity, first);
    Arrays.fill(moreItems, 0, first, null);
    items = moreItems;
    bytes = moreBytes;
    ends = moreEnds;
  }
}
