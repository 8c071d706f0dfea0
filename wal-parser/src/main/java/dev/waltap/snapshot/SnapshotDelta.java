// SPDX-License-Identifier: Apache-2.0
package dev.waltap.snapshot;

import dev.waltap.btree.Depth;
import dev.waltap.btree.OverflowChain;
import dev.waltap.btree.PageBounds;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.format.BTreePage;
import dev.waltap.format.Cell;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBitSet;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageSource;
import dev.waltap.page.TransactionPages;
import java.util.Arrays;

/**
 * Makes a snapshot look like one large transaction: the pages of the page set that differ there,
 * and the pages that its trees reach and the page set does not hold. Pages that are the same are
 * recognized by their hash. Pages that are held already, from a snapshot that could not be read to
 * its end, are compared with this one as well.
 *
 * <p>Each page is visited once, whatever the pages lead to: one that two lead to is refused. For
 * one thread.
 */
public final class SnapshotDelta implements PageSource {
  private static final int PAGES_BETWEEN_REPORTS = 1024;

  private final Snapshot snapshot;
  private final PageFormat format;
  private final PageBuffers buffers;
  private final PageSet pageSet;
  private final PageOwners owners;
  private final TransactionPages changed;
  private final PageBounds bounds;
  private final PageBitSet reached = new PageBitSet();
  private final PageBitSet chainOwners = new PageBitSet();
  private final PageBitSet chainsSeen = new PageBitSet();
  private final PageBitSet read = new PageBitSet();
  private final SnapshotProgress progress;
  private final Cell cell = new Cell();
  private final OverflowChain chain;
  private final boolean allDiffer;
  private byte[] scratch;
  private int visited;

  /**
   * A comparison; nothing is compared yet.
   *
   * @param pageSet what is held; stays as it is, as do the owners
   * @param changed takes the pages that differ
   */
  public SnapshotDelta(
      Snapshot snapshot,
      PageBuffers buffers,
      PageSet pageSet,
      PageOwners owners,
      TransactionPages changed,
      SnapshotProgress progress) {
    this.snapshot = snapshot;
    this.buffers = buffers;
    this.pageSet = pageSet;
    this.owners = owners;
    this.changed = changed;
    this.progress = progress;
    this.scratch = buffers.take();
    snapshot.copy(1, scratch);
    this.format = PageFormat.of(scratch);
    // Under another number of reserved bytes the same bytes are other cells.
    this.allDiffer = format.usableSize() != PageFormat.of(pageSet.page(1)).usableSize();
    this.bounds = new PageBounds(format);
    bounds.pageCount(snapshot.size());
    this.chain = new OverflowChain(format, this);
    changed.databaseSize(snapshot.size());
  }

  /** Finds the pages that are held and differ. */
  public void compareHeld() {
    int[] held = pageSet.pageNumbers();
    for (int i = 0; i < held.length; i++) {
      int page = held[i];
      if ((i + 1) % PAGES_BETWEEN_REPORTS == 0 || i == held.length - 1) {
        progress.pages(i + 1, held.length);
      }
      if (isInSnapshot(page) && !isSame(page)) {
        changed(page);
        noteChain(page);
      }
    }
  }

  /** Whether a page that is held needs no look; else its current image is in the scratch page. */
  private boolean isSame(int pageNumber) {
    if (allDiffer || changed.contains(pageNumber)) {
      snapshot.copy(pageNumber, scratch);
      return false;
    }
    return snapshot.isSame(pageSet, pageNumber, scratch);
  }

  /** Keeps the current image, if it is new. */
  private void changed(int pageNumber) {
    read.add(pageNumber);
    byte[] earlier = changed.get(pageNumber);
    if (earlier == null || !Arrays.equals(earlier, scratch)) {
      changed.put(pageNumber, scratch);
      scratch = buffers.take();
    }
  }

  private void read(int pageNumber) {
    snapshot.copy(pageNumber, scratch);
    changed(pageNumber);
  }

  /** A chain that changed may lead to pages that are not held, from a leaf that did not change. */
  private void noteChain(int pageNumber) {
    int at = pageNumber;
    while (owners.kind(at) == PageOwners.OVERFLOW && chainsSeen.add(at)) {
      at = owners.parent(at);
    }
    if (at != pageNumber && owners.kind(at) != PageOwners.OVERFLOW) {
      chainOwners.add(at);
    }
  }

  /** Finds the pages of a tree that are not held. {@link #compareHeld} must have run. */
  public void discover(Tree tree) {
    try {
      discover(tree, tree.root(), PageOwners.ROOT, 0);
    } catch (CorruptDatabaseException e) {
      throw tree.blame(e);
    }
  }

  private void reach(int pageNumber, int parent) {
    bounds.check(pageNumber, parent);
    if (!reached.add(pageNumber)) {
      throw PageBounds.shared(pageNumber, parent);
    }
    if (++visited % PAGES_BETWEEN_REPORTS == 0) {
      // How many there are is not known; whoever listens may stop the walk.
      progress.pages(visited, Math.max(visited, pageSet.size()));
    }
  }

  private void discover(Tree tree, int pageNumber, int parent, int depth) {
    Depth.check(pageNumber, depth);
    reach(pageNumber, parent);
    boolean same = isHeldAndSame(pageNumber);
    if (same && !isOf(tree, pageNumber)) {
      // The same bytes, but in another tree or as something else: as if it had been written.
      read(pageNumber);
      same = false;
    }
    same &= !chainOwners.contains(pageNumber);
    if (same && owners.kind(pageNumber) == PageOwners.LEAF) {
      return;
    }
    byte[] page = page(pageNumber);
    BTreePage.check(page, pageNumber, tree.kind(), format);
    int header = BTreePage.header(pageNumber);
    boolean leaf = BTreePage.isLeaf(page, header);
    int cells = BTreePage.cellCount(page, header);
    for (int i = 0; i < cells; i++) {
      if (!same && (leaf || tree.kind() == TreeKind.INDEX)) {
        int at = BTreePage.cell(page, header, i);
        cell.parse(page, pageNumber, at, tree.kind(), leaf, format);
        discoverChain(tree, pageNumber);
      }
    }
    for (int i = 0; !leaf && i <= cells; i++) {
      discover(tree, BTreePage.child(page(pageNumber), header, i), pageNumber, depth + 1);
    }
  }

  private boolean isOf(Tree tree, int pageNumber) {
    byte kind = owners.kind(pageNumber);
    return (kind == PageOwners.LEAF || kind == PageOwners.INTERIOR)
        && owners.tree(pageNumber) == tree.ordinal();
  }

  private void discoverChain(Tree tree, int pageNumber) {
    chain.start(pageNumber, cell);
    while (chain.hasNext()) {
      int next = chain.nextPage();
      reach(next, chain.pageNumber());
      boolean still =
          owners.kind(next) == PageOwners.OVERFLOW
              && owners.parent(next) == chain.pageNumber()
              && owners.tree(next) == tree.ordinal();
      if (isHeldAndSame(next) && !still) {
        read(next);
      }
      chain.read();
    }
  }

  private boolean isInSnapshot(int pageNumber) {
    return Integer.compareUnsigned(pageNumber - 1, snapshot.size()) < 0;
  }

  private boolean isHeldAndSame(int pageNumber) {
    return !allDiffer
        && isInSnapshot(pageNumber)
        && pageSet.contains(pageNumber)
        && !changed.contains(pageNumber);
  }

  @Override
  public byte[] page(int pageNumber) {
    if (isHeldAndSame(pageNumber)) {
      return pageSet.page(pageNumber);
    }
    if (!read.contains(pageNumber)) {
      read(pageNumber);
    }
    byte[] image = changed.get(pageNumber);
    if (image == null) {
      throw new IllegalStateException("page " + pageNumber + " was put and is not there");
    }
    return image;
  }
}
