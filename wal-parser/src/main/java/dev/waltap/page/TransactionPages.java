// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import java.util.Arrays;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The pages that one transaction wrote, each in its last image. Large ones are kept compressed in a
 * {@link PageStore} past a limit, so that memory does not grow with the transaction. The few of
 * those that were read last are at hand: a walk over the cells of an index b-tree comes back to an
 * interior page for each of its cells. For one thread.
 */
public final class TransactionPages {
  private static final int RECENT_BYTES = 1 << 18;
  private static final int MIN_RECENT = 8;

  private final PageBuffers buffers;
  private final PageStore overflow;
  private final LongUnaryOperator allowance;
  private int maxInMemory;

  /** The number of pages at which to ask whether more may be held. */
  private int askAt;

  private int[] numbers = new int[8];
  private byte[] @Nullable [] images = new byte[8][];
  private int[] handles = new int[8];
  private int[] table = new int[16];

  /** Images decompressed, each in the place that its index has, a remainder. */
  private byte[] @Nullable [] recent = {};

  /** Indexes of those, plus 1. */
  private int[] recentAt = {};

  private boolean recentUsed;
  private int size;
  private int databaseSize;

  /**
   * No pages yet.
   *
   * @param buffers where the arrays of images go back to
   * @param overflow where images past the limit are kept
   * @param memory bytes of images to hold uncompressed
   */
  public TransactionPages(PageBuffers buffers, PageStore overflow, long memory) {
    this(buffers, overflow, memory, wanted -> 0);
  }

  /**
   * The same, with a limit that may be raised.
   *
   * @param allowance asked when the limit is reached, and again with each piece past it: is given
   *     the bytes wanted, and says how many may be held uncompressed
   */
  public TransactionPages(
      PageBuffers buffers, PageStore overflow, long memory, LongUnaryOperator allowance) {
    this.buffers = buffers;
    this.overflow = overflow;
    this.allowance = allowance;
    memory(memory);
  }

  /** Limits the bytes of images to hold uncompressed, for those put from here on. */
  public void memory(long bytes) {
    maxInMemory = (int) Math.min(Integer.MAX_VALUE, bytes / buffers.pageSize());
    askAt = maxInMemory;
  }

  private void askForMore(int pages) {
    long wanted = (pages + 1L) * buffers.pageSize();
    memory(Math.max((long) maxInMemory * buffers.pageSize(), allowance.applyAsLong(wanted)));
    askAt = Math.max(maxInMemory, pages + Math.max(1, MemoryLimit.PIECE / buffers.pageSize()));
  }

  /**
   * Takes an image; it replaces an earlier one of the same page. The array is ours from here on.
   */
  public void put(int pageNumber, byte[] image) {
    int slot = find(pageNumber);
    int at = table[slot] - 1;
    if (at < 0) {
      at = add(pageNumber, slot);
    }
    byte[] earlier = images[at];
    if (earlier != null) {
      buffers.release(earlier);
      images[at] = image;
      return;
    }
    if (handles[at] != 0) {
      forgetRecent(at);
      overflow.free(handles[at]);
      handles[at] = 0;
    }
    if (at >= askAt) {
      askForMore(at);
    }
    if (at < maxInMemory) {
      images[at] = image;
    } else {
      handles[at] = overflow.store(image);
      buffers.release(image);
    }
  }

  /** Whether the transaction wrote the page. */
  public boolean contains(int pageNumber) {
    return table[find(pageNumber)] != 0;
  }

  /** The page's image, null if the transaction did not write it. Ours; see {@link PageSource}. */
  public byte @Nullable [] get(int pageNumber) {
    int at = table[find(pageNumber)] - 1;
    return at < 0 ? null : image(at);
  }

  /**
   * Copies the page's image out; for who looks at a transaction before those that come before it
   * were decoded, after which what {@link #get} gave is another page's.
   *
   * @param to of a page's size
   * @return false if the transaction did not write it
   */
  public boolean copy(int pageNumber, byte[] to) {
    int at = table[find(pageNumber)] - 1;
    if (at < 0) {
      return false;
    }
    byte[] image = images[at];
    if (image == null) {
      overflow.load(handles[at], to);
    } else {
      System.arraycopy(image, 0, to, 0, to.length);
    }
    return true;
  }

  private byte[] image(int at) {
    byte[] image = images[at];
    if (image != null) {
      return image;
    }
    if (recent.length == 0) { // Small transactions, of which thousands wait, never need them.
      recent = new byte[Math.max(MIN_RECENT, RECENT_BYTES / buffers.pageSize())][];
      recentAt = new int[recent.length];
    }
    int place = at % recent.length;
    image = recent[place];
    if (image == null || recentAt[place] != at + 1) {
      image = buffers.take();
      overflow.load(handles[at], image);
      buffers.releaseAtEnd(image);
      recent[place] = image;
      recentAt[place] = at + 1;
      recentUsed = true;
    }
    return image;
  }

  private void forgetRecent(int at) {
    if (!recentUsed) {
      return;
    }
    int place = at % recent.length;
    if (recentAt[place] == at + 1) {
      recent[place] = null;
      recentAt[place] = 0;
    }
  }

  /** Hands over the image at an index; the array is the caller's from here on. */
  public byte[] removeImage(int index) {
    byte[] image = images[index];
    images[index] = null;
    if (image == null) {
      assert handles[index] != 0 : "page " + numbers[index] + " was handed over before";
      forgetRecent(index); // Nobody may change what was handed out by get.
      image = buffers.take();
      overflow.load(handles[index], image);
      overflow.free(handles[index]);
      handles[index] = 0;
    }
    return image;
  }

  /** The number of pages. */
  public int size() {
    return size;
  }

  /** The number of the page at an index, 0 to {@code size() - 1}; in no particular order. */
  public int pageNumber(int index) {
    return numbers[index];
  }

  /** Bytes of the images, uncompressed. */
  public long bytes() {
    return (long) size * buffers.pageSize();
  }

  /** Pages of the database after the transaction. */
  public int databaseSize() {
    return databaseSize;
  }

  /** Says how many pages the database has after the transaction. */
  public void databaseSize(int pages) {
    databaseSize = pages;
  }

  /** Forgets all pages and gives their arrays back. */
  public void clear() {
    if (recentUsed) {
      // Their arrays serve others once the transaction has ended.
      Arrays.fill(recent, null);
      Arrays.fill(recentAt, 0);
      recentUsed = false;
    }
    for (int i = 0; i < size; i++) {
      byte[] image = images[i];
      if (image != null) {
        buffers.release(image);
        images[i] = null;
      }
      if (handles[i] != 0) {
        overflow.free(handles[i]);
        handles[i] = 0;
      }
    }
    if (size <= table.length / 64) {
      for (int i = 0; i < size; i++) {
        // Each number's slot is found while those after it are still there: clear from the back.
        table[find(numbers[size - 1 - i])] = 0;
      }
    } else {
      Arrays.fill(table, 0);
    }
    size = 0;
  }

  private int add(int pageNumber, int slot) {
    if (size == numbers.length) {
      numbers = Arrays.copyOf(numbers, size * 2);
      images = Arrays.copyOf(images, size * 2);
      handles = Arrays.copyOf(handles, size * 2);
    }
    numbers[size] = pageNumber;
    table[slot] = ++size;
    if (size * 2 > table.length) {
      table = new int[table.length * 2];
      for (int i = 0; i < size; i++) {
        table[find(numbers[i])] = i + 1;
      }
    }
    return size - 1;
  }

  /** The slot that leads to the page, or the free one where it would go. */
  private int find(int pageNumber) {
    int mask = table.length - 1;
    int slot = (pageNumber * 0x9E3779B9) >>> 7 & mask;
    while (table[slot] != 0 && numbers[table[slot] - 1] != pageNumber) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
