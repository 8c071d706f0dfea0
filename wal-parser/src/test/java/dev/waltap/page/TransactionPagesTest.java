// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Transactions of all sizes, one after the other, against a map. */
class TransactionPagesTest {
  private static final int PAGE_SIZE = 512;

  @Test
  void holdsTheLastImageOfEachPage() {
    long seed = 5;
    Random random = new Random(seed);
    PageBuffers buffers = new PageBuffers(PAGE_SIZE);
    try (PageStore overflow = new PageStore(PAGE_SIZE, 0)) {
      TransactionPages pages = new TransactionPages(buffers, overflow, 0);
      for (int round = 0; round < 400; round++) {
        String at = "seed " + seed + " round " + round;
        Map<Integer, byte[]> model = new LinkedHashMap<>();
        int frames = random.nextInt(round % 20 == 0 ? 6000 : 60);
        int spread = 1 + random.nextInt(round % 3 == 0 ? Integer.MAX_VALUE - 1 : 4000);
        for (int i = 0; i < frames; i++) {
          int page = 1 + random.nextInt(spread);
          byte[] image = PageStoreTest.randomPage(random, PAGE_SIZE);
          byte[] buffer = buffers.take();
          System.arraycopy(image, 0, buffer, 0, PAGE_SIZE);
          pages.put(page, buffer);
          model.put(page, image);
        }
        check(pages, model, random, at);
        for (int page : model.keySet().stream().limit(20).toList()) {
          byte[] image = PageStoreTest.randomPage(random, PAGE_SIZE);
          pages.put(page, image.clone());
          model.put(page, image);
        }
        check(pages, model, random, at);
        if (random.nextBoolean()) {
          for (int i = 0; i < pages.size(); i++) {
            byte[] image = pages.removeImage(i);
            assertThat(Arrays.equals(image, model.get(pages.pageNumber(i)))).as(at).isTrue();
            buffers.release(image);
          }
        }
        pages.clear();
        assertThat(pages.size()).isZero();
        assertThat(overflow.bytes()).as(at).isZero();
        model.keySet().forEach(page -> assertThat(pages.contains(page)).isFalse());
        buffers.endTransaction();
      }
    }
  }

  @Test
  void whatIsCopiedOutIsNotKeptBeyondOtherTransactions() {
    PageBuffers buffers = new PageBuffers(PAGE_SIZE);
    try (PageStore overflow = new PageStore(PAGE_SIZE, 0)) {
      TransactionPages pages = new TransactionPages(buffers, overflow, PAGE_SIZE);
      for (int page = 1; page <= 2; page++) {
        byte[] image = buffers.take();
        Arrays.fill(image, (byte) page);
        pages.put(page, image);
      }
      byte[] copy = new byte[PAGE_SIZE];
      assertThat(pages.copy(3, copy)).isFalse();
      for (int page = 1; page <= 2; page++) {
        assertThat(pages.copy(page, copy)).isTrue();
        assertThat(copy).containsOnly(page);
      }
      buffers.endTransaction();
      for (int i = 0; i < 4; i++) {
        Arrays.fill(buffers.take(), (byte) -1);
      }
      for (int page = 1; page <= 2; page++) {
        assertThat(pages.get(page)).containsOnly(page);
      }
    }
  }

  private static void check(
      TransactionPages pages, Map<Integer, byte[]> model, Random random, String at) {
    assertThat(pages.size()).as(at).isEqualTo(model.size());
    assertThat(pages.bytes()).isEqualTo((long) model.size() * PAGE_SIZE);
    model.forEach(
        (page, image) -> {
          assertThat(pages.contains(page)).as(at).isTrue();
          assertThat(Arrays.equals(pages.get(page), image)).as(at).isTrue();
        });
    for (int i = 0; i < pages.size(); i++) {
      assertThat(model).as(at).containsKey(pages.pageNumber(i));
    }
    for (int i = 0; i < 50; i++) {
      int page = 1 + random.nextInt(8000);
      assertThat(pages.contains(page)).as(at).isEqualTo(model.containsKey(page));
      assertThat(pages.get(page) == null).isNotEqualTo(model.containsKey(page));
    }
  }
}
