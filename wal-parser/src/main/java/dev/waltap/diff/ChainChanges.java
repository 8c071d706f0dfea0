// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import dev.waltap.btree.OverflowChain;
import dev.waltap.btree.OwnerChanges;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.format.BTreePage;
import dev.waltap.format.Cell;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageSource;
import dev.waltap.page.TransactionPages;
import java.util.Arrays;

/**
 * Which overflow chains come, stay and leave with a transaction. Those that come are walked before
 * any payload is read along them, so that none leads in a circle or to another's pages.
 *
 * <p>A chain none of whose pages was written stays if a cell of the old version that may differ led
 * to it, with as much payload; only its leaf may be another one. It is not walked: chains may be
 * very long. In a snapshot, what was the rest of another row's chain may have become a chain of its
 * own, and a chain may have changed trees, with the same bytes: those leave and come. For one
 * thread.
 */
final class ChainChanges {
  private static final int MIN_CAPACITY = 16;
  private static final int MAX_KEPT = 1 << 12;

  private final PageFormat formatBefore;
  private final PageFormat formatAfter;
  private final PageSource old;
  private final PageSource now;
  private final PageOwners owners;
  private final DirtyPages dirty;
  private final OwnerChanges changes;
  private final OverflowChain chain;
  private final OverflowChain chainBefore;
  private final Cell cell = new Cell();

  // The chains of the old version's cells: where the first page of each is in the arrays.
  private final IntMap chains = new IntMap();
  private int[] firstPages = new int[MIN_CAPACITY];
  private int[] leaves = new int[MIN_CAPACITY];
  private int[] sizes = new int[MIN_CAPACITY];
  private boolean[] stays = new boolean[MIN_CAPACITY];
  private TransactionPages written;

  ChainChanges(
      PageFormat formatBefore,
      PageFormat formatAfter,
      PageSource old,
      PageSource now,
      PageOwners owners,
      DirtyPages dirty,
      OwnerChanges changes,
      TransactionPages none) {
    this.formatBefore = formatBefore;
    this.formatAfter = formatAfter;
    this.old = old;
    this.now = now;
    this.owners = owners;
    this.dirty = dirty;
    this.changes = changes;
    this.chainBefore = new OverflowChain(formatBefore, old);
    this.chain = new OverflowChain(formatAfter, now);
    this.written = none;
  }

  void begin(TransactionPages pages) {
    written = pages;
  }

  /**
   * Finds what happened to the chains of a tree, before payload is read along them; once only.
   *
   * @param meanwhile what to do now and then
   * @throws CorruptDatabaseException if one is not whole, or is not its own
   */
  void list(TreeDelta delta, Runnable meanwhile) {
    if (delta.chainsKnown()) {
      return;
    }
    delta.chainsAreKnown();
    Tree tree = delta.tree();
    chains.begin();
    if (firstPages.length > MAX_KEPT) {
      resize(MIN_CAPACITY);
    }
    forEachChain(delta.before(), old, formatBefore, tree.kind(), meanwhile, this::remember);
    forEachChain(
        delta.after(),
        now,
        formatAfter,
        tree.kind(),
        meanwhile,
        (leaf, first, size) -> {
          if (!stays(tree, leaf, first, size)) {
            arrive(tree, leaf, first, size);
          }
        });
    for (int i = 0, size = chains.size(); i < size; i++) {
      if (!stays[i]) {
        depart(leaves[i], firstPages[i], sizes[i]);
      }
    }
  }

  private void remember(int leaf, int first, int size) {
    int at = chains.size();
    if (at == firstPages.length) {
      resize(at * 2);
    }
    chains.put(first, at);
    firstPages[at] = first;
    leaves[at] = leaf;
    sizes[at] = size;
    stays[at] = false;
  }

  private boolean stays(Tree tree, int leaf, int first, int size) {
    int at = chains.get(first);
    if (at == IntMap.NONE
        || sizes[at] != size
        || written.contains(first)
        || dirty.chains().contains(first)) {
      return false;
    }
    if (stays[at]) {
      throw CorruptDatabaseException.page(
          leaf, "its overflow page " + Integer.toUnsignedString(first) + " is another row's, too");
    }
    stays[at] = true;
    if (owners.parent(first) != leaf) {
      changes.move(tree, first, PageOwners.OVERFLOW, leaf);
    }
    return true;
  }

  private void arrive(Tree tree, int leaf, int first, int size) {
    chain.start(leaf, first, size);
    while (chain.hasNext()) {
      changes.adopt(tree, chain.nextPage(), PageOwners.OVERFLOW, chain.pageNumber());
      chain.read();
    }
  }

  private void depart(int leaf, int first, int size) {
    chainBefore.start(leaf, first, size);
    while (chainBefore.hasNext()) {
      chainBefore.read();
      changes.release(chainBefore.pageNumber());
    }
  }

  /** Takes an overflow chain: the page with the cell, the chain's first page, bytes in it. */
  private interface ChainVisitor {
    void chain(int leaf, int firstPage, int size);
  }

  private void forEachChain(
      CellRuns runs,
      PageSource source,
      PageFormat format,
      TreeKind kind,
      Runnable meanwhile,
      ChainVisitor visitor) {
    for (int run = 0; run < runs.size(); run++) {
      meanwhile.run();
      int pageNumber = runs.page(run);
      byte[] page = source.page(pageNumber);
      int header = BTreePage.header(pageNumber);
      boolean leaf = BTreePage.isLeaf(page, header);
      for (int i = runs.from(run); i < runs.to(run); i++) {
        int at = BTreePage.cell(page, header, i);
        cell.parse(page, pageNumber, at, kind, leaf, format);
        if (cell.overflowPage() != 0) {
          int size = (int) (cell.payloadSize() - cell.localSize());
          visitor.chain(pageNumber, cell.overflowPage(), size);
        }
      }
    }
  }

  private void resize(int length) {
    firstPages = Arrays.copyOf(firstPages, length);
    leaves = Arrays.copyOf(leaves, length);
    sizes = Arrays.copyOf(sizes, length);
    stays = Arrays.copyOf(stays, length);
  }
}
