// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.jmh;

import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.diff.RowCursor;
import dev.waltap.diff.RowSink;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.format.PageFormat;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One transaction of one row against the page set: {@link #diff} finds what changed and leaves all
 * as it was; {@link #follow} moves the page set on, there and back again. Both should allocate
 * nothing: run with {@code -prof gc}.
 */
@State(Scope.Thread)
public class PageDiffBenchmark extends HotPath {
  private static final int ROWS = 20_000;

  /** What a transaction does. */
  public enum Change {
    /** A row behind all others; of one leaf. */
    APPEND("INSERT INTO typical(id, name) VALUES(10000000, 'new')"),
    /** A row between others of one leaf, which has room for it. */
    INSERT("INSERT INTO typical(id) VALUES(100005)"),
    /** One column of a row in the middle. */
    UPDATE("UPDATE typical SET score = 0.5 WHERE id = 100000"),
    /** A row in the middle. */
    DELETE("DELETE FROM typical WHERE id = 100000"),
    /** A row too large for the room that is left: its leaf is split, neighbours are balanced. */
    SPLIT("INSERT INTO typical(id, note) VALUES(100005, hex(zeroblob(1500)))");

    private final String sql;

    Change(String sql) {
      this.sql = sql;
    }
  }

  /** The change. */
  @Param public Change change = Change.APPEND;

  private final Counter counter = new Counter();
  private Tree tree;
  private PageBuffers buffers;
  private PageSet pageSet;
  private TransactionDiff diff;
  private TransactionPages forward;
  private TransactionPages pages;
  private int[] numbers;
  private byte[][] before;
  private byte[][] after;

  /** Makes both versions with SQLite, and a page set of the first. */
  @Setup
  public void setUp() throws SQLException, IOException {
    try (SampleTable table = SampleTable.typical(ROWS)) {
      if (change == Change.INSERT) {
        table.execute("DELETE FROM typical WHERE id = 100010"); // Makes room.
      }
      before = table.pages();
      table.execute(change.sql);
      after = table.pages();
      tree = table.tree();
      start(table.format());
    }
    forward = newTransaction();
    pages = newTransaction();
    put(after, forward);
    counter.rows = 0;
    rows(forward);
    if (counter.rows != 1) {
      throw new IllegalStateException(counter.rows + " rows changed instead of one");
    }
  }

  private void start(PageFormat format) {
    buffers = new PageBuffers(format.pageSize());
    pageSet = new PageSet(buffers, 64 << 20);
    PageOwners owners = new PageOwners();
    TreeScanner.Visitor visitor =
        (of, number, kind, parent, image) -> {
          owners.adopt(of, number, kind, parent);
          pageSet.put(number, image.clone());
        };
    new TreeScanner(number -> before[number], format, before.length - 1, visitor).scan(tree);
    diff = new TransactionDiff(format, buffers, pageSet, owners, newTransaction());
    numbers = new int[after.length];
    int count = 0;
    for (int i = 2; i < after.length; i++) {
      if (i >= before.length || !Arrays.equals(before[i], after[i])) {
        numbers[count++] = i;
      }
    }
    numbers = Arrays.copyOf(numbers, count);
  }

  private TransactionPages newTransaction() {
    PageStore none = new PageStore(buffers.pageSize(), 0);
    return new TransactionPages(buffers, none, Integer.MAX_VALUE);
  }

  private void put(byte[][] version, TransactionPages into) {
    for (int number : numbers) {
      if (number < version.length) {
        byte[] image = buffers.take();
        System.arraycopy(version[number], 0, image, 0, image.length);
        into.put(number, image);
      }
    }
  }

  private void rows(TransactionPages transaction) {
    diff.begin(transaction);
    diff.rows(diff.delta(tree, tree), null, counter);
  }

  /** Which pages and which rows changed. */
  @Benchmark
  public long diff() {
    rows(forward);
    return counter.rows;
  }

  /** A transaction and the one that undoes it: copied, compared, and the page set moved on. */
  @Benchmark
  @OperationsPerInvocation(2)
  public long follow() {
    put(after, pages);
    rows(pages);
    diff.check();
    diff.finish();
    put(before, pages);
    rows(pages);
    diff.check();
    diff.finish();
    return counter.rows;
  }

  /** Closes the page set. */
  @TearDown
  public void tearDown() {
    pageSet.close();
  }

  private static final class Counter implements RowSink {
    private long rows;

    @Override
    public void deleted(RowCursor was) {
      rows++;
    }

    @Override
    public void updated(RowCursor was, RowCursor is) {
      rows++;
    }

    @Override
    public void inserted(RowCursor is) {
      rows++;
    }
  }
}
