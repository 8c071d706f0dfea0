package dev.waltap.testdata.mutation;

import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.diff.RowCursor;
import dev.waltap.diff.RowSink;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.diff.TreeDelta;
import dev.waltap.diff.TreeRows;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageSource;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import dev.waltap.page.UnknownPageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The page set of one version of a database, which follows transactions and goes back. */
final class Follower implements AutoCloseable {
  private static final int MEMORY = 1 << 18;

  private final PageSet pages;
  private final PageStore spill;
  private final List<Tree> trees = new ArrayList<>();
  private final TransactionPages written;
  private final TransactionDiff diff;

  /** Stands before a transaction that leaves the schema as it is. */
  Follower(RecordedDatabase base, int version) {
    PageFormat format = PageFormat.of(base.page(version, 1));
    PageBuffers buffers = new PageBuffers(base.pageSize());
    PageOwners owners = new PageOwners();
    pages = new PageSet(buffers, MEMORY);
    spill = new PageStore(base.pageSize(), 0);
    base.roots()
        .forEach((name, root) -> trees.add(new Tree(trees.size(), root, name.equals("w"), name)));
    TreeScanner scanner =
        new TreeScanner(
            page -> base.page(version, page),
            format,
            base.pageCount(version),
            (tree, page, kind, parent, image) -> {
              owners.adopt(tree, page, kind, parent);
              pages.put(page, image.clone());
            });
    trees.forEach(scanner::scan);
    written = new TransactionPages(buffers, spill, MEMORY);
    diff = new TransactionDiff(format, buffers, pages, owners, written);
  }

  /**
   * Follows a transaction, and compares the rows found with those that differ between scans of the
   * whole tables before and after.
   *
   * @return why the transaction was refused, null if it was not; all is as before then
   */
  @Nullable RuntimeException follow(RecordedDatabase.Written transaction) {
    transaction.pages().forEach((page, image) -> written.put(page, image.clone()));
    written.databaseSize(transaction.databaseSize());
    Map<String, Map<Row, Integer>> found = new TreeMap<>();
    try {
      diff.begin(written);
      for (Tree tree : trees) {
        found.put(tree.name(), diff.isTouched(tree) ? changes(tree) : Map.of());
      }
      diff.check();
    } catch (DatabaseException | UnknownPageException e) {
      diff.abandon();
      return e; // Declared, and before anything was believed.
    }
    for (Tree tree : trees) {
      Map<Row, Integer> expected = difference(tree);
      if (!expected.equals(found.get(tree.name()))) {
        throw new AssertionError(
            "rows of " + tree.name() + ": expected " + expected + ", found " + found);
      }
    }
    diff.finish();
    return null;
  }

  /** A row's bytes, as far as they tell it from others. */
  private record Row(long rowid, int size, int hash) {
    static Row of(RowCursor cursor) {
      byte[] payload = cursor.copyPayload();
      return new Row(cursor.rowid(), payload.length, Arrays.hashCode(payload));
    }
  }

  /** What scans of both versions say; all that was accepted can be scanned. */
  private Map<Row, Integer> difference(Tree tree) {
    Map<Row, Integer> rows = new HashMap<>();
    count(diff.formatBefore(), pages, tree, -1, rows);
    count(diff.formatAfter(), diff.after(), tree, 1, rows);
    return rows;
  }

  private static void count(
      PageFormat format, PageSource source, Tree tree, int by, Map<Row, Integer> rows) {
    new TreeRows(format, source)
        .forEach(
            tree,
            row -> {
              add(rows, Row.of(row), by);
              return true;
            });
  }

  /** Counts what came and went; a row that did both is none. */
  private static void add(Map<Row, Integer> rows, Row row, int by) {
    if (rows.merge(row, by, Integer::sum) == 0) {
      rows.remove(row);
    }
  }

  /** Whether rowids ascend, and no row stands in an index b-tree twice. */
  boolean isOrderly() {
    boolean orderly = true;
    TreeRows rows = new TreeRows(diff.formatBefore(), pages);
    for (Tree tree : trees) {
      Set<Row> seen = new HashSet<>();
      long[] last = {Long.MIN_VALUE};
      orderly &=
          rows.forEach(
              tree,
              row -> {
                boolean next = tree.index() ? seen.add(Row.of(row)) : row.rowid() > last[0];
                last[0] = row.rowid();
                return next;
              });
    }
    return orderly;
  }

  private Map<Row, Integer> changes(Tree tree) {
    Map<Row, Integer> rows = new HashMap<>();
    TreeDelta delta = diff.delta(tree, tree);
    RowSink sink =
        new RowSink() {
          @Override
          public void deleted(RowCursor before) {
            add(rows, Row.of(before), -1);
          }

          @Override
          public void updated(RowCursor before, RowCursor after) {
            add(rows, Row.of(before), -1);
            add(rows, Row.of(after), 1);
          }

          @Override
          public void inserted(RowCursor after) {
            add(rows, Row.of(after), 1);
          }
        };
    if (tree.index()) {
      // By all bytes, so that no order of keys is needed.
      diff.rowsByKey(delta, Follower::whole, Follower::whole, sink);
    } else {
      diff.rows(delta, null, sink);
    }
    return rows;
  }

  private static byte[] whole(byte[] payload, int offset, int size) {
    return Arrays.copyOfRange(payload, offset, offset + size);
  }

  @Override
  public void close() {
    pages.close();
    spill.close();
  }
}
