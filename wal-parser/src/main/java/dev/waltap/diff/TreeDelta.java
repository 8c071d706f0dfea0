// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import dev.waltap.btree.Tree;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction did to the rows of one tree: the cells that may differ, in key order in both
 * versions.
 */
public final class TreeDelta {
  private final CellRuns before = new CellRuns();
  private final CellRuns after = new CellRuns();
  private @Nullable Tree tree;
  private boolean chainsKnown;
  private boolean whole;
  private boolean unordered;

  TreeDelta() {}

  void begin(Tree of) {
    tree = of;
    chainsKnown = false;
    whole = false;
    unordered = false;
    before.clear();
    after.clear();
  }

  /** The tree, as it is after the transaction where it still exists. */
  public Tree tree() {
    if (tree == null) {
      throw new IllegalStateException("no current transaction");
    }
    return tree;
  }

  CellRuns before() {
    return before;
  }

  CellRuns after() {
    return after;
  }

  /** Whether it lists all cells of both versions, and rows of the same bytes are passed on, too. */
  boolean isWhole() {
    return whole;
  }

  void listsAll() {
    whole = true;
  }

  /** Whether its rows are known not to be in the declared order. */
  boolean isUnordered() {
    return unordered;
  }

  void isUnordered(boolean found) {
    unordered = found;
  }

  /**
   * Whether nothing is left to find out of overflow chains: they are listed, or all rows have come
   * by and none has one that another version has not.
   */
  boolean chainsKnown() {
    return chainsKnown;
  }

  void chainsAreKnown() {
    chainsKnown = true;
  }
}
