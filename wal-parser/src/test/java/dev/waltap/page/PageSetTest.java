// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The page set against a map; and its promise that images handed out stay as they are. */
@Tag("slow")
class PageSetTest {
  private static final int PAGE_SIZE = 1024;
  private static final int MAX_PAGES = 4000;

  @Test
  void holdsWhatAMapHolds() {
    for (long seed = 1; seed <= 5; seed++) {
      run(seed);
    }
  }

  /** Some pages come packed, from another set under the same seed. */
  private static void run(long seed) {
    Random random = new Random(seed);
    PackedPage packed = new PackedPage();
    Map<Integer, byte[]> model = new HashMap<>();
    IdentityHashMap<byte[], byte[]> handedOut = new IdentityHashMap<>();
    PageBuffers buffers = new PageBuffers(PAGE_SIZE);
    byte[] copied = new byte[PAGE_SIZE];
    try (PageSet set = new PageSet(buffers, 0);
        PageSet other = new PageSet(new PageBuffers(PAGE_SIZE), 0)) {
      other.seed(set.seed());
      Map<Integer, byte[]> elsewhere = new HashMap<>();
      set.loader(
          (page, hash, to) -> {
            // Only what was not put since: of that, nobody else has this image.
            assertThat(model.get(page)).isSameAs(elsewhere.get(page));
            System.arraycopy(elsewhere.get(page), 0, to, 0, PAGE_SIZE);
          });
      for (int step = 0; step < 60_000; step++) {
        int page = 1 + random.nextInt(MAX_PAGES);
        switch (random.nextInt(10)) {
          case 9 -> {
            byte[] image = PageStoreTest.randomPage(random, PAGE_SIZE);
            other.put(1, image.clone());
            elsewhere.put(page, image);
            set.hold(page, other.hash(1));
            model.put(page, image);
            assertThat(set.isSame(page, image)).isTrue();
            assertThat(set.hash(page)).isEqualTo(other.hash(1));
          }
          case 8 -> {
            byte[] image = PageStoreTest.randomPage(random, PAGE_SIZE);
            other.put(1 + page % 100, image.clone());
            other.packed(1 + page % 100, packed);
            set.put(page, packed);
            model.put(page, image);
            assertThat(set.isSame(page, image)).isTrue();
            image[7]++;
            assertThat(set.isSame(page, image)).isFalse();
            image[7]--;
          }
          case 0, 1 -> {
            byte[] image = PageStoreTest.randomPage(random, PAGE_SIZE);
            byte[] buffer = buffers.take();
            System.arraycopy(image, 0, buffer, 0, PAGE_SIZE);
            assertThat(handedOut).doesNotContainKey(buffer);
            set.put(page, buffer);
            model.put(page, image);
          }
          case 2 -> {
            if (random.nextInt(3) == 0) {
              set.remove(page);
              model.remove(page);
            }
          }
          case 3 -> {
            if (model.containsKey(page)) {
              set.copy(page, copied);
              assertThat(copied).isEqualTo(model.get(page));
              set.packed(page, packed);
              other.put(1, packed);
              assertThat(other.page(1)).isEqualTo(model.get(page));
              assertThat(other.isSame(1, copied)).isTrue();
            }
          }
          default -> {
            byte[] expected = model.get(page);
            assertThat(set.contains(page)).isEqualTo(expected != null);
            if (expected == null) {
              assertThatThrownBy(() -> set.page(page)).isInstanceOf(UnknownPageException.class);
            } else {
              byte[] image = set.page(page);
              assertThat(Arrays.equals(image, expected)).as("seed %s step %s", seed, step).isTrue();
              handedOut.put(image, expected);
            }
          }
        }
        assertThat(set.size()).isEqualTo(model.size());
        if (random.nextInt(300) == 0) {
          handedOut.forEach((image, expected) -> assertThat(image).isEqualTo(expected));
          handedOut.clear();
          buffers.endTransaction();
        }
      }
      assertThat(set.hitRate()).isBetween(0.001, 0.9);
      for (int page = 1; page <= MAX_PAGES; page++) {
        set.remove(page);
      }
      assertThat(set.size()).isZero();
    }
  }

  @Test
  void hashesUnderOneSeedAtATime() {
    try (PageSet set = new PageSet(new PageBuffers(PAGE_SIZE), 0);
        PageSet other = new PageSet(new PageBuffers(PAGE_SIZE), 0)) {
      assertThat(set.seed()).as("drawn").isNotEqualTo(other.seed());
      set.seed(3);
      set.put(1, new byte[PAGE_SIZE]);
      assertThatThrownBy(() -> set.seed(4)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void knowsNoPageZero() {
    try (PageSet set = new PageSet(new PageBuffers(PAGE_SIZE), 0)) {
      assertThat(set.contains(0)).isFalse();
      assertThatThrownBy(() -> set.page(0)).isInstanceOf(UnknownPageException.class);
      assertThatThrownBy(() -> set.page(-1)).isInstanceOf(UnknownPageException.class);
      assertThatThrownBy(() -> set.page(1 << 30)).isInstanceOf(UnknownPageException.class);
    }
  }
}
