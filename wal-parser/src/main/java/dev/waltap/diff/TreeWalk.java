// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import dev.waltap.btree.Depth;
import dev.waltap.btree.OwnerChanges;
import dev.waltap.btree.PageBounds;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.format.BTreePage;
import dev.waltap.format.Bytes;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.IntList;
import dev.waltap.page.PageBitSet;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageSource;
import dev.waltap.page.TransactionPages;
import dev.waltap.page.UnknownPageException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link TreeDelta} of one tree: walks the paths that lead to changed pages, in the old
 * and the new version, and nothing else.
 *
 * <p>A page can leave a tree unwritten. So what left is found from the old version: a child of a
 * changed or departed interior page that nothing in the new version leads to has departed, with all
 * below it. A page that came was written, or was led to by a page that was, or belongs to another
 * tree whose table takes this one's name: such a page is adopted with all below it, and all of its
 * cells are listed. For one thread.
 */
final class TreeWalk {
  private final PageFormat format;
  private final PageSet old;
  private final PageSource now;
  private final PageOwners owners;
  private final OwnerChanges changes;
  private final DirtyPages dirty;
  private final PageBitSet reached = new PageBitSet();
  private final PageBitSet departed = new PageBitSet();

  /** Pages that were not written and have another parent now. */
  private final IntList moved = new IntList();

  private TransactionPages written;
  private TreeDelta delta = new TreeDelta();
  private Tree tree = new Tree(-1, 0, TreeKind.TABLE, "");
  private int ordinal;

  TreeWalk(
      PageFormat format,
      PageSet old,
      PageSource now,
      PageOwners owners,
      OwnerChanges changes,
      DirtyPages dirty,
      TransactionPages none) {
    this.format = format;
    this.old = old;
    this.now = now;
    this.owners = owners;
    this.changes = changes;
    this.dirty = dirty;
    this.written = none;
  }

  /**
   * Fills the delta of a tree.
   *
   * @param before the tree as it was, null for one that did not exist
   * @param after the tree as it is
   * @throws CorruptDatabaseException if the new version's pages are no tree
   * @throws UnknownPageException if the new version leads to a page that is neither written nor
   *     held
   */
  void run(TransactionPages pages, @Nullable Tree before, Tree after, TreeDelta into) {
    written = pages;
    delta = into;
    tree = after;
    ordinal = tree.ordinal();
    delta.begin(tree);
    if (before != null && before.root() == after.root() && oneLeaf()) {
      return;
    }
    dirty.markPaths();
    reached.begin();
    departed.begin();
    moved.clear();
    visitNew(after.root(), PageOwners.ROOT, 0);
    if (before != null) {
      findDeparted(before);
      checkMoved(before);
      visitOld(before.root(), 0);
    }
  }

  /** The common case: one leaf changed, and it is a leaf still. */
  private boolean oneLeaf() {
    IntList touched = dirty.touched(ordinal);
    if (touched.size() != 1) {
      return false;
    }
    int leaf = touched.get(0);
    if (owners.kind(leaf) != PageOwners.LEAF) {
      return false;
    }
    byte[] after = now.page(leaf);
    int header = BTreePage.header(leaf);
    if (!BTreePage.isLeaf(after, header)) {
      return false;
    }
    changes.checkBounds(leaf, owners.parent(leaf));
    BTreePage.check(after, leaf, tree.kind(), format);
    delta.before().add(leaf, 0, BTreePage.cellCount(old.page(leaf), header));
    delta.after().add(leaf, 0, BTreePage.cellCount(after, header));
    return true;
  }

  private void visitNew(int pageNumber, int parent, int depth) {
    Depth.check(pageNumber, depth);
    reach(pageNumber, parent);
    boolean changed = written.contains(pageNumber);
    boolean ours = isOurs(pageNumber);
    boolean adopted = !changed && !ours;
    if (adopted && !isTreePage(pageNumber)) {
      throw unwritten(pageNumber, parent);
    }
    byte[] page = now.page(pageNumber);
    BTreePage.check(page, pageNumber, tree.kind(), format);
    int header = BTreePage.header(pageNumber);
    boolean leaf = BTreePage.isLeaf(page, header);
    byte kind = leaf ? PageOwners.LEAF : PageOwners.INTERIOR;
    if (!ours) {
      // It may have had a place in another tree, which it must leave at the same time.
      changes.adopt(tree, pageNumber, kind, parent);
    } else if (owners.kind(pageNumber) != kind || owners.parent(pageNumber) != parent) {
      changes.move(tree, pageNumber, kind, parent);
    }
    int cells = BTreePage.cellCount(page, header);
    boolean affected = changed || adopted || dirty.isAffected(pageNumber);
    if (leaf) {
      if (affected) {
        delta.after().add(pageNumber, 0, cells);
      }
      return;
    }
    boolean rowsOnInterior = affected && tree.kind() == TreeKind.INDEX;
    boolean led = changed && ours && owners.kind(pageNumber) == kind;
    byte[] earlier = led ? old.page(pageNumber) : page;
    int fewer = led ? BTreePage.cellCount(earlier, header) - cells : 0;
    for (int i = 0; i <= cells; i++) {
      if (led && !rowsOnInterior) {
        i = keepSame(page, earlier, header, pageNumber, i, 0);
        i = fewer == 0 ? i : keepSame(page, earlier, header, pageNumber, i, fewer);
      }
      int child = BTreePage.child(page, header, i);
      if (adopted || dirty.isDirty(child) || written.contains(child)) {
        visitNew(child, pageNumber, depth + 1);
      } else if (changed && !keep(child, pageNumber, led)) {
        visitNew(child, pageNumber, depth + 1);
      }
      if (rowsOnInterior && i < cells) {
        delta.after().add(pageNumber, i, i + 1);
      }
    }
  }

  /**
   * Goes over children that the page led to before at the same place, counted from the front or
   * from the back, and of which nothing was written: most of the many that a page has.
   *
   * @param from the first child to look at
   * @param fewer how many cells the page had more before, if counted from the back
   * @return the first child that is not such a one
   */
  private int keepSame(byte[] page, byte[] earlier, int header, int parent, int from, int fewer) {
    if (from + fewer < 0) {
      return from;
    }
    int cells = BTreePage.cellCount(page, header);
    int end = Math.min(cells, BTreePage.cellCount(earlier, header) - fewer);
    int slots = BTreePage.cellArray(page, header);
    int i = from;
    while (i < end) {
      int slot = slots + 2 * i;
      int child = Bytes.u32(page, Bytes.u16(page, slot));
      int was = Bytes.u32(earlier, Bytes.u16(earlier, slot + 2 * fewer));
      if (child != was || dirty.isDirty(child)) {
        return i;
      }
      reach(child, parent);
      i++;
    }
    return i;
  }

  /**
   * A child of a changed page that was not written, nor anything below it.
   *
   * @param parentWasOurs whether that page was of this tree before: its old children were then, too
   * @return false if the child is not of this tree yet
   */
  private boolean keep(int child, int parent, boolean parentWasOurs) {
    boolean stays = owners.parent(child) == parent;
    boolean ours = (stays && parentWasOurs) ? isTreePage(child) : isOurs(child);
    if (!ours) {
      return false;
    }
    reach(child, parent);
    if (!stays) {
      moved.add(child);
      changes.move(tree, child, owners.kind(child), parent);
    }
    return true;
  }

  private boolean isTreePage(int pageNumber) {
    byte kind = owners.kind(pageNumber);
    return kind == PageOwners.LEAF || kind == PageOwners.INTERIOR;
  }

  /** Whether the page was a b-tree page of this tree. */
  private boolean isOurs(int pageNumber) {
    return isTreePage(pageNumber) && owners.tree(pageNumber) == ordinal;
  }

  /** A page that is led to and was neither written nor a tree's: SQLite writes what it takes. */
  private RuntimeException unwritten(int pageNumber, int parent) {
    return owners.kind(pageNumber) == PageOwners.NONE
        ? new UnknownPageException(pageNumber)
        : PageBounds.shared(pageNumber, parent);
  }

  private void reach(int pageNumber, int parent) {
    changes.checkBounds(pageNumber, parent);
    if (!reached.add(pageNumber)) {
      throw PageBounds.shared(pageNumber, parent);
    }
  }

  /** A page that led to one of those still does, if it was neither written nor has departed. */
  private void checkMoved(Tree before) {
    for (int i = 0; i < moved.size(); i++) {
      int page = moved.get(i);
      int earlier = owners.parent(page);
      boolean free =
          earlier == PageOwners.ROOT
              ? rootMoved(before)
              : written.contains(earlier) || departed.contains(earlier);
      if (!free) {
        throw PageBounds.shared(page, earlier);
      }
    }
  }

  private void findDeparted(Tree before) {
    if (!reached.contains(before.root()) && (dirty.isDirty(before.root()) || rootMoved(before))) {
      depart(before.root());
    }
    IntList touched = dirty.touched(ordinal);
    for (int i = 0, size = touched.size(); i < size; i++) {
      int pageNumber = touched.get(i);
      // One that was touched by an overflow chain alone leads to the same children as ever.
      if (owners.kind(pageNumber) == PageOwners.INTERIOR && written.contains(pageNumber)) {
        departChildren(pageNumber);
      }
    }
  }

  private boolean rootMoved(Tree before) {
    return delta.tree().root() != before.root();
  }

  private void depart(int pageNumber) {
    if (!departed.add(pageNumber)) {
      return;
    }
    changes.release(pageNumber);
    dirty.affect(pageNumber);
    if (owners.kind(pageNumber) == PageOwners.INTERIOR) {
      departChildren(pageNumber);
    }
  }

  private void departChildren(int pageNumber) {
    byte[] page = old.page(pageNumber);
    int header = BTreePage.header(pageNumber);
    int cells = BTreePage.cellCount(page, header);
    for (int i = 0; i <= cells; i++) {
      int child = BTreePage.child(page, header, i);
      if (!reached.contains(child)) {
        depart(child);
      }
    }
  }

  private void visitOld(int pageNumber, int depth) {
    Depth.check(pageNumber, depth);
    byte[] page = old.page(pageNumber);
    int header = BTreePage.header(pageNumber);
    int cells = BTreePage.cellCount(page, header);
    boolean affected = dirty.isAffected(pageNumber);
    if (BTreePage.isLeaf(page, header)) {
      if (affected) {
        delta.before().add(pageNumber, 0, cells);
      }
      return;
    }
    boolean rowsOnInterior = affected && tree.kind() == TreeKind.INDEX;
    for (int i = 0; i <= cells; i++) {
      int child = BTreePage.child(page, header, i);
      if (dirty.isDirty(child)) {
        visitOld(child, depth + 1);
      }
      if (rowsOnInterior && i < cells) {
        delta.before().add(pageNumber, i, i + 1);
      }
    }
  }
}
