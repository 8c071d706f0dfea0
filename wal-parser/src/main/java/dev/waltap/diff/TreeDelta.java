package dev.waltap.diff;

import dev.waltap.btree.Tree;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction did to the pages of one tree: the cells that may differ, in key order in
 * both versions, the pages that left the tree, and those that came, moved or became something else.
 */
public final class TreeDelta {
  private final CellRuns before = new CellRuns();
  private final CellRuns after = new CellRuns();
  private final IntList departed = new IntList();
  private final IntList arrivedPages = new IntList();
  private final IntList arrivedKinds = new IntList();
  private final IntList arrivedParents = new IntList();
  private @Nullable Tree tree;
  private boolean overflowSeen;
  private boolean whole;

  TreeDelta() {}

  void begin(Tree of) {
    tree = of;
    overflowSeen = false;
    whole = false;
    before.clear();
    after.clear();
    departed.clear();
    arrivedPages.clear();
    arrivedKinds.clear();
    arrivedParents.clear();
  }

  /** The tree, as it is after the transaction where it still exists. */
  public Tree tree() {
    if (tree == null) {
      throw new IllegalStateException("no transaction in hand");
    }
    return tree;
  }

  CellRuns before() {
    return before;
  }

  CellRuns after() {
    return after;
  }

  IntList departed() {
    return departed;
  }

  void arrive(int pageNumber, byte kind, int parent) {
    arrivedPages.add(pageNumber);
    arrivedKinds.add(kind);
    arrivedParents.add(parent);
  }

  int arrivals() {
    return arrivedPages.size();
  }

  int arrivedPage(int index) {
    return arrivedPages.get(index);
  }

  byte arrivedKind(int index) {
    return (byte) arrivedKinds.get(index);
  }

  int arrivedParent(int index) {
    return arrivedParents.get(index);
  }

  /** Whether it lists all cells of both versions, and rows of the same bytes are passed on, too. */
  boolean isWhole() {
    return whole;
  }

  void listsAll() {
    whole = true;
  }

  /** Whether cells with overflow pages may have come, left or moved. */
  boolean overflowSeen() {
    return overflowSeen;
  }

  void noteOverflow(boolean seen) {
    overflowSeen |= seen;
  }
}
