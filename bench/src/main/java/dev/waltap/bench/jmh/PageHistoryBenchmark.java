// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.jmh;

import dev.waltap.history.PageHistory;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Single-row inserts, of two pages each, through a backlog of differences. */
@State(Scope.Thread)
public class PageHistoryBenchmark extends HotPath {
  private static final int ROWS = 10_000;
  private static final int INSERTS = 256;
  private static final int WAITING = 1000;
  private static final int MEMORY = 32 << 20;

  private PageBuffers buffers;
  private PageStore overflow;
  private PageHistory history;
  private TransactionPages pages;

  /** What each insert wrote: pages of the table and of its index. */
  private int[][] numbers;

  private byte[][][] images;
  private int next;

  /** Inserts rows and keeps the pages that each of them changed. */
  @Setup
  public void setUp() throws SQLException, IOException {
    numbers = new int[INSERTS][];
    images = new byte[INSERTS][][];
    try (SampleTable table = SampleTable.typical(ROWS)) {
      table.execute("CREATE INDEX by_creation ON typical(created)");
      byte[][] before = table.pages();
      for (int i = 0; i < INSERTS; i++) {
        table.execute(
            "INSERT INTO typical SELECT max(id) + 1, 'somebody', 'somebody@example.org', 0.5, 3,"
                + " max(created) + 1, 1, 'a note of some length, grüße 17' FROM typical");
        byte[][] after = table.pages();
        keep(i, before, after);
        before = after;
      }
      buffers = new PageBuffers(before[1].length);
    }
    overflow = new PageStore(buffers.pageSize(), 0);
    history = new PageHistory(buffers, MEMORY);
    pages = new TransactionPages(buffers, overflow, MEMORY);
    for (int i = 0; i < WAITING; i++) {
      fill();
      history.append(pages);
    }
  }

  private void keep(int insert, byte[][] before, byte[][] after) {
    int[] changed = new int[after.length];
    int size = 0;
    for (int number = 1; number < after.length; number++) {
      if (number >= before.length || !Arrays.equals(before[number], after[number])) {
        changed[size++] = number;
      }
    }
    numbers[insert] = Arrays.copyOf(changed, size);
    images[insert] = new byte[size][];
    for (int i = 0; i < size; i++) {
      images[insert][i] = after[changed[i]];
    }
  }

  private void fill() {
    int[] changed = numbers[next];
    for (int i = 0; i < changed.length; i++) {
      byte[] image = buffers.take();
      System.arraycopy(images[next][i], 0, image, 0, image.length);
      pages.put(changed[i], image);
    }
    next = next + 1 == INSERTS ? 0 : next + 1;
  }

  /** Copies a transaction as if out of the WAL, appends it, and takes out the oldest. */
  @Benchmark
  public int appendAndTake() {
    fill();
    history.append(pages);
    history.take(pages);
    int size = pages.size();
    pages.clear();
    return size;
  }

  /** The copying alone. */
  @Benchmark
  public int copy() {
    fill();
    int size = pages.size();
    pages.clear();
    return size;
  }

  /** Closes what overflows, which nothing does. */
  @TearDown
  public void tearDown() {
    overflow.close();
  }
}
