// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import dev.waltap.api.Change;
import dev.waltap.decode.TransactionEnd;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Changes and ends of transactions, first in, first out, without an object for each: millions pass
 * through every second. A place holds a change, the bytes that count for it, and the end of its
 * transaction if it is the last change of it; or no change, and the end of a transaction that has
 * none to deliver. Not for several threads at once.
 */
final class ChangeBuffer {
  private static final int MIN_CAPACITY = 16;

  private @Nullable Change[] changes = new Change[MIN_CAPACITY];
  private long[] bytes = new long[MIN_CAPACITY];
  private @Nullable TransactionEnd[] ends = new TransactionEnd[MIN_CAPACITY];
  private int first;
  private int size;

  void add(@Nullable Change change, long size, @Nullable TransactionEnd end) {
    if (this.size == changes.length) {
      grow();
    }
    int at = at(this.size++);
    changes[at] = change;
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
    return changes[first];
  }

  /** The bytes that count for the first place. */
  long firstBytes() {
    return bytes[first];
  }

  /** The end in the first place, if there is one. */
  @Nullable TransactionEnd firstEnd() {
    return ends[first];
  }

  /** Whether the last place holds an end only. */
  boolean endsWithoutChange() {
    return size > 0 && changes[at(size - 1)] == null;
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
    to.add(changes[first], bytes[first], ends[first]);
    removeFirst();
  }

  private int at(int index) {
    return (first + index) & (changes.length - 1);
  }

  private void forget(int at) {
    changes[at] = null;
    ends[at] = null;
  }

  private void grow() {
    int capacity = changes.length;
    @Nullable Change[] moreChanges = Arrays.copyOf(changes, capacity * 2);
    long[] moreBytes = Arrays.copyOf(bytes, capacity * 2);
    @Nullable TransactionEnd[] moreEnds = Arrays.copyOf(ends, capacity * 2);
    // What was at the front of the arrays, behind their end, comes behind it now.
    System.arraycopy(changes, 0, moreChanges, capacity, first);
    System.arraycopy(bytes, 0, moreBytes, capacity, first);
    System.arraycopy(ends, 0, moreEnds, capacity, first);
    Arrays.fill(moreChanges, 0, first, null);
    Arrays.fill(moreEnds, 0, first, null);
    changes = moreChanges;
    bytes = moreBytes;
    ends = moreEnds;
  }
}
