// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.TreeKind;

/**
 * One b-tree.
 *
 * @param ordinal its number among the trees of the page set, 0 or more; stays the same when the
 *     root moves
 * @param root its root page
 * @param kind how its pages and cells are to be read
 * @param name the table's name, for messages
 */
public record Tree(int ordinal, int root, TreeKind kind, String name) {

  /** The same tree at another root. */
  public Tree at(int newRoot) {
    return new Tree(ordinal, newRoot, kind, name);
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
