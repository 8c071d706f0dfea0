// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import dev.waltap.format.BTreePage;
import dev.waltap.format.Bytes;
import dev.waltap.format.Cell;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBitSet;
import dev.waltap.page.PageSource;

/**
 * Walks whole trees, in key order, and says of each page what it is: b-tree pages and overflow
 * chains. Checks what later work builds on, also that each page lies within the database and
 * belongs to one place only: so a scanner is for one scan of each tree of one version. For one
 * thread.
 */
public final class TreeScanner {
  /** Called with every page, a parent before its children. */
  @FunctionalInterface
  public interface Visitor {

    /** For who wants the pages checked, or read, and nothing else. */
    Visitor NONE = (tree, pageNumber, kind, parent, image) -> {};

    /**
     * A page of the tree.
     *
     * @param tree the tree that is scanned
     * @param pageNumber its number
     * @param kind one of {@link PageOwners}'s kinds
     * @param parent the page that leads to it, {@link PageOwners#ROOT} for the schema
     * @param image the source's image of it; empty if it is one of the {@link PlainLeaves}
     */
    void page(Tree tree, int pageNumber, byte kind, int parent, byte[] image);
  }

  private final PageSource source;
  private final PageFormat format;
  private final PageBounds bounds;
  private final Visitor visitor;
  private static final byte[] NOT_READ = {};
  private final PageBitSet without;
  private final PlainLeaves leaves;
  private final PageBitSet reached = new PageBitSet();
  private final Cell cell = new Cell();
  private final OverflowChain chain;

  /**
   * A scanner of one version of a database.
   *
   * @param pageCount how many pages it has, an unsigned number; 0 if that is not known
   */
  public TreeScanner(PageSource source, PageFormat format, int pageCount, Visitor visitor) {
    this(source, format, pageCount, visitor, new PageBitSet(), new PlainLeaves());
  }

  /**
   * A scanner of pages whose number is not known, some of which were looked at.
   *
   * @param leaves these are not read again; as of the source's images and this format
   */
  public TreeScanner(PageSource source, PageFormat format, Visitor visitor, PlainLeaves leaves) {
    this(source, format, 0, visitor, new PageBitSet(), leaves);
  }

  /**
   * A scanner that leaves out some pages, and all that they lead to.
   *
   * @param without these b-tree pages; read only
   */
  public TreeScanner(
      PageSource source, PageFormat format, int pageCount, Visitor visitor, PageBitSet without) {
    this(source, format, pageCount, visitor, without, new PlainLeaves());
  }

  private TreeScanner(
      PageSource source,
      PageFormat format,
      int pageCount,
      Visitor visitor,
      PageBitSet without,
      PlainLeaves leaves) {
    this.source = source;
    this.without = without;
    this.leaves = leaves;
    this.format = format;
    this.bounds = new PageBounds(format);
    bounds.pageCount(pageCount);
    this.visitor = visitor;
    this.chain = new OverflowChain(format, source);
  }

  /**
   * Visits all pages of the tree.
   *
   * @throws CorruptDatabaseException naming tree and page
   */
  public void scan(Tree tree) {
    try {
      visit(tree, tree.root(), PageOwners.ROOT, 0);
    } catch (CorruptDatabaseException e) {
      throw tree.blame(e);
    }
  }

  private void visit(Tree tree, int pageNumber, int parent, int depth) {
    if (without.contains(pageNumber)) {
      return;
    }
    Depth.check(pageNumber, depth);
    reach(pageNumber, parent);
    if (tree.kind() == TreeKind.TABLE && leaves.contains(pageNumber)) {
      visitor.page(tree, pageNumber, PageOwners.LEAF, parent, NOT_READ);
      return;
    }
    source.leave();
    byte[] page = source.page(pageNumber);
    BTreePage.check(page, pageNumber, tree.kind(), format);
    int header = BTreePage.header(pageNumber);
    boolean leaf = BTreePage.isLeaf(page, header);
    visitor.page(tree, pageNumber, leaf ? PageOwners.LEAF : PageOwners.INTERIOR, parent, page);
    int cells = BTreePage.cellCount(page, header);
    for (int i = 0; i < cells; i++) {
      int at = BTreePage.cell(page, header, i);
      if (!leaf) {
        visit(tree, Bytes.u32(page, at), pageNumber, depth + 1);
        page = source.page(pageNumber); // Its array may be another page's by now.
      }
      if (leaf || tree.kind() == TreeKind.INDEX) {
        cell.parse(page, pageNumber, at, tree.kind(), leaf, format);
        visitChain(tree, pageNumber);
      }
    }
    if (!leaf) {
      visit(tree, BTreePage.rightChild(page, header), pageNumber, depth + 1);
    }
  }

  /** No loop of pages is endless, and no page is visited twice. */
  private void reach(int pageNumber, int parent) {
    bounds.check(pageNumber, parent);
    if (!reached.add(pageNumber)) {
      throw PageBounds.shared(pageNumber, parent);
    }
  }

  private void visitChain(Tree tree, int pageNumber) {
    chain.start(pageNumber, cell);
    while (chain.hasNext()) {
      int parent = chain.pageNumber();
      reach(chain.nextPage(), parent);
      byte[] overflow = chain.read();
      visitor.page(tree, chain.pageNumber(), PageOwners.OVERFLOW, parent, overflow);
    }
  }
}
