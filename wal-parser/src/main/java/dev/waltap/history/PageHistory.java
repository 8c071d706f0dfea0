// SPDX-License-Identifier: Apache-2.0
package dev.waltap.history;

import dev.waltap.format.Bytes;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The pages of many transactions, first in, first out, in far less memory than they take as they
 * are: of a page that was appended a short while before, only what changed. A commit of one row
 * writes pages of which it changes a few hundred bytes; to compare them costs far less than to
 * compress them.
 *
 * <p>Both ends remember recent pages, and are shown the same ones in the same order: so the end
 * that takes knows the version that the other one compared with. Both forget when the last
 * transaction is taken. For one thread.
 *
 * <pre>
 * OFFSET  SIZE  MEANING OF A TRANSACTION
 *      0     4  number of pages
 *      4     4  pages of the database after it
 *      8        the pages; each lies within one chunk:
 *               0     4  page number
 *               4        a {@link PageDifference}, or 2 bytes 0xffff and the page as it is
 * </pre>
 */
public final class PageHistory {
  private static final int TRANSACTION_HEADER = 8;
  private static final int PAGE_HEADER = 6;

  private final PageBuffers buffers;
  private final int pageSize;
  private final int chunkSize;
  private final RecentPages appended;
  private final RecentPages taken;
  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
  private @Nullable Chunk spare;
  private int transactions;

  private static final class Chunk {
    final byte[] bytes;
    int read;
    int end;

    Chunk(int size) {
      bytes = new byte[size];
    }
  }

  /**
   * An empty history.
   *
   * @param buffers where arrays of images come from and go to
   * @param memory bytes that the owner means to let {@link #bytes} grow to; each end remembers
   *     recent pages in an eighth of it
   */
  public PageHistory(PageBuffers buffers, long memory) {
    this.buffers = buffers;
    this.pageSize = buffers.pageSize();
    this.chunkSize =
        (int) Math.max(4L * (PAGE_HEADER + pageSize), Math.min(PageStore.CHUNK, memory / 64));
    this.appended = new RecentPages(buffers, memory / 8);
    this.taken = new RecentPages(buffers, memory / 8);
  }

  /** Whether no transaction is held. */
  public boolean isEmpty() {
    return transactions == 0;
  }

  /** Bytes of memory in use, with what both ends remember; none when empty. */
  public long bytes() {
    int held = chunks.size() + (spare == null ? 0 : 1);
    return (long) held * chunkSize + appended.bytes() + taken.bytes();
  }

  /** Appends a transaction's pages; the transaction is left empty. */
  public void append(TransactionPages pages) {
    int size = pages.size();
    Chunk chunk = room(TRANSACTION_HEADER);
    Bytes.putU32(chunk.bytes, chunk.end, size);
    Bytes.putU32(chunk.bytes, chunk.end + 4, pages.databaseSize());
    chunk.end += TRANSACTION_HEADER;
    for (int i = 0; i < size; i++) {
      append(pages.pageNumber(i), pages.removeImage(i));
    }
    pages.clear();
    transactions++;
  }

  private void append(int pageNumber, byte[] image) {
    Chunk chunk = room(PAGE_HEADER + pageSize);
    byte[] bytes = chunk.bytes;
    int at = chunk.end + 4;
    Bytes.putU32(bytes, chunk.end, pageNumber);
    byte[] known = appended.get(pageNumber);
    int end = PageDifference.TOO_LARGE;
    if (known != null) {
      end = PageDifference.write(known, image, bytes, at, at + pageSize / 2);
    }
    if (end == PageDifference.TOO_LARGE) {
      Bytes.putU16(bytes, at, PageDifference.NEVER_RUNS);
      System.arraycopy(image, 0, bytes, at + 2, pageSize);
      end = at + 2 + pageSize;
    }
    chunk.end = end;
    appended.put(pageNumber, image);
  }

  private Chunk room(int bytes) {
    Chunk chunk = chunks.peekLast();
    if (chunk == null || chunkSize - chunk.end < bytes) {
      chunk = spare != null ? spare : new Chunk(chunkSize);
      spare = null;
      chunk.read = 0;
      chunk.end = 0;
      chunks.addLast(chunk);
    }
    return chunk;
  }

  /**
   * Takes out the oldest transaction's pages.
   *
   * @param into an empty transaction that takes them
   * @throws IllegalStateException if there is none
   */
  public void take(TransactionPages into) {
    if (isEmpty()) {
      throw new IllegalStateException("no transaction is held");
    }
    Chunk chunk = unread();
    int size = Bytes.u32(chunk.bytes, chunk.read);
    into.databaseSize(Bytes.u32(chunk.bytes, chunk.read + 4));
    chunk.read += TRANSACTION_HEADER;
    for (int i = 0; i < size; i++) {
      takePage(unread(), into);
    }
    if (--transactions == 0) {
      clear();
    }
  }

  private Chunk unread() {
    Chunk chunk = chunks.getFirst();
    if (chunk.read == chunk.end) {
      spare = chunks.removeFirst();
      chunk = chunks.getFirst();
    }
    return chunk;
  }

  private void takePage(Chunk chunk, TransactionPages into) {
    byte[] bytes = chunk.bytes;
    int pageNumber = Bytes.u32(bytes, chunk.read);
    int at = chunk.read + 4;
    byte[] known = taken.get(pageNumber);
    if (Bytes.u16(bytes, at) == PageDifference.NEVER_RUNS) {
      if (known == null) {
        known = buffers.take();
        taken.put(pageNumber, known);
      }
      System.arraycopy(bytes, at + 2, known, 0, pageSize);
      chunk.read = at + 2 + pageSize;
    } else if (known != null) {
      chunk.read = PageDifference.apply(bytes, at, known);
    } else {
      throw new IllegalStateException("no version of page " + pageNumber + " to change");
    }
    assert chunk.read <= chunk.end : "read past the end of what was appended";
    byte[] image = buffers.take();
    System.arraycopy(known, 0, image, 0, pageSize);
    into.put(pageNumber, image);
  }

  /** Forgets all transactions and gives back their memory. */
  public void clear() {
    transactions = 0;
    chunks.clear();
    spare = null;
    appended.clear();
    taken.clear();
  }
}
