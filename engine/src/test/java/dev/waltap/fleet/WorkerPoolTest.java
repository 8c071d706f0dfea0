// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many tasks, few threads, and none that is held up by another. */
@Timeout(60)
class WorkerPoolTest {
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  @Test
  void whatATaskLeavesOnItsThreadDoesNotReachTheNext() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    CompletableFuture<Thread> first = new CompletableFuture<>();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    try (WorkerPool pool = new WorkerPool();
        URLClassLoader other = new URLClassLoader(new URL[0])) {
      pool.execute(
          "waltap-one",
          () -> {
            Thread current = Thread.currentThread();
            first.complete(current);
            seen.add(current.getName());
            current.setName("mine");
            current.setContextClassLoader(other);
            current.interrupt();
          });
      assertThat(seen.take()).isEqualTo("waltap-one");
      awaitIdle(first.join());
      pool.execute(
          "waltap-two",
          () -> {
            Thread current = Thread.currentThread();
            seen.add(current.getName() + " " + current.isInterrupted());
            seen.add((current == first.join()) + " " + (current.getContextClassLoader() == loader));
          });
      assertThat(seen.take()).isEqualTo("waltap-two false");
      assertThat(seen.take()).isEqualTo("true true");
    }
    first.join().join();
  }

  private static void awaitIdle(Thread thread) {
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void thoseInTurnShareFewThreads() throws Exception {
    CountDownLatch done = new CountDownLatch(500);
    try (WorkerPool pool = new WorkerPool()) {
      for (int i = 0; i < 500; i++) {
        pool.executeInTurn(
            "waltap-turn",
            () -> {
              threads.add(Thread.currentThread());
              done.countDown();
            });
      }
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(threads).hasSizeBetween(1, 10);
  }

  @Test
  void thoseThatBlockHoldUpNoOtherForLong() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(20);
    try (WorkerPool pool = new WorkerPool()) {
      for (int i = 0; i < 5; i++) {
        pool.executeInTurn("waltap-turn", () -> await(released));
      }
      for (int i = 0; i < 20; i++) {
        pool.executeInTurn("waltap-turn", done::countDown);
      }
      while (!done.await(10, TimeUnit.MILLISECONDS)) {
        pool.tend();
      }
      released.countDown();
    }
  }

  @Test
  void thoseThatEndTheirTurnHoldUpNoOther() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(20);
    try (WorkerPool pool = new WorkerPool()) {
      for (int i = 0; i < 5; i++) {
        pool.executeInTurn(
            "waltap-turn",
            () -> {
              pool.endTurn();
              pool.endTurn();
              await(released);
            });
      }
      for (int i = 0; i < 20; i++) {
        pool.executeInTurn("waltap-turn", done::countDown);
      }
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
      released.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
