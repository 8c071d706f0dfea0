// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store against a map, with pages of every compressibility, in memory and in its file. */
class PageStoreTest {

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void givesBackWhatItTook(int pageSize) {
    long seed = 11L + pageSize;
    Random random = new Random(seed);
    Map<Integer, byte[]> model = new HashMap<>();
    List<Integer> handles = new ArrayList<>();
    byte[] loaded = new byte[pageSize];
    int most = (4 << 20) / pageSize;
    long largest = 0;
    try (PageStore store = new PageStore(pageSize, 0)) {
      for (int step = 0; step < most * 12; step++) {
        boolean growing = step / (most * 3) % 2 == 0;
        if (handles.isEmpty() || random.nextInt(10) < (growing ? 7 : 3)) {
          byte[] page = randomPage(random, pageSize);
          int handle = store.store(page);
          assertThat(handle).isNotZero();
          assertThat(model.put(handle, page)).as("seed %s step %s", seed, step).isNull();
          handles.add(handle);
        } else {
          int at = random.nextInt(handles.size());
          int handle = handles.get(at);
          store.load(handle, loaded);
          assertThat(Arrays.equals(loaded, model.get(handle)))
              .as("seed %s step %s", seed, step)
              .isTrue();
          if (random.nextInt(10) < 8) {
            store.free(handle);
            model.remove(handle);
            handles.set(at, handles.get(handles.size() - 1));
            handles.remove(handles.size() - 1);
          }
        }
        largest = Math.max(largest, store.bytes());
      }
      for (int handle : handles) {
        store.load(handle, loaded);
        assertThat(Arrays.equals(loaded, model.get(handle))).isTrue();
        store.free(handle);
      }
      assertThat(largest).as("enough for the file tier").isGreaterThan(3 << 19);
      assertThat(store.bytes()).isZero();
    }
  }

  /** All zeros, all random, or a mixture: LZ4 makes anything from little to more of it. */
  static byte[] randomPage(Random random, int pageSize) {
    byte[] page = new byte[pageSize];
    int noise =
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> random.nextInt(pageSize);
          default -> pageSize;
        };
    for (int i = 0; i < noise; i++) {
      page[i] = (byte) random.nextInt();
    }
    return page;
  }
}
