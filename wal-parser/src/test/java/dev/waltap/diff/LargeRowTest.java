// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.format.TextEncoding;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import dev.waltap.record.ColumnLayout;
import dev.waltap.record.TableLayout;
import dev.waltap.record.Value;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Rows of many megabytes are compared where they are, and put together for nobody. */
class LargeRowTest implements RowSink {
  private static final int SIZE = 20_000_000;

  /** So few pages are held uncompressed that reading a chain shows in the memory allocated. */
  private static final String COLD = "cold";

  private static final long NEXT_TO_NOTHING = 1 << 20;
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path directory;
  private VersionedDatabase database;
  private PageSet pages;
  private PageStore spill;
  private TransactionPages written;
  private TransactionDiff diff;
  private Tree tree;
  private Tree keyed;
  private TableLayout layout;
  private final List<String> changes = new ArrayList<>();
  private long allocated;
  private int pagesWritten;

  @BeforeEach
  void open(TestInfo test) throws SQLException {
    long memory = test.getTags().contains(COLD) ? 1 << 20 : 1 << 30;
    database = new VersionedDatabase(directory.resolve("a.db"), 4096, 0);
    database.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, n, v)");
    database.execute("CREATE TABLE w(k PRIMARY KEY, n, v) WITHOUT ROWID");
    database.execute("INSERT INTO t VALUES(1, 0, randomblob(" + SIZE + ")), (2, 0, 'small')");
    database.execute("INSERT INTO w SELECT 'key ' || id, n, v FROM t");
    while (database.next() != null) {}
    PageBuffers buffers = new PageBuffers(4096);
    pages = new PageSet(buffers, memory);
    spill = new PageStore(4096, 0);
    written = new TransactionPages(buffers, spill, 1L << 30);
    PageOwners owners = new PageOwners();
    diff = new TransactionDiff(database.format(), buffers, pages, owners, written);
    tree = new Tree(0, database.roots().getOrDefault("t", 0), TreeKind.TABLE, "t");
    keyed = new Tree(1, database.roots().getOrDefault("w", 0), TreeKind.INDEX, "w");
    TreeScanner scanner =
        new TreeScanner(
            database.version(),
            database.format(),
            database.version().size(),
            (of, number, kind, parent, image) -> {
              owners.adopt(of, number, kind, parent);
              pages.put(number, image.clone());
            });
    scanner.scan(tree);
    scanner.scan(keyed);
    List<ColumnLayout> columns = new ArrayList<>();
    for (String name : new String[] {"id", "n", "v"}) {
      columns.add(new ColumnLayout(name, false, Value.NULL));
    }
    layout = TableLayout.rowidTable("t", tree.root(), TextEncoding.UTF_8, columns, 0, 0);
  }

  @AfterEach
  void close() throws SQLException {
    pages.close();
    spill.close();
    database.close();
  }

  @Test
  @Tag(COLD)
  void leavesALargeRowAloneWhenItsNeighbourChanges() throws SQLException {
    execute(tree, "UPDATE t SET v = 'other' WHERE id = 2");
    assertThat(changes).containsExactly("~2");
    assertThat(allocated).isLessThan(NEXT_TO_NOTHING);
  }

  @Test
  void comparesARowThatMovedWhereItStands() throws SQLException {
    execute(tree, "UPDATE t SET id = 3 WHERE id = 1");
    assertThat(changes).containsExactly("-1", "+3");
    changes.clear();
    execute(
        tree,
        "DELETE FROM t WHERE id = 2",
        "DELETE FROM t WHERE id = 3",
        "INSERT INTO t VALUES(4, 0, zeroblob(100000))",
        "INSERT INTO t SELECT 3, n, v FROM w WHERE k = 'key 1'");
    assertThat(pagesWritten).isGreaterThan(SIZE / 4096);
    assertThat(changes).containsExactly("-2", "+4");
    assertThat(allocated).isLessThan(NEXT_TO_NOTHING);
  }

  @Test
  void knowsThatARowDiffersWithoutPuttingItTogether() throws SQLException {
    for (String sql :
        new String[] {
          "UPDATE t SET v = zeroblob(length(v)) WHERE id = 1",
          "UPDATE t SET v = CAST(zeroblob(15000000) || x'01' || zeroblob(4999999) AS BLOB)"
              + " WHERE id = 1",
          "UPDATE t SET v = substr(v, 2) WHERE id = 1",
          "UPDATE t SET n = n + 1 WHERE id = 1",
          "UPDATE t SET n = n + 1 WHERE id = 1",
          "UPDATE t SET n = 0.5 WHERE id = 1",
          "UPDATE t SET n = 1.5 WHERE id = 1"
        }) {
      changes.clear();
      execute(tree, sql);
      assertThat(changes).as(sql).containsExactly("~1");
      assertThat(allocated).as(sql).isLessThan(NEXT_TO_NOTHING);
    }
  }

  @Test
  @Tag(COLD)
  void readsNoMoreOfARowThanItsKeyTakes() throws SQLException {
    execute(keyed, "INSERT INTO w VALUES('key 0', 0, 0), ('key 11', 0, 0)");
    assertThat(changes).containsExactly("+0", "+0");
    assertThat(allocated).isLessThan(NEXT_TO_NOTHING);
  }

  /** Runs one transaction, and follows what it does to a tree. */
  private void execute(Tree of, String... statements) throws SQLException {
    database.execute("BEGIN");
    for (String sql : statements) {
      database.execute(sql);
    }
    database.execute("COMMIT");
    VersionedDatabase.Commit commit = java.util.Objects.requireNonNull(database.next());
    commit.pages().forEach((number, image) -> written.put(number, image.clone()));
    written.databaseSize(commit.databaseSize());
    pagesWritten = written.size();
    long thread = Thread.currentThread().getId();
    long before = THREADS.getThreadAllocatedBytes(thread);
    diff.begin(written);
    TreeDelta delta = diff.delta(of, of);
    diff.rows(delta, of.kind() == TreeKind.INDEX ? new DiffFollower.SlowKeys(1) : null, this);
    allocated = THREADS.getThreadAllocatedBytes(thread) - before;
    diff.check();
    diff.finish();
  }

  @Override
  public void deleted(RowCursor before) {
    changes.add("-" + before.rowid());
  }

  @Override
  public void updated(RowCursor before, RowCursor after) {
    if (before.payloadSize() > 10_000 && !before.surelyDiffersFrom(after, layout)) {
      changes.add("?");
    }
    changes.add("~" + before.rowid());
  }

  @Override
  public void inserted(RowCursor after) {
    changes.add("+" + after.rowid());
  }
}
