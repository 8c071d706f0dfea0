// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import dev.waltap.format.CorruptDatabaseException;

/** How deep a tree can be, so that one whose pages lead in a circle is not walked for ever. */
public final class Depth {
  /** Twice what SQLite itself goes down. */
  private static final int MAX_DEPTH = 40;

  private Depth() {}

  /** Whether no tree has a page so many levels below its root. */
  public static boolean isTooDeep(int depth) {
    return depth > MAX_DEPTH;
  }

  /**
   * Checks how many levels below its root a page was come by.
   *
   * @throws CorruptDatabaseException if no tree is so deep
   */
  public static void check(int pageNumber, int depth) {
    if (isTooDeep(depth)) {
      throw CorruptDatabaseException.page(pageNumber, "more than " + MAX_DEPTH + " levels deep");
    }
  }
}
