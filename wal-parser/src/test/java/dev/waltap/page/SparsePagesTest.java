// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is kept of pages takes memory by their number, wherever in the database they are. */
class SparsePagesTest {
  /** Of a database of 2^32 - 2 pages, the largest there can be. */
  private static final int LAST = -2;

  private static final long FEW_BYTES = 2 << 20;

  @Test
  void pagesAtTheEndOfTheLargestDatabaseTakeLittleMemory() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    PageBuffers buffers = new PageBuffers(512);
    PageBitSet pages = new PageBitSet();
    try (PageSet set = new PageSet(buffers, 1 << 20)) {
      for (int i = 0; i < 200; i++) {
        int page = LAST - i * 20_000_000;
        set.put(page, new byte[512]);
        assertThat(pages.add(page)).isTrue();
        assertThat(pages.add(page)).isFalse();
      }
      assertThat(set.size()).isEqualTo(200);
      assertThat(set.contains(LAST)).isTrue();
      assertThat(set.contains(LAST - 1)).isFalse();
      int[] numbers = set.pageNumbers();
      assertThat(numbers[199]).isEqualTo(LAST);
      for (int i = 1; i < numbers.length; i++) {
        assertThat(Integer.compareUnsigned(numbers[i - 1], numbers[i])).isNegative();
      }
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(FEW_BYTES);
  }

  @Test
  void slotsAreThoseOfAMap() {
    for (int seed = 1; seed <= 4; seed++) {
      Random random = new Random(seed);
      PageSlots slots = new PageSlots();
      Map<Integer, Integer> model = new HashMap<>();
      for (int step = 0; step < 100_000; step++) {
        int spread = random.nextBoolean() ? 400 : 1 << 30;
        int page = random.nextInt(spread) * (random.nextBoolean() ? 1 : 7);
        Integer slot = model.get(page);
        if (slot == null && random.nextInt(3) > 0) {
          int added = slots.add(page);
          assertThat(added).isBetween(0, slots.end() - 1);
          model.put(page, added);
        } else if (slot != null && random.nextBoolean()) {
          slots.remove(slot);
          model.remove(page);
        } else if (slot != null) {
          assertThat(slots.find(page)).isEqualTo(slot);
          assertThat(slots.page(slot)).isEqualTo(page);
        }
      }
      assertThat(slots.size()).isEqualTo(model.size());
      assertThat(new HashSet<>(model.values())).hasSameSizeAs(model.keySet());
      model.forEach((page, slot) -> assertThat(slots.find(page)).isEqualTo(slot));
      int end = slots.end();
      model.values().forEach(slots::remove);
      assertThat(slots.size()).isZero();
      model.keySet().forEach(page -> assertThat(slots.find(page)).isEqualTo(-1));
      model.keySet().forEach(slots::add);
      assertThat(slots.end()).as("slots given back serve again").isEqualTo(end);
    }
  }

  @Test
  void bitsAreThoseOfASet() {
    Random random = new Random(5);
    PageBitSet pages = new PageBitSet();
    for (int round = 0; round < 300; round++) {
      pages.begin();
      Set<Integer> model = new HashSet<>();
      int size = random.nextInt(round % 10 == 0 ? 20_000 : 50);
      for (int i = 0; i < size; i++) {
        int page = random.nextInt() >>> random.nextInt(32);
        assertThat(pages.contains(page)).isEqualTo(model.contains(page));
        assertThat(pages.add(page)).isEqualTo(model.add(page));
      }
      model.forEach(page -> assertThat(pages.contains(page)).isTrue());
    }
  }
}
