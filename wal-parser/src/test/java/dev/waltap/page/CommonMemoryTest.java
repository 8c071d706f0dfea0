// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Page sets and stores that have memory in common, which comes and goes, against maps. */
class CommonMemoryTest {
  private static final int PAGE_SIZE = 1024;
  private static final int MAX_PAGES = 3000;

  private final long seed = Long.getLong("waltap.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final CommonMemory memory = new CommonMemory(random, 1 << 20);
  private final PackedPage packed = new PackedPage();
  private String at = "seed " + seed;

  /** A page set, and what it must hold. */
  private final class Modelled {
    final PageBuffers buffers;
    final PageSet set;
    final Map<Integer, byte[]> model = new HashMap<>();
    final IdentityHashMap<byte[], byte[]> handedOut = new IdentityHashMap<>();

    Modelled() {
      MemoryLimit limit = new MemoryLimit(64 << 10, 1 << 20, memory);
      buffers = new PageBuffers(PAGE_SIZE, limit.atMost(192 << 10));
      set = new PageSet(buffers, limit);
      set.seed(seed);
    }

    void put(int page, byte[] image) {
      byte[] buffer = buffers.take();
      assertThat(handedOut).as(at).doesNotContainKey(buffer);
      System.arraycopy(image, 0, buffer, 0, PAGE_SIZE);
      set.put(page, buffer);
      model.put(page, image);
    }

    void putPacked(int page, Modelled from) {
      byte[] image = from.model.get(page);
      if (image != null && from != this) {
        from.set.packed(page, packed);
        set.put(page, packed);
        model.put(page, image);
        assertThat(set.isSame(page, image)).as(at).isTrue();
      }
    }

    void remove(int page) {
      set.remove(page);
      model.remove(page);
    }

    void check(int page) {
      byte[] expected = model.get(page);
      assertThat(set.contains(page)).as(at).isEqualTo(expected != null);
      if (expected != null) {
        byte[] image = set.page(page);
        assertThat(Arrays.equals(image, expected)).as(at).isTrue();
        handedOut.put(image, expected);
      }
    }

    void endTransaction() {
      handedOut.forEach(
          (image, expected) -> assertThat(Arrays.equals(image, expected)).as(at).isTrue());
      handedOut.clear();
      buffers.endTransaction();
    }

    void shrink() {
      endTransaction();
      set.shrink();
      buffers.shrinkAll();
    }

    void close() {
      set.close();
      buffers.close();
    }
  }

  @Test
  void pageSetsHoldWhatMapsHold() {
    List<Modelled> sets = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      sets.add(new Modelled());
    }
    for (int step = 0; step < 60_000; step++) {
      at = "seed " + seed + " step " + step;
      int index = random.nextInt(1 + random.nextInt(sets.size()));
      Modelled one = sets.get(index);
      int page = 1 + random.nextInt(MAX_PAGES);
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> one.put(page, PageStoreTest.randomPage(random, PAGE_SIZE));
        case 3 -> one.putPacked(page, sets.get(random.nextInt(sets.size())));
        case 4 -> {
          if (random.nextInt(3) == 0) {
            one.remove(page);
          }
        }
        default -> one.check(page);
      }
      assertThat(one.set.size()).as(at).isEqualTo(one.model.size());
      switch (random.nextInt(6000)) {
        case 0 -> one.shrink();
        case 1 -> {
          one.close();
          sets.set(index, new Modelled());
        }
        case 2 -> {
          for (int number = 1; number <= MAX_PAGES; number++) {
            one.remove(number);
          }
        }
        default -> {
          if (random.nextInt(200) == 0) {
            one.endTransaction();
          }
        }
      }
    }
    assertThat(memory.mostTaken()).as("seed %s", seed).isGreaterThan(1 << 19);
    for (Modelled one : sets) {
      for (int page = 1; page <= MAX_PAGES; page++) {
        one.check(page);
      }
      one.close();
    }
    assertThat(memory.taken()).as("not given back, seed %s", seed).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void storesHoldWhatMapsHold(int pageSize) {
    Map<Integer, byte[]> model = new HashMap<>();
    List<Integer> handles = new ArrayList<>();
    byte[] loaded = new byte[pageSize];
    int most = (2 << 20) / pageSize;
    try (PageStore store = new PageStore(pageSize, new MemoryLimit(0, 8 << 20, memory))) {
      for (int step = 0; step < most * 12; step++) {
        at = "seed " + seed + " step " + step;
        boolean growing = step / (most * 2) % 2 == 0;
        if (handles.isEmpty() || random.nextInt(10) < (growing ? 8 : 1)) {
          byte[] page = PageStoreTest.randomPage(random, pageSize);
          int handle = store.store(page);
          assertThat(model.put(handle, page)).as(at).isNull();
          handles.add(handle);
        } else {
          int index = random.nextInt(handles.size());
          int handle = handles.get(index);
          store.load(handle, loaded);
          assertThat(Arrays.equals(loaded, model.get(handle))).as(at).isTrue();
          if (random.nextInt(10) < 9) {
            store.free(handle);
            model.remove(handle);
            handles.set(index, handles.get(handles.size() - 1));
            handles.remove(handles.size() - 1);
          }
        }
        if (random.nextInt(50) == 0 && store.spillable() > 0) {
          store.spill();
        }
      }
      for (int handle : handles) {
        store.load(handle, loaded);
        assertThat(Arrays.equals(loaded, model.get(handle))).as(at).isTrue();
        store.free(handle);
      }
      assertThat(store.bytes()).isZero();
      assertThat(memory.mostTaken()).as(at).isPositive();
      assertThat(memory.taken()).as("of an empty store, seed %s", seed).isZero();
    }
  }

  /** What was read from the file before all was freed is not what stands there afterwards. */
  @Test
  void aStoreThatBeginsAgainReadsWhatItWroteThen() {
    byte[] loaded = new byte[4096];
    try (PageStore store = new PageStore(4096, new MemoryLimit(0, 1 << 20, MemoryBudget.NONE))) {
      for (int round = 0; round < 3; round++) {
        Map<Integer, byte[]> model = new HashMap<>();
        List<Integer> handles = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          byte[] page = new byte[4096];
          random.nextBytes(page);
          int handle = store.store(page);
          model.put(handle, page);
          handles.add(handle);
          // The youngest that are in the file, so that what is read ahead lies behind its end.
          int earlier = handles.get(Math.max(0, i - 14 - random.nextInt(4)));
          store.load(earlier, loaded);
          assertThat(Arrays.equals(loaded, model.get(earlier))).as("round %s", round).isTrue();
        }
        handles.forEach(store::free);
      }
    }
  }
}
