// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import dev.waltap.btree.PageOwners;
import dev.waltap.page.IntList;
import dev.waltap.page.PageBitSet;
import dev.waltap.page.TransactionPages;
import java.util.ArrayList;
import java.util.List;

/**
 * What a transaction touched, as seen from the trees before it: the b-tree pages that it wrote, the
 * pages whose overflow chains it wrote, and all pages above them. For one thread.
 */
final class DirtyPages {
  private static final IntList NOTHING = new IntList();

  /** More lists than this are given up with the transaction. */
  private static final int MAX_KEPT = 16;

  private final PageOwners owners;
  private final PageBitSet dirty = new PageBitSet();
  private final PageBitSet affected = new PageBitSet();
  private final PageBitSet chains = new PageBitSet();
  private final PageBitSet chainLeaves = new PageBitSet();

  /** For each tree that was touched, by its ordinal, which of the lists is its. */
  private final IntMap lists = new IntMap();

  private final List<IntList> touched = new ArrayList<>();
  private final IntList touchedTrees = new IntList();
  private boolean pathsMarked;

  DirtyPages(PageOwners owners) {
    this.owners = owners;
  }

  /** Marks all that the transaction touched. */
  void begin(TransactionPages written) {
    dirty.begin();
    affected.begin();
    chains.begin();
    chainLeaves.begin();
    for (int i = 0; i < touchedTrees.size(); i++) {
      touched.get(i).clear();
    }
    if (touched.size() > MAX_KEPT) {
      touched.subList(MAX_KEPT, touched.size()).clear();
    }
    touchedTrees.clear();
    pathsMarked = false;
    lists.begin();
    for (int i = 0, size = written.size(); i < size; i++) {
      int pageNumber = written.pageNumber(i);
      byte kind = owners.kind(pageNumber);
      if (kind == PageOwners.OVERFLOW) {
        touchChain(pageNumber);
      } else if (kind != PageOwners.NONE) {
        touch(pageNumber);
      }
    }
  }

  private void touchChain(int pageNumber) {
    int at = pageNumber;
    while (owners.kind(at) == PageOwners.OVERFLOW) {
      if (!chains.add(at)) {
        return;
      }
      at = owners.parent(at);
    }
    chainLeaves.add(at);
    touch(at);
  }

  private void touch(int pageNumber) {
    if (!affected.add(pageNumber)) {
      return;
    }
    int tree = owners.tree(pageNumber);
    int list = lists.get(tree);
    if (list == IntMap.NONE) {
      list = touchedTrees.size();
      touchedTrees.add(tree);
      lists.put(tree, list);
      if (list == touched.size()) {
        touched.add(new IntList());
      }
    }
    touched.get(list).add(pageNumber);
  }

  /** Marks the paths that lead to what was touched, for those who walk; once is enough. */
  void markPaths() {
    if (pathsMarked) {
      return;
    }
    pathsMarked = true;
    for (int i = 0; i < touchedTrees.size(); i++) {
      IntList pages = touched.get(i);
      for (int j = 0; j < pages.size(); j++) {
        markPath(pages.get(j));
      }
    }
  }

  /** Says that the cells of a page may differ, and that a walk has to come by. */
  void affect(int pageNumber) {
    assert pathsMarked : "paths are not marked yet";
    affected.add(pageNumber);
    markPath(pageNumber);
  }

  private void markPath(int pageNumber) {
    int at = pageNumber;
    while (at != PageOwners.ROOT && dirty.add(at)) {
      at = owners.parent(at);
    }
  }

  /** Whether the cells of the page may differ. */
  boolean isAffected(int pageNumber) {
    return affected.contains(pageNumber);
  }

  /** Whether the page or one below it is affected; {@link #markPaths} must have run. */
  boolean isDirty(int pageNumber) {
    return dirty.contains(pageNumber);
  }

  /** First pages, among others, of the overflow chains that were written to. */
  PageBitSet chains() {
    return chains;
  }

  /** Pages with cells whose overflow chains were written to. */
  PageBitSet chainLeaves() {
    return chainLeaves;
  }

  /** The pages of a tree that were touched. */
  IntList touched(int tree) {
    int list = lists.get(tree);
    return list == IntMap.NONE ? NOTHING : touched.get(list);
  }

  /** The ordinals of the trees that were touched. */
  IntList touchedTrees() {
    return touchedTrees;
  }
}
