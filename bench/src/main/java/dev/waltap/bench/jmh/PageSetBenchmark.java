// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.jmh;

import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import java.io.IOException;
import java.sql.SQLException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Looking up a page: one that is hot, and one that has to be decompressed. */
@State(Scope.Thread)
public class PageSetBenchmark extends HotPath {
  private static final int ROWS = 100_000;

  private PageBuffers buffers;
  private PageSet roomy;
  private PageSet tight;
  private byte[] changed;
  private int pages;
  private int next;

  /** Puts a database of a few thousand pages into a page set with room for all, and one without. */
  @Setup
  public void setUp() throws SQLException, IOException {
    try (SampleTable table = SampleTable.typical(ROWS)) {
      byte[][] images = table.pages();
      pages = images.length - 1;
      buffers = new PageBuffers(images[1].length);
      roomy = new PageSet(buffers, 256 << 20);
      tight = new PageSet(buffers, 2 << 20);
      for (int i = 1; i <= pages; i++) {
        roomy.put(i, images[i]);
        tight.put(i, images[i].clone());
      }
      changed = images[2].clone();
    }
    buffers.endTransaction();
  }

  private int next() {
    next = next == pages ? 1 : next + 1;
    return next;
  }

  /** A page that is there as it is. */
  @Benchmark
  public byte[] hot() {
    return roomy.page(next());
  }

  /** A page that is there compressed; another one leaves the hot tier for it, for nothing. */
  @Benchmark
  public byte[] cold() {
    byte[] page = tight.page(next());
    buffers.endTransaction();
    return page;
  }

  /** A new image in place of one that was compressed; another one is compressed for it. */
  @Benchmark
  public void replaceCold() {
    byte[] page = buffers.take();
    System.arraycopy(changed, 0, page, 0, page.length);
    tight.put(next(), page);
    buffers.endTransaction();
  }

  /** Closes both. */
  @TearDown
  public void tearDown() {
    roomy.close();
    tight.close();
  }
}
