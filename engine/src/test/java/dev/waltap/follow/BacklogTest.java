// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.decode.CommittedTransaction;
import dev.waltap.memory.CaptureMemory;
import dev.waltap.memory.MemoryPool;
import dev.waltap.page.MemoryLimit;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import dev.waltap.wal.WalPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What comes out of a backlog, and how much goes in, against a queue. */
class BacklogTest {
  private static final int PAGE_SIZE = 4096;
  private static final int MEMORY = 4 << 20;
  private static final long FLOORS = 256 << 10;
  private static final int LARGE = MEMORY / 4 / PAGE_SIZE + 1;

  private record Committed(
      Map<Integer, byte[]> pages, long epoch, int frame, int databaseSize, WalPosition position) {}

  private final long seed = 17;
  private final Random random = new Random(seed);
  private final PageBuffers buffers = new PageBuffers(PAGE_SIZE);
  private final ArrayDeque<Committed> model = new ArrayDeque<>();
  private final Map<Integer, byte[]> latest = new LinkedHashMap<>();
  private WalPosition position = new WalPosition(0, 0, 0, 0);
  private final MemoryPool pool = new MemoryPool(8L * MEMORY);
  private Backlog backlog =
      new Backlog(buffers, MemoryLimit.of(MEMORY), generation -> generation + 100, () -> position);
  private final PageStore store = new PageStore(PAGE_SIZE, MEMORY);
  private long modelBytes;
  private int frames;

  @AfterEach
  void close() {
    backlog.close();
    store.close();
  }

  /** Changes some bytes in each of so many pages from a number on. */
  private void commit(int firstPage, int pages) {
    Map<Integer, byte[]> images = new LinkedHashMap<>();
    for (int number = firstPage; number < firstPage + pages; number++) {
      byte[] before = latest.get(number);
      byte[] image = before == null ? randomImage() : before.clone();
      int at = random.nextInt(PAGE_SIZE - 100);
      for (int i = 0; i < 100; i++) {
        image[at + i] = (byte) random.nextInt();
      }
      frame(number, image);
      images.put(number, image);
      latest.put(number, image);
    }
    commit(images);
  }

  private byte[] randomImage() {
    byte[] image = new byte[PAGE_SIZE];
    random.nextBytes(image);
    return image;
  }

  private void frame(int number, byte[] image) {
    byte[] buffer = backlog.buffer();
    System.arraycopy(image, 0, buffer, 0, PAGE_SIZE);
    backlog.frame(number, buffer);
    frames++;
  }

  private void commit(Map<Integer, byte[]> images) {
    position = new WalPosition(1, frames, random.nextLong(), 5);
    Committed committed =
        new Committed(images, 100L + frames / 1000, frames, random.nextInt(1 << 20), position);
    backlog.commit(frames / 1000, frames, committed.databaseSize);
    model.addLast(committed);
    modelBytes += (long) images.size() * PAGE_SIZE;
    assertThat(backlog.bytes()).as("seed %s frame %s", seed, frames).isEqualTo(modelBytes);
    assertThat(backlog.frames()).isEqualTo(frames);
  }

  private void poll() {
    Committed expected = model.removeFirst();
    String at = "seed " + seed + " frame " + expected.frame;
    long seen = backlog.oldestMicros();
    CommittedTransaction transaction = backlog.poll();
    assertThat(transaction).as(at).isNotNull();
    assertThat(transaction.epoch()).as(at).isEqualTo(expected.epoch);
    assertThat(transaction.frame()).as(at).isEqualTo(expected.frame);
    assertThat(transaction.walPosition()).as(at).isEqualTo(expected.position);
    assertThat(transaction.timestampMicros()).as(at).isPositive().isEqualTo(seen);
    assertThat(transaction.pages.databaseSize()).as(at).isEqualTo(expected.databaseSize);
    assertThat(transaction.pages.size()).as(at).isEqualTo(expected.pages.size());
    expected.pages.forEach(
        (number, image) ->
            assertThat(Arrays.equals(transaction.pages.get(number), image))
                .as("%s page %s", at, number)
                .isTrue());
    modelBytes -= transaction.pages.bytes();
    backlog.recycle(transaction);
    buffers.endTransaction();
    assertThat(backlog.bytes()).as(at).isEqualTo(modelBytes);
    assertThat(backlog.isEmpty()).as(at).isEqualTo(model.isEmpty());
  }

  private void drain() {
    while (!model.isEmpty()) {
      poll();
    }
    assertThat(backlog.poll()).isNull();
    assertThat(backlog.oldestMicros()).isEqualTo(-1);
    assertThat(backlog.held()).isZero();
    assertThat(backlog.isFull()).isFalse();
  }

  @Test
  void holdsFarMoreSmallTransactionsThanTheirPagesTake() {
    for (int round = 0; round < 2; round++) {
      while (!backlog.isFull()) {
        commit(1 + random.nextInt(20), 2);
      }
      assertThat(backlog.bytes()).isGreaterThan(8L * MEMORY);
      drain();
    }
  }

  @Test
  void isSoonFullOfPagesThatShareNothing() {
    for (int first = 1; !backlog.isFull(); first += 3) {
      commit(first, 3);
    }
    assertThat(backlog.bytes()).isBetween(MEMORY / 2L, (long) MEMORY);
    drain();
  }

  @Test
  void countsWhatItHoldsAndNothingElse() {
    while (backlog.bytes() < MEMORY) {
      commit(1 + random.nextInt(20), 2);
    }
    for (int i = 0; i < 4; i++) {
      assertThat(backlog.isFull()).isFalse();
      commit(1, LARGE);
    }
    assertThat(backlog.isFull()).isTrue();
    drain();
  }

  @Test
  void keepsTheOrderOfSmallAndLarge() {
    int largest = 0;
    for (int step = 0; step < 3000; step++) {
      boolean growing = step / 300 % 2 == 0;
      if (random.nextInt(10) < (growing ? 8 : 3)) {
        if (random.nextInt(100) == 0) {
          commit(1 + random.nextInt(40), LARGE + random.nextInt(LARGE));
        } else if (random.nextInt(20) == 0) {
          commit(1 + random.nextInt(40), 1 + random.nextInt(LARGE - 1));
        } else {
          commit(1 + random.nextInt(40), 1 + random.nextInt(3));
        }
      } else if (!model.isEmpty()) {
        poll();
      }
      if (random.nextInt(20) == 0) { // Frames of one that is not committed.
        frame(1 + random.nextInt(40), randomImage());
        backlog.rollback();
      }
      largest = Math.max(largest, model.size());
    }
    assertThat(largest).as("enough to be encoded").isGreaterThan(130);
    drain();
  }

  @Test
  void forgetsAllThatWaits() {
    for (int round = 0; round < 3; round++) {
      while (!backlog.isFull()) {
        commit(1 + random.nextInt(20), random.nextInt(200) == 0 ? LARGE : 2);
      }
      backlog.forget();
      model.clear();
      modelBytes = 0;
      assertThat(backlog.isEmpty()).isTrue();
      assertThat(backlog.bytes()).isZero();
      assertThat(backlog.held()).isZero();
      assertThat(backlog.oldestMicros()).isEqualTo(-1);
      assertThat(backlog.isFull()).isFalse();
      assertThat(backlog.poll()).isNull();
      for (int i = 0; i < 300; i++) {
        commit(1 + random.nextInt(20), 2);
      }
      drain();
    }
  }

  /** Of a limit that is raised as far as there is memory, and what it takes comes back. */
  @Test
  void takesMemoryWhileThereIsSomeAndGivesItBack() {
    try (CaptureMemory memory = new CaptureMemory(8L * MEMORY, pool, 1 << 20, pool)) {
      backlog.close();
      backlog = new Backlog(buffers, memory.backlog(), epoch -> epoch + 100, () -> position);
      for (int round = 0; round < 3; round++) {
        commit(1, 4);
        while (!backlog.isFull()) {
          commit(1 + random.nextInt(20), 2);
          if (random.nextInt(100) == 0) {
            frame(1 + random.nextInt(40), randomImage());
            backlog.rollback();
          }
          if (random.nextInt(100) == 0) {
            commit(1 + random.nextInt(40), 2 * LARGE);
          }
          if (random.nextInt(4) == 0) {
            poll();
          }
        }
        assertThat(pool.total() - pool.free()).as("seed %s", seed).isGreaterThan(MEMORY);
        if (round == 1) {
          backlog.forget();
          model.clear();
          modelBytes = 0;
        }
        drainOf(pool.total() - FLOORS);
      }
      CommittedTransaction net = backlog.take();
      for (int page = 1; page < 3 * LARGE; page++) {
        net.pages.put(page, randomImage());
      }
      backlog.recycle(net);
      drainOf(pool.total() - FLOORS);
      backlog.close();
    }
    assertThat(pool.free()).isEqualTo(pool.total());
  }

  /** As much less of the pool as others leave, and not of what it could have without them. */
  @Test
  void holdsFarMoreThanPagesTakeWhereOthersHaveMostOfTheMemory() {
    List<CaptureMemory> others = new ArrayList<>();
    try (CaptureMemory memory = new CaptureMemory(8L * MEMORY, pool, 1 << 20, pool)) {
      while (pool.free() > 3 << 19) {
        others.add(new CaptureMemory(MEMORY, pool, 1 << 20, pool));
      }
      backlog.close();
      backlog = new Backlog(buffers, memory.backlog(), epoch -> epoch + 100, () -> position);
      while (!backlog.isFull()) {
        commit(1 + random.nextInt(8), 2);
      }
      assertThat(backlog.held()).isLessThan(1 << 20);
      assertThat(backlog.bytes()).isGreaterThan(8 << 20);
      drain();
      backlog.close();
    }
    others.forEach(CaptureMemory::close);
    assertThat(pool.free()).isEqualTo(pool.total());
  }

  /** What comes back while one is decoded, since it is encoded, is not that one. */
  @Test
  void keepsTheMemoryOfTheOneThatIsDecodedOrFilledWhileOthersComeBack() {
    try (CaptureMemory memory = new CaptureMemory(8L * MEMORY, pool, 1 << 20, pool)) {
      backlog.close();
      backlog = new Backlog(buffers, memory.backlog(), epoch -> epoch + 100, () -> position);
      commit(1, LARGE);
      CommittedTransaction decoded = backlog.poll();
      assertThat(decoded).isNotNull();
      comeBackWhileOutIs(decoded);
      model.clear();
      modelBytes = 0;
      CommittedTransaction filled = backlog.take();
      for (int page = 1; page <= LARGE; page++) {
        filled.pages.put(page, randomImage());
      }
      comeBackWhileOutIs(filled);
      backlog.close();
    }
  }

  private void comeBackWhileOutIs(CommittedTransaction one) {
    long size = one.pages.bytes();
    backlog.frame(1, backlog.buffer());
    backlog.rollback();
    backlog.recycle(new CommittedTransaction(new TransactionPages(buffers, store, MEMORY)));
    assertThat(pool.total() - pool.free() - FLOORS).isGreaterThanOrEqualTo(size - FLOORS);
    backlog.recycle(one);
    backlog.shrink();
    assertThat(pool.free()).isEqualTo(pool.total() - FLOORS);
  }

  private void drainOf(long free) {
    drain();
    backlog.shrink();
    assertThat(pool.free()).as("seed %s", seed).isEqualTo(free);
  }

  @Test
  void makesDoWithLittleWhereThereIsNothingElse() {
    MemoryPool none = new MemoryPool(0);
    CaptureMemory memory = new CaptureMemory(8L * MEMORY, none, 1 << 20, none);
    backlog.close();
    backlog = new Backlog(buffers, memory.backlog(), epoch -> epoch + 100, () -> position);
    for (int round = 0; round < 20; round++) {
      while (!backlog.isFull()) {
        commit(1 + random.nextInt(20), 2);
      }
      assertThat(backlog.held()).isLessThan(FLOORS);
      commit(1, LARGE); // Looked at together with the last one.
      assertThat(backlog.isFull()).isTrue();
      while (!model.isEmpty()) {
        poll();
      }
    }
    memory.close();
  }
}
