// SPDX-License-Identifier: Apache-2.0
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
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageSource;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import dev.waltap.page.UnknownPageException;
import java.util.ArrayList;
import java.util.Arrays;
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
  private final RecordedDatabase base;
  private final int version;

  /** Pages that belong to tables in the first version. */
  private final Set<Integer> own = new HashSet<>();

  private final long[] first;
  private final long[] held;

  /** Begins a transaction that leaves the schema as it is. */
  Follower(RecordedDatabase base, int version) {
    this.base = base;
    this.version = version;
    PageFormat format = PageFormat.of(base.page(version, 1));
    PageBuffers buffers = new PageBuffers(base.pageSize());
    PageOwners owners = new PageOwners();
    pages = new PageSet(buffers, MEMORY);
    spill = new PageStore(base.pageSize(), 0);
    base.roots()
        .forEach(
            (name, root) ->
                trees.add(
                    new Tree(
                        trees.size(),
                        root,
                        name.equals("w") ? TreeKind.INDEX : TreeKind.TABLE,
                        name)));
    TreeScanner scanner =
        new TreeScanner(
            page -> base.page(version, page),
            format,
            base.pageCount(version),
            (tree, page, kind, parent, image) -> {
              owners.adopt(tree, page, kind, parent);
              own.add(page);
              pages.put(page, image.clone());
            });
    trees.forEach(scanner::scan);
    written = new TransactionPages(buffers, spill, MEMORY);
    diff = new TransactionDiff(format, buffers, pages, owners, written);
    first = trees.stream().mapToLong(tree -> sum(format, pages, tree)).toArray();
    held = first.clone();
  }

  /**
   * Follows a transaction, and compares the rows found with what a scan of the whole tables
   * afterwards says.
   *
   * @return why the transaction was refused, null if it was not; all is as before then
   */
  @Nullable RuntimeException follow(RecordedDatabase.Written transaction) {
    return follow(transaction, false);
  }

  /**
   * Takes a transaction back by another one, which writes the first version of what is not as it
   * was. Its rows are known.
   *
   * @return why that was refused, null if it was not
   */
  @Nullable RuntimeException goBack(RecordedDatabase.Written transaction) {
    Map<Integer, byte[]> back = new TreeMap<>();
    for (int page : own) {
      if (transaction.pages().containsKey(page) || !pages.contains(page)) {
        back.put(page, base.page(version, page));
      }
    }
    return follow(new RecordedDatabase.Written(back, base.pageCount(version)), true);
  }

  private @Nullable RuntimeException follow(RecordedDatabase.Written transaction, boolean back) {
    transaction.pages().forEach((page, image) -> written.put(page, image.clone()));
    written.databaseSize(transaction.databaseSize());
    long[] found = new long[trees.size()];
    try {
      diff.begin(written);
      for (Tree tree : trees) {
        found[tree.ordinal()] = diff.isTouched(tree) ? changes(tree) : 0;
      }
      diff.check();
    } catch (DatabaseException | UnknownPageException e) {
      diff.abandon();
      return e; // Declared, and before anything was believed.
    }
    for (Tree tree : trees) {
      int at = tree.ordinal();
      long now = back ? first[at] : sum(diff.formatAfter(), diff.after(), tree);
      if (held[at] + found[at] != now) {
        throw new AssertionError("the rows found of " + tree.name() + " are not those that differ");
      }
      held[at] = now;
    }
    diff.finish();
    return null;
  }

  /**
   * A number for a row's bytes; the sum of those of a table's rows distinguishes it from others.
   */
  private static long number(RowCursor row) {
    byte[] payload = row.copyPayload();
    long x = (row.rowid() * 31 + payload.length) * 0x9E3779B97F4A7C15L;
    x = (x ^ x >>> 32 ^ Arrays.hashCode(payload)) * 0xD6E8FEB86659FD93L;
    return (x ^ x >>> 32) * 0xD6E8FEB86659FD93L;
  }

  private static long sum(PageFormat format, PageSource source, Tree tree) {
    long[] sum = {0};
    new TreeRows(format, source)
        .forEach(
            tree,
            row -> {
              sum[0] += number(row);
              return true;
            });
    return sum[0];
  }

  /** Whether rowids ascend, and no row is in an index b-tree twice. */
  boolean isOrderly() {
    boolean orderly = true;
    TreeRows rows = new TreeRows(diff.formatBefore(), pages);
    for (Tree tree : trees) {
      Set<Long> seen = new HashSet<>();
      long[] last = {Long.MIN_VALUE};
      orderly &=
          rows.forEach(
              tree,
              row -> {
                boolean next =
                    tree.kind() == TreeKind.INDEX ? seen.add(number(row)) : row.rowid() > last[0];
                last[0] = row.rowid();
                return next;
              });
    }
    return orderly;
  }

  /** The sum of what came, less that of what went. */
  private long changes(Tree tree) {
    long[] sum = {0};
    TreeDelta delta = diff.delta(tree, tree);
    RowSink sink =
        new RowSink() {
          @Override
          public void deleted(RowCursor before) {
            sum[0] -= number(before);
          }

          @Override
          public void updated(RowCursor before, RowCursor after) {
            sum[0] -= number(before);
            sum[0] += number(after);
          }

          @Override
          public void inserted(RowCursor after) {
            sum[0] += number(after);
          }
        };
    if (tree.kind() == TreeKind.INDEX) {
      // By all bytes, so that no order of keys is needed.
      diff.rowsByKey(delta, Follower::whole, Follower::whole, sink);
    } else {
      diff.rows(delta, null, sink);
    }
    return sum[0];
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
