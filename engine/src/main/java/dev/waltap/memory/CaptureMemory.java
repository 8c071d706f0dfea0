// SPDX-License-Identifier: Apache-2.0
package dev.waltap.memory;

import dev.waltap.page.MemoryLimit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one capture may use for its pages, its backlog and its queue: always the same, or what a
 * {@link MemoryPool} has. Made for each, and closed when it has ended. For any thread.
 */
public final class CaptureMemory implements AutoCloseable {
  private static final long PAGES_FLOOR = 144 << 10;
  private static final long BACKLOG_FLOOR = 48 << 10;
  private static final long QUEUE_FLOOR = 64 << 10;

  /** Pages can be moved to a file when others need memory. */
  private static final int PAGES_FACTOR = 8;

  private static final int FACTOR = 1;

  private final @Nullable MemoryPool pool;
  private final List<MemoryShare> shares = new ArrayList<>();
  private final MemoryLimit pages;
  private final MemoryLimit backlog;
  private final MemoryLimit queue;

  /** Bytes of pages that it still had after it gave back what it could. */
  private volatile long kept;

  /**
   * What a capture may use.
   *
   * @param pageSetMemory most bytes of page set and backlog together
   * @param pagesFrom what they come from; null if it has all of them for itself
   * @param queueBytes most bytes of changes
   * @param queueFrom what they come from, likewise
   */
  public CaptureMemory(
      long pageSetMemory,
      @Nullable MemoryPool pagesFrom,
      long queueBytes,
      @Nullable MemoryPool queueFrom) {
    this.pool = pagesFrom;
    long quarter = pageSetMemory / 4;
    this.pages = limit(quarter * 3, pagesFrom, PAGES_FLOOR, PAGES_FACTOR);
    this.backlog = limit(quarter, pagesFrom, BACKLOG_FLOOR, FACTOR);
    this.queue = limit(queueBytes, queueFrom, QUEUE_FLOOR, FACTOR);
  }

  /** All of it its own. */
  public static CaptureMemory fixed(long pageSetMemory, long queueBytes) {
    return new CaptureMemory(pageSetMemory, null, queueBytes, null);
  }

  private MemoryLimit limit(long most, @Nullable MemoryPool from, long floor, int factor) {
    if (from == null) {
      return MemoryLimit.of(most);
    }
    MemoryShare share = new MemoryShare(from, floor, factor);
    shares.add(share);
    return share.upTo(most);
  }

  /** For the page set, of which its holders take parts. */
  public MemoryLimit pages() {
    return pages;
  }

  /** For the arrays of pages that are used again. */
  public MemoryLimit buffers() {
    return pages.part(1, 2).atMost(pages.max() / 16);
  }

  /** For the backlog, which is its only holder. */
  public MemoryLimit backlog() {
    return backlog;
  }

  /** For the queue, which is its only holder. */
  public MemoryLimit queue() {
    return queue;
  }

  /** Whether an idle capture is to give back what it has beyond its floor, since others need it. */
  public boolean isToGiveBack() {
    MemoryPool from = pool;
    return from != null && from.isShort() && heldOfPages() > kept;
  }

  /** It has given back what it could: not again before it has more than now. */
  public void gaveBack() {
    kept = heldOfPages();
  }

  /** Bytes beyond the floor of its pages and its backlog, which have the first shares. */
  private long heldOfPages() {
    return shares.get(0).held() + shares.get(1).held();
  }

  /** Gives back all. */
  @Override
  public void close() {
    // What the queue has, nobody will take.
    assert pool == null || heldOfPages() == 0 : heldOfPages() + " bytes were not given back";
    shares.forEach(MemoryShare::close);
  }
}
