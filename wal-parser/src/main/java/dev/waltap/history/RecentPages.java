// SPDX-License-Identifier: Apache-2.0
package dev.waltap.history;

import dev.waltap.page.PageBuffers;
import org.jspecify.annotations.Nullable;

/**
 * Versions of pages that were seen before, one in each place; a page has one place, and drives out
 * whatever other page is there. So two that are shown the same pages in the same order hold the
 * same. Takes no memory before the first page. For one thread.
 */
final class RecentPages {
  private static final int BYTES_PER_PLACE = 8;
  private static final int BYTES_PER_ARRAY = 16;

  private final PageBuffers buffers;
  private final int places;
  private int[] numbers = {};
  private byte[] @Nullable [] images = {};
  private int size;

  /** None yet; at most so many bytes of images, rounded down to a power of two, but one page. */
  RecentPages(PageBuffers buffers, long memory) {
    this.buffers = buffers;
    long max = Math.max(1, Math.min(1 << 24, memory / buffers.pageSize()));
    this.places = Integer.highestOneBit((int) max);
  }

  /** The version that was put last; null if it was driven out. */
  byte @Nullable [] get(int pageNumber) {
    int place = pageNumber & places - 1;
    return size > 0 && numbers[place] == pageNumber ? images[place] : null;
  }

  /** Puts a version in its place; the array is ours from here on, what was there is released. */
  void put(int pageNumber, byte[] image) {
    if (size == 0) {
      numbers = new int[places];
      images = new byte[places][];
    }
    int place = pageNumber & places - 1;
    byte[] earlier = images[place];
    if (earlier == null) {
      size++;
    } else {
      buffers.release(earlier);
    }
    numbers[place] = pageNumber;
    images[place] = image;
  }

  long bytes() {
    return (long) size * (buffers.pageSize() + BYTES_PER_ARRAY)
        + (long) numbers.length * BYTES_PER_PLACE;
  }

  /** Forgets all, and gives back what it takes. */
  void clear() {
    if (size == 0) {
      return;
    }
    for (byte[] image : images) {
      if (image != null) {
        buffers.release(image);
      }
    }
    numbers = new int[0];
    images = new byte[0][];
    size = 0;
  }
}
