// SPDX-License-Identifier: Apache-2.0
package dev.waltap.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions of all kinds through a history, against a queue of what they held. */
class PageHistoryTest {

  private record Transaction(Map<Integer, byte[]> pages, int databaseSize) {}

  /** One history, its model, and what makes transactions for both. */
  private static final class Trial implements AutoCloseable {
    final Random random;
    final int pageSize;
    final int places;
    final PageBuffers buffers;
    final PageStore overflow;
    final PageHistory history;
    final TransactionPages in;
    final TransactionPages out;
    final ArrayDeque<Transaction> model = new ArrayDeque<>();
    final Map<Integer, byte[]> latest = new HashMap<>();

    Trial(long seed, int pageSize, int places) {
      this.random = new Random(seed);
      this.pageSize = pageSize;
      this.places = places;
      this.buffers = new PageBuffers(pageSize);
      this.overflow = new PageStore(pageSize, 0);
      this.history = new PageHistory(buffers, 8L * places * pageSize);
      this.in = new TransactionPages(buffers, overflow, 20L * pageSize);
      this.out = new TransactionPages(buffers, overflow, Long.MAX_VALUE);
    }

    void append(int frames) {
      Map<Integer, byte[]> pages = new LinkedHashMap<>();
      for (int i = 0; i < frames; i++) {
        int number = pageNumber();
        byte[] image = nextVersion(number);
        latest.put(number, image);
        pages.put(number, image);
        byte[] buffer = buffers.take();
        System.arraycopy(image, 0, buffer, 0, pageSize);
        in.put(number, buffer);
      }
      Transaction transaction = new Transaction(pages, random.nextInt());
      in.databaseSize(transaction.databaseSize);
      history.append(in);
      assertThat(in.size()).isZero();
      model.addLast(transaction);
    }

    /** Few pages often; others in the same places; any number. */
    private int pageNumber() {
      return switch (random.nextInt(8)) {
        case 0 -> 1 + random.nextInt(3 * places);
        case 1 -> (1 + random.nextInt(3)) + places * random.nextInt(4);
        case 2 -> random.nextInt() | 1;
        default -> 1 + random.nextInt(4);
      };
    }

    private byte[] nextVersion(int number) {
      byte[] before = latest.get(number);
      int kind = random.nextInt(10);
      if (before == null || kind == 0) {
        byte[] image = new byte[pageSize];
        random.nextBytes(image);
        return image;
      }
      byte[] image = before.clone();
      switch (kind) {
        case 1 -> {} // As it was.
        case 2 -> image[0]++;
        case 3 -> image[pageSize - 1]++;
        case 4 -> { // Every so many words.
          int step = 8 * (1 + random.nextInt(6));
          int end = random.nextInt(pageSize);
          for (int at = random.nextInt(pageSize); at < end; at += step) {
            image[at]++;
          }
        }
        case 5 -> { // About the size at which the whole page is taken.
          int length = Math.min(pageSize, pageSize / 2 - 64 + random.nextInt(128));
          int from = random.nextInt(pageSize - length + 1);
          for (int at = from; at < from + length; at++) {
            image[at]++;
          }
        }
        default -> {
          for (int i = random.nextInt(12); i >= 0; i--) {
            image[random.nextInt(pageSize)] = (byte) random.nextInt();
          }
        }
      }
      return image;
    }

    void take(String at) {
      Transaction expected = model.removeFirst();
      history.take(out);
      assertThat(out.databaseSize()).as(at).isEqualTo(expected.databaseSize);
      List<Integer> numbers = new ArrayList<>();
      for (int i = 0; i < out.size(); i++) {
        int number = out.pageNumber(i);
        numbers.add(number);
        byte[] image = out.removeImage(i);
        assertThat(Arrays.equals(image, expected.pages.get(number)))
            .as("%s page %s", at, number)
            .isTrue();
        // It is the taker's: who shares it would see this.
        random.nextBytes(image);
        buffers.release(image);
      }
      assertThat(numbers).as(at).containsExactlyElementsOf(expected.pages.keySet());
      out.clear();
      assertThat(history.isEmpty()).as(at).isEqualTo(model.isEmpty());
      assertThat(history.bytes() == 0).as(at).isEqualTo(model.isEmpty());
    }

    @Override
    public void close() {
      overflow.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void givesBackWhatItTookInOrder(int pageSize) {
    long seed = 31L + pageSize;
    int steps = Math.min(6000, (48 << 20) / pageSize);
    int emptied = 0;
    try (Trial trial = new Trial(seed, pageSize, 16)) {
      Random random = trial.random;
      for (int step = 0; step < steps; step++) {
        String at = "seed " + seed + " step " + step;
        boolean growing = step * 12 / steps % 2 == 0;
        if (random.nextInt(10) < (growing ? 7 : 3)) {
          trial.append(random.nextInt(200) == 0 ? 60 : random.nextInt(6));
        } else if (!trial.model.isEmpty()) {
          trial.take(at);
          emptied += trial.model.isEmpty() ? 1 : 0;
        }
        if (random.nextInt(steps / 3) == 0) {
          trial.history.clear();
          trial.model.clear();
          assertThat(trial.history.bytes()).as(at).isZero();
        }
      }
      while (!trial.model.isEmpty()) {
        trial.take("seed " + seed + " at the end");
      }
      assertThat(emptied).as("seed %s times emptied", seed).isGreaterThan(5);
      assertThat(trial.overflow.bytes()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void holdsSmallChangesInAFractionOfTheirPages(int pageSize) {
    int transactions = (64 << 20) / pageSize;
    try (Trial trial = new Trial(1, pageSize, 16)) {
      byte[] image = new byte[pageSize];
      Arrays.fill(image, (byte) 1);
      for (int i = 0; i < transactions; i++) {
        for (int at = 0; at < 16; at++) {
          image[(i * 16 + at) % pageSize]++;
        }
        byte[] buffer = trial.buffers.take();
        System.arraycopy(image, 0, buffer, 0, pageSize);
        trial.in.put(7, buffer);
        trial.history.append(trial.in);
      }
      long most = transactions * 48L + 3L * (512 << 10);
      assertThat(trial.history.bytes()).isLessThan(most).isGreaterThan(transactions * 16L);
      for (int i = 0; i < transactions; i++) {
        trial.history.take(trial.out);
        assertThat(trial.out.size()).isEqualTo(1);
        if (i == transactions - 1) {
          assertThat(Arrays.equals(trial.out.get(7), image)).isTrue();
        }
        trial.out.clear();
      }
      assertThat(trial.history.bytes()).isZero();
    }
  }

  @Test
  void hasNothingToTakeWhenEmpty() {
    try (Trial trial = new Trial(1, 512, 16)) {
      assertThatThrownBy(() -> trial.history.take(trial.out))
          .isInstanceOf(IllegalStateException.class);
      trial.append(3);
      trial.take("seed 1");
      assertThatThrownBy(() -> trial.history.take(trial.out))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
