// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.format.BTreePage;
import dev.waltap.format.Bytes;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBitSet;
import dev.waltap.schema.SchemaRow;
import dev.waltap.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What those pages of one version of a database are that hold no captured rows: indexes, tables of
 * SQLite's own and of virtual tables, the freelist and pointer maps. Damage is no failure here:
 * what lies behind it has no label. For one thread.
 */
final class PageLabels {
  private static final int POINTER_MAP_ENTRY = 5;
  private static final int TRUNK_HEADER = 8;

  /** A page: its b-tree, the table that this belongs to, and what the page is in it. */
  record Label(String owner, String table, String kind) {}

  private final Snapshot pages;
  private final PageFormat format;
  private final DatabaseHeader header;
  private final PageOwners owners = new PageOwners();
  private final List<SchemaRow> trees = new ArrayList<>();
  private final PageBitSet trunks = new PageBitSet();
  private final PageBitSet free = new PageBitSet();

  private PageLabels(Snapshot pages) {
    this.pages = pages;
    byte[] first = pages.page(1);
    this.header = DatabaseHeader.parse(first);
    this.format = PageFormat.of(first);
  }

  /**
   * Reads them; null if not even page 1 can be read.
   *
   * @param schema the b-trees to look at, and others, which have no root
   */
  static @Nullable PageLabels of(Snapshot pages, List<SchemaRow> schema) {
    PageLabels labels;
    try {
      labels = new PageLabels(pages);
    } catch (DatabaseException e) {
      return null;
    }
    for (SchemaRow row : schema) {
      if (row.rootPage() > 1 && row.rootPage() <= Integer.toUnsignedLong(pages.size())) {
        labels.scan(row);
      }
    }
    labels.readFreelist();
    return labels;
  }

  private void scan(SchemaRow row) {
    trees.add(row);
    try {
      Tree tree = new Tree(trees.size(), (int) row.rootPage(), kindOf(row), row.name());
      new TreeScanner(
              pages,
              format,
              pages.size(),
              (of, page, kind, parent, image) -> owners.adopt(of, page, kind, parent))
          .scan(tree);
    } catch (DatabaseException e) {
      // That another tree is damaged is not what was asked.
    }
  }

  /** Rows of tables WITHOUT ROWID, as virtual tables have some, are in trees of indexes. */
  private TreeKind kindOf(SchemaRow row) {
    int type = BTreePage.type(pages.page((int) row.rootPage()), 0);
    boolean table = type == BTreePage.LEAF_TABLE || type == BTreePage.INTERIOR_TABLE;
    return table ? TreeKind.TABLE : TreeKind.INDEX;
  }

  /** Each trunk page: the next one, how many leaves it names, and their numbers. */
  private void readFreelist() {
    int trunk = header.freelistTrunk();
    try {
      while (isWithin(trunk) && trunks.add(trunk)) {
        byte[] page = pages.page(trunk);
        int leaves = Bytes.u32(page, 4);
        for (int i = 0; i < leaves && TRUNK_HEADER + 4 * i + 4 <= format.usableSize(); i++) {
          int leaf = Bytes.u32(page, TRUNK_HEADER + 4 * i);
          if (isWithin(leaf)) {
            free.add(leaf);
          }
        }
        trunk = Bytes.u32(page, 0);
      }
    } catch (DatabaseException e) {
      // Frames are not there any more: whoever reads on says so.
    }
  }

  private boolean isWithin(int page) {
    return Integer.compareUnsigned(page - 1, pages.size()) < 0;
  }

  /** What a page is; null if that is not known here. */
  @Nullable Label of(int page) {
    int tree = owners.tree(page);
    if (tree > 0) {
      SchemaRow row = trees.get(tree - 1);
      return new Label(row.name(), row.tableName(), kind(owners.kind(page)));
    }
    if (trunks.contains(page) || free.contains(page)) {
      return new Label("freelist", "", trunks.contains(page) ? "trunk" : "leaf");
    }
    return isPointerMap(page) ? new Label("pointer map", "", "") : null;
  }

  /** Page 2 and each that follows the pages which the one before it describes. */
  private boolean isPointerMap(int page) {
    int span = format.usableSize() / POINTER_MAP_ENTRY + 1;
    int lockByte = format.lockBytePage();
    if (!header.isAutoVacuum() || page < 2) {
      return false;
    }
    int first = (page - 2) / span * span + 2;
    return page == (first == lockByte ? first + 1 : first);
  }

  /** The word for a kind of {@link PageOwners}. */
  static String kind(byte kind) {
    return switch (kind) {
      case PageOwners.LEAF -> "leaf";
      case PageOwners.INTERIOR -> "interior";
      case PageOwners.OVERFLOW -> "overflow";
      default -> "";
    };
  }
}
