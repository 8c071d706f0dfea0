package dev.waltap.diff;

import dev.waltap.btree.Depth;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.format.BTreePage;
import dev.waltap.format.PageFormat;
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
  private final DirtyPages dirty;
  private final Marks reached = new Marks();
  private final Marks departed = new Marks();
  private TransactionPages written;
  private TreeDelta delta = new TreeDelta();
  private boolean index;
  private int ordinal;

  TreeWalk(
      PageFormat format,
      PageSet old,
      PageSource now,
      PageOwners owners,
      DirtyPages dirty,
      TransactionPages none) {
    this.format = format;
    this.old = old;
    this.now = now;
    this.owners = owners;
    this.dirty = dirty;
    this.written = none;
  }

  /**
   * Fills the delta of a tree.
   *
   * @param before the tree as it was, null for one that did not exist
   * @param after the tree as it is, null for one that exists no more: no rows are listed then
   * @throws UnknownPageException if the new version leads to a page that is neither written nor
   *     held
   */
  void run(TransactionPages pages, @Nullable Tree before, @Nullable Tree after, TreeDelta into) {
    written = pages;
    delta = into;
    Tree tree = after != null ? after : before;
    if (tree == null) {
      throw new IllegalArgumentException("a tree of neither version");
    }
    index = tree.index();
    ordinal = tree.ordinal();
    delta.begin(tree);
    if (after == null) {
      departAll();
      return;
    }
    if (before != null && before.root() == after.root() && oneLeaf()) {
      return;
    }
    reached.begin();
    departed.begin();
    visitNew(after.root(), -1 - ordinal, 0);
    if (before != null) {
      findDeparted(before);
      visitOld(before.root(), 0);
    }
  }

  /**
   * A dropped tree: its rows go without being listed, so nobody has to read them. The way up from a
   * page ends where it meets one gone before: overflow chains may be very long.
   */
  private void departAll() {
    reached.begin();
    departed.begin();
    for (int page = 1; page < owners.limit(); page++) {
      if (owners.kind(page) == PageOwners.NONE) {
        continue;
      }
      int top = page;
      while (top > 0 && reached.add(top)) {
        top = owners.parent(top);
      }
      if (top > 0 ? departed.contains(top) : -1 - top == ordinal) {
        for (int at = page; at != top; at = owners.parent(at)) {
          departed.add(at);
          delta.departed().add(at);
        }
      }
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
    BTreePage.check(after, leaf, index, format);
    delta.before().add(leaf, 0, BTreePage.cellCount(old.page(leaf), header));
    delta.after().add(leaf, 0, BTreePage.cellCount(after, header));
    return true;
  }

  private void visitNew(int pageNumber, int parent, int depth) {
    if (pageNumber <= 0 || Depth.isTooDeep(depth) || !reached.add(pageNumber)) {
      throw new UnknownPageException(pageNumber);
    }
    boolean changed = written.contains(pageNumber);
    boolean adopted = !changed && owners.tree(pageNumber) != ordinal;
    if (!changed && !isTreePage(pageNumber)) {
      throw new UnknownPageException(pageNumber);
    }
    byte[] page = now.page(pageNumber);
    BTreePage.check(page, pageNumber, index, format);
    int header = BTreePage.header(pageNumber);
    boolean leaf = BTreePage.isLeaf(page, header);
    byte kind = leaf ? PageOwners.LEAF : PageOwners.INTERIOR;
    // A written page may have had the same place in another tree, which it leaves at the same time.
    if (changed
        || adopted
        || owners.kind(pageNumber) != kind
        || owners.parent(pageNumber) != parent) {
      delta.arrive(pageNumber, kind, parent);
    }
    int cells = BTreePage.cellCount(page, header);
    boolean affected = changed || adopted || dirty.isAffected(pageNumber);
    if (leaf) {
      if (affected) {
        delta.after().add(pageNumber, 0, cells);
      }
      return;
    }
    boolean ours = changed && owners.kind(pageNumber) == kind && owners.tree(pageNumber) == ordinal;
    for (int i = 0; i <= cells; i++) {
      int child = BTreePage.child(page, header, i);
      if (child <= 0) {
        throw new UnknownPageException(child);
      }
      if (adopted || dirty.isDirty(child) || written.contains(child)) {
        visitNew(child, pageNumber, depth + 1);
      } else if (changed && !keep(child, pageNumber, ours)) {
        visitNew(child, pageNumber, depth + 1);
      }
      if (index && affected && i < cells) {
        delta.after().add(pageNumber, i, i + 1);
      }
    }
  }

  private boolean isTreePage(int pageNumber) {
    byte kind = owners.kind(pageNumber);
    return kind == PageOwners.LEAF || kind == PageOwners.INTERIOR;
  }

  /**
   * A child of a changed page that was not written, nor anything below it.
   *
   * @param parentWasOurs whether that page was of this tree before: its old children were then, too
   * @return false if the child is not of this tree yet
   */
  private boolean keep(int child, int parent, boolean parentWasOurs) {
    boolean moved = owners.parentOrZero(child) != parent;
    boolean ours =
        isTreePage(child) && ((!moved && parentWasOurs) || owners.tree(child) == ordinal);
    if (!ours) {
      return false;
    }
    if (!reached.add(child)) {
      throw new UnknownPageException(child);
    }
    if (moved) {
      delta.arrive(child, owners.kind(child), parent);
    }
    return true;
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
    delta.departed().add(pageNumber);
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
    if (Depth.isTooDeep(depth)) {
      throw new UnknownPageException(pageNumber);
    }
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
    for (int i = 0; i <= cells; i++) {
      int child = BTreePage.child(page, header, i);
      if (dirty.isDirty(child)) {
        visitOld(child, depth + 1);
      }
      if (index && affected && i < cells) {
        delta.before().add(pageNumber, i, i + 1);
      }
    }
  }
}
