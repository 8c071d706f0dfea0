// SPDX-License-Identifier: Apache-2.0
package dev.waltap.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.page.MemoryLimit;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets how much of what captures share, and that all of it comes back. */
class MemoryPoolTest {
  private static final int PAGE_SIZE = 4096;
  private static final long MIB = 1 << 20;
  private static final long FLOORS = 256 << 10;

  private final Random random = new Random(7);
  private final MemoryPool pool = new MemoryPool(48 * MIB);
  private final List<Pages> all = new ArrayList<>();

  /** The page set of a capture. */
  private final class Pages {
    final CaptureMemory memory = new CaptureMemory(48 * MIB, pool, 16 * MIB, pool);
    final PageBuffers buffers = new PageBuffers(PAGE_SIZE, memory.buffers());
    final PageSet set = new PageSet(buffers, memory.pages());
    private int pages;

    /** Puts so many more bytes of pages that can't be compressed. */
    void put(long bytes) {
      for (long i = 0; i < bytes; i += PAGE_SIZE) {
        byte[] page = buffers.take();
        random.nextBytes(page);
        set.put(++pages, page);
        buffers.endTransaction();
      }
    }

    /** Reads pages that are held, here and there. */
    void read(int count) {
      for (int i = 0; i < count; i++) {
        assertThat(set.page(1 + random.nextInt(pages))).hasSize(PAGE_SIZE);
        set.giveWay();
        buffers.endTransaction();
      }
    }

    void shrink() {
      set.shrink();
      buffers.close();
    }

    void close() {
      set.close();
      buffers.close();
      memory.close();
    }
  }

  private Pages open() {
    Pages opened = new Pages();
    all.add(opened);
    return opened;
  }

  @AfterEach
  void nothingIsLeft() {
    all.forEach(Pages::close);
    assertThat(pool.free()).isEqualTo(pool.total());
  }

  /** Bytes that so many open captures share beside their floors. */
  private long shared(int open) {
    return pool.total() - open * FLOORS;
  }

  @Test
  void oneBusyAmongManyIdleGetsMostOfIt() {
    for (int i = 0; i < 50; i++) {
      open().put(64 << 10);
    }
    long before = pool.free();
    Pages busy = all.get(17);
    busy.put(100 * MIB);
    assertThat(before - pool.free()).isGreaterThan(shared(50) * 2 / 3);
    assertThat(pool.free()).as("for the next one").isGreaterThan(MIB);
  }

  @Test
  void allBusyStayWithinIt() {
    for (int i = 0; i < 100; i++) {
      open().put(MIB);
    }
    // A floor is there for sure: the others make up for it at once, as far as they do anything.
    all.forEach(pages -> pages.read(50));
    assertThat(pool.free()).isNotNegative().isLessThan(2 * MIB);
    for (int i = 0; i < 100; i++) {
      open().put(MIB);
    }
    // Their floors alone are more than there is: nobody keeps anything else.
    all.forEach(pages -> pages.read(200));
    assertThat(pool.free()).isEqualTo(shared(200)).isNegative();
  }

  @Test
  void severalBusyOnesGetEqualParts() {
    Pages first = open();
    first.put(60 * MIB);
    long alone = pool.total() - pool.free();
    assertThat(alone).isGreaterThan(30 * MIB);
    Pages second = open();
    for (int round = 0; round < 300; round++) {
      second.put(256 << 10);
      first.read(10);
    }
    long left = pool.free();
    second.close();
    all.remove(second);
    long ofSecond = pool.free() - left;
    long ofFirst = pool.total() - pool.free();
    assertThat(ofSecond).isBetween(ofFirst * 2 / 3, ofFirst * 3 / 2);
    assertThat(ofFirst + ofSecond).isGreaterThan(30 * MIB);
    // And what one had goes to the others.
    first.read(10_000);
    first.put(20 * MIB);
    assertThat(pool.total() - pool.free()).isGreaterThan(30 * MIB);
  }

  @Test
  void anIdleOneIsAskedToGiveBackOnlyWhenLittleIsLeft() {
    Pages idle = open();
    idle.put(8 * MIB);
    assertThat(idle.memory.isToGiveBack()).isFalse();
    Pages busy = open();
    busy.put(60 * MIB);
    assertThat(idle.memory.isToGiveBack()).isTrue();
    idle.shrink();
    assertThat(idle.memory.isToGiveBack()).as("has nothing more").isFalse();
    idle.read(1);
  }

  @Test
  void allFleetsOfAProcessHaveOnePool() {
    assertThat(MemoryPool.ofHeap()).isSameAs(MemoryPool.ofHeap());
  }

  @Test
  void floorsAloneAskNobodyToGiveBack() {
    for (int i = 0; i < 160; i++) {
      open(); // 40 of 48 MiB.
    }
    Pages idle = open();
    idle.put(MIB);
    assertThat(pool.free()).isLessThan(pool.total() / 4);
    assertThat(idle.memory.isToGiveBack()).isFalse();
    all.get(0).put(20 * MIB);
    assertThat(idle.memory.isToGiveBack()).isTrue();
    idle.memory.gaveBack();
    assertThat(idle.memory.isToGiveBack()).as("what it could").isFalse();
  }

  @Test
  void whatCantBeMovedLeavesSomethingForOthers() {
    List<CaptureMemory> stuck = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      CaptureMemory memory = new CaptureMemory(48 * MIB, pool, 48 * MIB, pool);
      stuck.add(memory);
      MemoryLimit queue = memory.queue();
      boolean more = true;
      while (more) {
        more = queue.grow(MemoryLimit.PIECE);
      }
    }
    Pages other = open();
    long before = pool.free();
    assertThat(before).isPositive();
    other.put(4 * MIB);
    assertThat(pool.free()).isLessThan(before);
    stuck.forEach(CaptureMemory::close);
  }

  @Test
  void pagesThatDoNotComeBackAreNoticed() {
    CaptureMemory memory = new CaptureMemory(48 * MIB, pool, 16 * MIB, pool);
    MemoryLimit pages = memory.pages();
    assertThat(pages.grow(MemoryLimit.PIECE)).isTrue();
    assertThatThrownBy(memory::close).hasMessageContaining("65536 bytes were not given back");
    pages.close();
    memory.close();
    assertThat(pages.grow(MemoryLimit.PIECE)).as("after the end").isFalse();
  }

  @Test
  void itsOwnMemoryIsAsMuchAsWasSaid() {
    CaptureMemory own = new CaptureMemory(4 * MIB, null, MIB, pool);
    assertThat(own.pages().granted()).isEqualTo(3 * MIB);
    assertThat(own.pages().grow(1)).isFalse();
    assertThat(own.backlog().granted()).isEqualTo(MIB);
    assertThat(own.queue().grow(MemoryLimit.PIECE)).isTrue();
    assertThat(own.isToGiveBack()).isFalse();
    own.close();
    CaptureMemory fixed = CaptureMemory.fixed(4 * MIB, MIB);
    assertThat(fixed.queue().granted()).isEqualTo(fixed.queue().max()).isEqualTo(MIB);
    fixed.close();
  }

  /** Threads take and give back at random; what they have is never more than there is. */
  @Test
  void sumsUpWhateverManyThreadsDo() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      long seed = i;
      Thread thread =
          new Thread(
              () -> {
                Random at = new Random(seed);
                try (CaptureMemory memory = new CaptureMemory(48 * MIB, pool, MIB, pool)) {
                  MemoryLimit pages = memory.pages();
                  for (int step = 0; step < 100_000; step++) {
                    if (at.nextBoolean()) {
                      pages.grow((long) MemoryLimit.PIECE * (1 + at.nextInt(50)));
                    } else {
                      pages.shrink(Math.min(pages.reserved(), at.nextInt(2_000_000)));
                    }
                    if (pool.free() < 0) {
                      throw new AssertionError("more than there is, seed " + seed);
                    }
                  }
                  pages.close();
                }
              });
      thread.setUncaughtExceptionHandler((dead, failure) -> failures.add(failure));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }
}
