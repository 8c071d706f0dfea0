package dev.waltap.btree;

import dev.waltap.format.CorruptDatabaseException;

/**
 * One b-tree.
 *
 * @param ordinal its number among the trees of the page set, 0 or more; stays the same when the
 *     root moves
 * @param root its root page
 * @param index whether it is an index b-tree, as that of a WITHOUT ROWID table is
 * @param name the table's name, for messages
 */
public record Tree(int ordinal, int root, boolean index, String name) {

  /** The same tree at another root. */
  public Tree at(int newRoot) {
    return new Tree(ordinal, newRoot, index, name);
  }

  @Override
  public String toString() {
    return "table " + name + " (root page " + Integer.toUnsignedString(root) + ")";
  }

  /** What is wrong with one of its pages, said with the table's name. */
  public CorruptDatabaseException blame(CorruptDatabaseException e) {
    return new CorruptDatabaseException(this + ", " + e.getMessage(), e);
  }
}
