// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What is to be given back to others, and would go to a file that can't be written, stays. The
 * thread is interrupted here, so that each write fails, as it does on a full disk.
 */
class UnwritableSpillTest {
  private static final int PAGE_SIZE = 4096;
  private static final int PAGES = 1500;

  private final Random random = new Random(5);
  private long taken;
  private boolean more = true;

  private final MemoryBudget budget =
      new MemoryBudget() {
        @Override
        public boolean reserve(long bytes) {
          taken += more ? bytes : 0;
          return more;
        }

        @Override
        public void release(long bytes) {
          taken -= bytes;
        }

        @Override
        public boolean isOverdrawn() {
          return !more;
        }
      };

  private final MemoryLimit limit = new MemoryLimit(0, 64 << 20, budget);

  /** On the thread of the test, which JUnit need not run others of its methods on. */
  private void assertEnded() {
    assertThat(Thread.interrupted()).isTrue();
    assertThat(taken).as("not given back at the end").isZero();
  }

  private byte[][] randomPages() {
    byte[][] pages = new byte[PAGES][PAGE_SIZE];
    for (byte[] page : pages) {
      random.nextBytes(page);
    }
    return pages;
  }

  @Test
  void aStoreKeepsItsChunks() {
    byte[][] pages = randomPages();
    int[] handles = new int[PAGES];
    byte[] loaded = new byte[PAGE_SIZE];
    try (PageStore store = new PageStore(PAGE_SIZE, limit)) {
      for (int i = 0; i < PAGES; i++) {
        handles[i] = store.store(pages[i]);
      }
      store.spill(); // Waits to be written with what comes next.
      long before = taken;
      assertThat(store.spillable()).isEqualTo(before);
      Thread.currentThread().interrupt();
      store.spill();
      assertThat(store.unwritable()).hasMessageContaining("free some space there");
      assertThat(store.spillable()).isZero();
      assertThat(taken).isEqualTo(before);
      for (int i = 0; i < PAGES; i++) {
        store.load(handles[i], loaded);
        assertThat(Arrays.equals(loaded, pages[i])).as("page %s", i).isTrue();
      }
    }
    assertEnded();
  }

  @Test
  void aPageSetKeepsWhatItHasInMemory() {
    byte[][] pages = randomPages();
    try (PageBuffers buffers = new PageBuffers(PAGE_SIZE);
        PageSet set = new PageSet(buffers, limit)) {
      for (int i = 0; i < PAGES; i++) {
        set.put(i + 1, pages[i].clone());
      }
      assertThat(set.keepsMemory()).isNull();
      more = false;
      Thread.currentThread().interrupt();
      set.shrink();
      assertThat(set.keepsMemory()).isNotNull();
      assertThat(taken).isPositive();
      set.shrink();
      for (int i = 0; i < PAGES; i++) {
        assertThat(set.isSame(i + 1, pages[i])).as("page %s", i).isTrue();
        set.giveWay();
      }
    }
    assertEnded();
  }
}
