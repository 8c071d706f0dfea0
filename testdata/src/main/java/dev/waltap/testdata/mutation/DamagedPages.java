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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Follows transactions some of whose pages are damaged, in memory. Each ends with a declared
 * exception before a row was believed, or with the very rows that differ between scans of the whole
 * tables before and after.
 */
final class DamagedPages {
  private final RecordedDatabase base;

  DamagedPages(RecordedDatabase base) {
    this.base = base;
  }

  /**
   * Follows the transactions, one of them damaged, and those after it as they are.
   *
   * @return whether the damaged one was followed
   * @throws AssertionError if what was found is not what differs
   */
  boolean run(Random random) {
    PageFormat format = PageFormat.of(base.page(1));
    PageBuffers buffers = new PageBuffers(base.pageSize());
    PageOwners owners = new PageOwners();
    List<Tree> trees = trees();
    try (PageSet pages = new PageSet(buffers, 1 << 22);
        PageStore spill = new PageStore(base.pageSize(), 0)) {
      TreeScanner scanner =
          new TreeScanner(
              base::page,
              format,
              base.pageCount(),
              (tree, page, kind, parent, image) -> {
                owners.adopt(tree, page, kind, parent);
                pages.put(page, image.clone());
              });
      trees.forEach(scanner::scan);
      TransactionPages written = new TransactionPages(buffers, spill, 1 << 22);
      TransactionDiff diff = new TransactionDiff(format, buffers, pages, owners, written);
      int damaged = random.nextInt(base.transactions().size());
      for (int i = 0; i <= damaged; i++) {
        RecordedDatabase.Written transaction = base.transactions().get(i);
        transaction.pages().forEach((page, image) -> written.put(page, image.clone()));
        written.databaseSize(transaction.databaseSize());
        if (i == damaged) {
          damage(random, transaction, written);
        }
        if (!follow(diff, written, pages, trees)) {
          return false;
        }
      }
      return true;
    }
  }

  private List<Tree> trees() {
    List<Tree> trees = new ArrayList<>();
    base.roots()
        .forEach((name, root) -> trees.add(new Tree(trees.size(), root, name.equals("w"), name)));
    return trees;
  }

  private void damage(
      Random random, RecordedDatabase.Written transaction, TransactionPages written) {
    Mutation mutation = new Mutation(random);
    List<Integer> numbers = new ArrayList<>(transaction.pages().keySet());
    for (int i = random.nextInt(3); i >= 0; i--) {
      int page = numbers.get(random.nextInt(numbers.size()));
      byte[] image = written.get(page);
      if (image != null) {
        byte[] damaged = image.clone();
        mutation.damage(damaged, base.page(1 + random.nextInt(base.pageCount())));
        written.put(page, damaged);
      }
    }
  }

  private static boolean follow(
      TransactionDiff diff, TransactionPages written, PageSet pages, List<Tree> trees) {
    Map<String, List<String>> found = new TreeMap<>();
    try {
      diff.begin(written);
      for (Tree tree : trees) {
        found.put(tree.name(), diff.isTouched(tree) ? changes(diff, tree) : List.of());
      }
      diff.check();
    } catch (DatabaseException | UnknownPageException e) {
      diff.abandon();
      return false; // Declared, and before anything was believed.
    }
    for (Tree tree : trees) {
      List<String> expected = difference(diff, pages, tree);
      List<String> actual = found.get(tree.name());
      if (expected != null && !expected.equals(actual)) {
        throw new AssertionError(
            "rows of " + tree.name() + ": expected " + expected + ", found " + actual);
      }
    }
    diff.finish();
    return true;
  }

  /** What a scan of both versions says; null if the new one can't be scanned as a whole. */
  private static @org.jspecify.annotations.Nullable List<String> difference(
      TransactionDiff diff, PageSet pages, Tree tree) {
    try {
      List<String> before = rows(diff.formatBefore(), pages, tree);
      List<String> after = rows(diff.formatAfter(), diff.after(), tree);
      List<String> gone = new ArrayList<>(before);
      List<String> came = new ArrayList<>(after);
      after.forEach(gone::remove);
      before.forEach(came::remove);
      List<String> lines = new ArrayList<>();
      gone.forEach(row -> lines.add("-" + row));
      came.forEach(row -> lines.add("+" + row));
      Collections.sort(lines);
      return lines;
    } catch (DatabaseException | UnknownPageException e) {
      return null;
    }
  }

  private static List<String> rows(PageFormat format, PageSource source, Tree tree) {
    List<String> rows = new ArrayList<>();
    new TreeRows(format, source)
        .forEach(
            tree,
            row -> {
              rows.add(line(row));
              return true;
            });
    return rows;
  }

  private static String line(RowCursor row) {
    byte[] payload = row.copyPayload();
    return row.rowid() + ":" + payload.length + ":" + Arrays.hashCode(payload);
  }

  private static List<String> changes(TransactionDiff diff, Tree tree) {
    List<String> lines = new ArrayList<>();
    TreeDelta delta = diff.delta(tree, tree);
    RowSink sink =
        new RowSink() {
          @Override
          public void deleted(RowCursor before) {
            lines.add("-" + line(before));
          }

          @Override
          public void updated(RowCursor before, RowCursor after) {
            lines.add("-" + line(before));
            lines.add("+" + line(after));
          }

          @Override
          public void inserted(RowCursor after) {
            lines.add("+" + line(after));
          }
        };
    if (tree.index()) {
      // By all bytes, so that no order of keys is needed.
      diff.rowsByKey(delta, DamagedPages::whole, DamagedPages::whole, sink);
    } else {
      diff.rows(delta, null, sink);
    }
    Collections.sort(lines);
    return lines;
  }

  private static byte[] whole(byte[] payload, int offset, int size) {
    return Arrays.copyOfRange(payload, offset, offset + size);
  }
}
