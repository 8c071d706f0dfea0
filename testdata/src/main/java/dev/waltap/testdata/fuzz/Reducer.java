// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Leaves out of a list what is not needed for it to fail: halves, quarters, and so on to single
 * items, these again until none can go. What it finds is small, not always the smallest there is.
 */
final class Reducer {

  /** Whether a list fails in the way that is looked for. */
  interface Check<T> {
    boolean fails(List<T> items) throws InterruptedException;
  }

  private Reducer() {}

  /**
   * Reduces a list that fails.
   *
   * @param late true as soon as it is to end with what it has
   */
  static <T> List<T> reduce(List<T> items, Check<T> check, BooleanSupplier late)
      throws InterruptedException {
    List<T> left = items;
    for (int size = Math.max(1, left.size() / 2); ; size = Math.max(1, size / 2)) {
      int before = left.size();
      left = without(left, size, check, late);
      if (size == 1 && left.size() == before) {
        return left;
      }
    }
  }

  /** Tries to leave out each run of so many items, the first ones first. */
  private static <T> List<T> without(List<T> items, int size, Check<T> check, BooleanSupplier late)
      throws InterruptedException {
    List<T> left = items;
    for (int start = 0; start < left.size() && !late.getAsBoolean(); ) {
      List<T> fewer = new ArrayList<>(left.subList(0, start));
      fewer.addAll(left.subList(Math.min(start + size, left.size()), left.size()));
      if (check.fails(fewer)) {
        left = fewer;
      } else {
        start += size;
      }
    }
    return left;
  }
}
