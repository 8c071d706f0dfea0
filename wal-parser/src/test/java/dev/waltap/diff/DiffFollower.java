// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import dev.waltap.page.UnknownPageException;
import dev.waltap.record.KeyBytes;
import dev.waltap.record.KeyOrder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Follows a database by {@link TransactionDiff}, as the engine does, and compares everything it
 * finds with {@link SlowTree}, a fresh {@link TreeScanner} and SQLite's own dbstat.
 */
final class DiffFollower implements AutoCloseable {
  private final VersionedDatabase database;
  private final Predicate<String> captured;
  private final KeyFields keyFields;
  private final PageBuffers buffers;
  private final PageSet pages;
  private final PageStore spill;
  private final TransactionPages written;
  private final PageOwners owners = new PageOwners();
  private final TransactionDiff diff;
  private final Map<String, Tree> trees = new HashMap<>();
  private final Map<String, List<SlowTree.Row>> rows = new HashMap<>();
  private int nextOrdinal;
  private int transactions;
  private int changes;
  private boolean asksForRows = true;

  /** How many leading fields of its records are an index tree's key, 0 for a table tree. */
  @FunctionalInterface
  interface KeyFields {
    int of(String tree);
  }

  /**
   * Starts with the database as it is.
   *
   * @param captured which trees to follow, by name
   * @param memory budget of the page set and of the transaction's pages, each
   */
  DiffFollower(
      VersionedDatabase database, Predicate<String> captured, KeyFields keyFields, long memory)
      throws SQLException {
    this.database = database;
    this.captured = captured;
    this.keyFields = keyFields;
    this.buffers = new PageBuffers(database.format().pageSize());
    this.pages = new PageSet(buffers, memory);
    this.spill = new PageStore(database.format().pageSize(), 0);
    this.written = new TransactionPages(buffers, spill, memory);
    this.diff = new TransactionDiff(database.format(), buffers, pages, owners, written);
    while (database.next() != null) {}
    TreeScanner scanner =
        scanner(
            (tree, pageNumber, kind, parent, image) -> {
              owners.adopt(tree, pageNumber, kind, parent);
              pages.put(pageNumber, image.clone());
            });
    for (var root : database.roots().entrySet()) {
      if (captured.test(root.getKey())) {
        Tree tree = newTree(root.getKey(), root.getValue());
        trees.put(tree.name(), tree);
        rows.put(tree.name(), slowRows(tree));
        scanner.scan(tree);
      }
    }
    checkPages();
  }

  int transactions() {
    return transactions;
  }

  int changes() {
    return changes;
  }

  /** Whether it looks at the rows that differ, or only moves on. */
  void asksForRows(boolean wanted) {
    asksForRows = wanted;
  }

  private Tree newTree(String name, int root) {
    return new Tree(
        nextOrdinal++, root, keyFields.of(name) > 0 ? TreeKind.INDEX : TreeKind.TABLE, name);
  }

  private TreeScanner scanner(TreeScanner.Visitor visitor) {
    return new TreeScanner(
        database.version(), database.format(), database.version().size(), visitor);
  }

  private List<SlowTree.Row> slowRows(Tree tree) {
    return SlowTree.rows(
        database.version(), database.format(), tree.root(), tree.kind() == TreeKind.INDEX);
  }

  /**
   * Follows the transactions committed since the last call. There may be one only that moves roots.
   */
  void follow() throws SQLException {
    VersionedDatabase.Commit commit;
    while ((commit = database.next()) != null) {
      follow(commit);
      transactions++;
    }
  }

  private void follow(VersionedDatabase.Commit commit) throws SQLException {
    commit
        .pages()
        .forEach(
            (pageNumber, image) -> {
              byte[] buffer = buffers.take();
              System.arraycopy(image, 0, buffer, 0, image.length);
              written.put(pageNumber, buffer);
            });
    written.databaseSize(commit.databaseSize());
    Map<String, Integer> roots = database.roots();
    roots.keySet().removeIf(name -> !captured.test(name));
    diff.begin(written);
    Set<String> names = new HashSet<>(roots.keySet());
    names.addAll(trees.keySet());
    Map<TreeDelta, List<long[]>> addresses = new HashMap<>();
    Map<TreeDelta, List<String>> seen = new HashMap<>();
    for (String name : names) {
      Tree before = trees.get(name);
      Integer root = roots.get(name);
      Tree after = root == null ? null : before == null ? newTree(name, root) : before.at(root);
      List<SlowTree.Row> rowsBefore = rows.getOrDefault(name, List.of());
      if (after == null) {
        diff.delta(before, null);
        trees.remove(name);
        rows.remove(name);
        continue;
      }
      List<SlowTree.Row> rowsAfter = slowRows(after);
      List<String> expected = SlowTree.diff(rowsBefore, rowsAfter, order(name));
      trees.put(name, after);
      rows.put(name, rowsAfter);
      boolean touched = before == null || before.root() != after.root() || diff.isTouched(before);
      if (touched && !asksForRows) {
        moveOn(before, after);
      } else if (touched) {
        TreeDelta delta = diff.delta(before, after);
        Collector collector = new Collector();
        diff.rows(delta, keyOrder(name), collector);
        compare("changes of " + name, expected, collector.changes);
        Collector again = new Collector();
        diff.rows(delta, keyOrder(name), again);
        compare("changes of a second pass of " + name, expected, again.changes);
        if (after.kind() == TreeKind.INDEX) {
          followByKey(delta, name, expected);
        }
        addresses.put(delta, collector.addresses);
        seen.put(delta, expected);
        changes += expected.size();
      } else {
        assertThat(expected).as("changes of untouched %s", name).isEmpty();
      }
    }
    diff.check();
    addresses.forEach((delta, list) -> revisit(delta, list, seen.getOrDefault(delta, List.of())));
    diff.finish();
    checkPages();
  }

  private void moveOn(@Nullable Tree before, Tree after) {
    if (transactions % 2 == 0) {
      diff.delta(before, after);
    } else {
      diff.follow(before, after, () -> {});
    }
  }

  /** Follows, up to a point, a transaction that leads from the tree's root to an unknown page. */
  void giveUp(String name) {
    Tree tree = java.util.Objects.requireNonNull(trees.get(name));
    byte[] root = database.version().page(tree.root()).clone();
    int beyond = database.version().size() + 1;
    for (int i = 0; i < 5000; i++) {
      written.put(beyond + i, root.clone());
    }
    java.nio.ByteBuffer.wrap(root).putInt(8, beyond + 5000);
    written.put(tree.root(), root);
    written.databaseSize(beyond + 5000);
    assertThat(spill.bytes()).isPositive();
    diff.begin(written);
    assertThatThrownBy(() -> diff.delta(tree, tree)).isInstanceOf(UnknownPageException.class);
    diff.abandon();
    assertThat(written.size()).isZero();
    assertThat(spill.bytes()).isZero();
    checkPages();
  }

  /** The same rows in another order: what was deleted comes first. */
  private void followByKey(TreeDelta delta, String name, List<String> expected) {
    Collector collector = new Collector();
    int fields = keyFields.of(name);
    diff.rowsByKey(delta, new SlowKeys(fields), new SlowKeys(fields), collector);
    List<String> reordered = new ArrayList<>(expected);
    reordered.sort(Comparator.comparing(line -> !line.startsWith("-")));
    compare("changes by key of " + name, reordered, collector.changes);
  }

  private void revisit(TreeDelta delta, List<long[]> addresses, List<String> expected) {
    List<String> changed = new ArrayList<>();
    for (long[] address : addresses) {
      SlowTree.Row before = address[0] == 0 ? null : row(diff.before(delta, address[0]));
      SlowTree.Row after = address[1] == 0 ? null : row(diff.after(delta, address[1]));
      changed.add(line(before, after));
    }
    compare("changes gone back to of " + delta.tree(), expected, changed);
  }

  private static void compare(String what, List<String> expected, List<String> actual) {
    if (!actual.equals(expected)) {
      List<String> missing = new ArrayList<>(expected);
      missing.removeAll(actual);
      List<String> wrong = new ArrayList<>(actual);
      wrong.removeAll(expected);
      throw new AssertionError(
          "%s: of %d, %d missing, %d wrong (none: the order is)%nmissing %s%nwrong %s"
              .formatted(
                  what,
                  expected.size(),
                  missing.size(),
                  wrong.size(),
                  missing.subList(0, Math.min(10, missing.size())),
                  wrong.subList(0, Math.min(10, wrong.size()))));
    }
  }

  private static String line(SlowTree.@Nullable Row before, SlowTree.@Nullable Row after) {
    if (before == null && after == null) {
      throw new IllegalArgumentException();
    }
    return after == null
        ? SlowTree.deleted(java.util.Objects.requireNonNull(before))
        : before == null ? SlowTree.inserted(after) : SlowTree.updated(before, after);
  }

  private static SlowTree.Row row(RowCursor cursor) {
    byte[] payload =
        java.util.Arrays.copyOfRange(
            cursor.payload(),
            cursor.payloadOffset(),
            cursor.payloadOffset() + cursor.payloadSize());
    assertThat(cursor.copyPayload()).isEqualTo(payload);
    return new SlowTree.Row(cursor.rowid(), payload);
  }

  private Comparator<SlowTree.Row> order(String name) {
    int fields = keyFields.of(name);
    return fields == 0
        ? Comparator.comparingLong(SlowTree.Row::rowid)
        : Comparator.comparing(SlowTree.Row::payload, SlowTree.recordOrder(fields));
  }

  private @Nullable KeyOrder keyOrder(String name) {
    int fields = keyFields.of(name);
    if (fields == 0) {
      return null;
    }
    return new SlowKeys(fields);
  }

  /** Compares owners and page set with what a fresh scan finds. */
  private void checkPages() {
    PageOwners fresh = new PageOwners();
    TreeScanner scanner =
        scanner(
            (tree, pageNumber, kind, parent, image) -> fresh.adopt(tree, pageNumber, kind, parent));
    trees.values().forEach(scanner::scan);
    assertThat(owners.size()).isEqualTo(fresh.size());
    assertThat(pages.pageNumbers())
        .isEqualTo(
            java.util.stream.IntStream.range(0, owners.end())
                .map(owners::pageAt)
                .filter(page -> page != 0)
                .sorted()
                .toArray());
    int held = 0;
    byte[] image = new byte[database.format().pageSize()];
    for (int page = 1; page <= database.version().size(); page++) {
      if (owners.kind(page) != fresh.kind(page)
          || owners.parent(page) != fresh.parent(page)
          || isOfOtherTree(fresh, page)) {
        throw new AssertionError(
            "page %d is %d under %d, taken for %d under %d"
                .formatted(
                    page,
                    fresh.kind(page),
                    fresh.parent(page),
                    owners.kind(page),
                    owners.parent(page)));
      }
      boolean owned = fresh.kind(page) != PageOwners.NONE;
      assertThat(pages.contains(page)).as("page %s held", page).isEqualTo(owned);
      if (owned) {
        held++;
        pages.copy(page, image);
        assertThat(image).as("page %s", page).isEqualTo(database.version().page(page));
      }
    }
    assertThat(pages.size()).isEqualTo(held);
  }

  /** A chain's pages belong to the tree that its first one does, and are not asked one by one. */
  private boolean isOfOtherTree(PageOwners fresh, int page) {
    return owners.kind(page) != PageOwners.OVERFLOW && owners.tree(page) != fresh.tree(page);
  }

  /** Compares owners with SQLite's own account of each page. */
  void checkDbstat() throws SQLException {
    Map<Integer, String> expected = new HashMap<>();
    try (Statement statement = database.connection().createStatement();
        ResultSet result = statement.executeQuery("SELECT name, pageno, pagetype FROM dbstat")) {
      while (result.next()) {
        if (captured.test(result.getString(1))) {
          expected.put(result.getInt(2), result.getString(1) + " " + result.getString(3));
        }
      }
    }
    Map<Integer, String> names = new HashMap<>();
    trees.values().forEach(tree -> names.put(tree.ordinal(), tree.name()));
    Map<Integer, String> actual = new HashMap<>();
    for (int i = 0; i < owners.end(); i++) {
      int page = owners.pageAt(i);
      if (page != 0) {
        String kind =
            switch (owners.kind(page)) {
              case PageOwners.LEAF -> "leaf";
              case PageOwners.INTERIOR -> "internal";
              default -> "overflow";
            };
        actual.put(page, names.get(owners.tree(page)) + " " + kind);
      }
    }
    assertThat(actual).isEqualTo(expected);
  }

  @Override
  public void close() {
    pages.close();
    spill.close();
  }

  /** Keys by the plain reference, which is shown no byte behind those it asked for. */
  record SlowKeys(int fields) implements KeyOrder, KeyBytes {
    @Override
    public int compare(byte[] a, int offsetA, int sizeA, byte[] b, int offsetB, int sizeB) {
      return SlowTree.recordOrder(fields)
          .compare(known(a, offsetA, sizeA), known(b, offsetB, sizeB));
    }

    @Override
    public byte[] of(byte[] payload, int offset, int size) {
      return SlowTree.keyBytes(known(payload, offset, size), fields);
    }

    @Override
    public int extent(byte[] payload, int offset, int available, int size) {
      return SlowTree.keySize(payload, offset, available, fields);
    }

    private byte[] known(byte[] payload, int offset, int size) {
      int available = Math.min(size, payload.length - offset);
      int known = SlowTree.keySize(payload, offset, available, fields);
      return java.util.Arrays.copyOfRange(payload, offset, offset + known);
    }
  }

  /** Writes down what it receives, and where that is. */
  private static final class Collector implements RowSink {
    private final List<String> changes = new ArrayList<>();
    private final List<long[]> addresses = new ArrayList<>();

    @Override
    public void deleted(RowCursor before) {
      changes.add(SlowTree.deleted(row(before)));
      addresses.add(new long[] {before.address(), 0});
    }

    @Override
    public void updated(RowCursor before, RowCursor after) {
      changes.add(SlowTree.updated(row(before), row(after)));
      addresses.add(new long[] {before.address(), after.address()});
    }

    @Override
    public void inserted(RowCursor after) {
      changes.add(SlowTree.inserted(row(after)));
      addresses.add(new long[] {0, after.address()});
    }
  }
}
