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
  @SuppressWarnings("ThreadPriorityCheck") // It is what is left behind.
  void whatATaskLeavesOnItsThreadDoesNotReachTheNext() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    CompletableFuture<Thread> first = new CompletableFuture<>();
    int priority = Thread.currentThread().getPriority();
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
            current.setPriority(Thread.MIN_PRIORITY);
            current.setUncaughtExceptionHandler((thread, failure) -> {});
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
            seen.add(
                (current.getPriority() == priority)
                    + " "
                    + (current.getUncaughtExceptionHandler() == current.getThreadGroup())
                    + " "
                    + (current.getThreadGroup().getParent() == null));
          });
      assertThat(seen.take()).isEqualTo("waltap-two false");
      assertThat(seen.take()).isEqualTo("true true");
      assertThat(seen.take()).isEqualTo("true true true");
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

  @Test
  void oneMoreHelpsOnlyWhereOthersWaitedForTheirTurnBefore() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(2);
    try (WorkerPool pool = new WorkerPool()) {
      for (int i = 0; i < 2; i++) {
        pool.executeInTurn(
            "waltap-turn",
            () -> {
              blocked.countDown();
              await(released);
            });
      }
      blocked.await();
      pool.tend();
      pool.executeInTurn("waltap-turn", () -> await(released));
      pool.tend();
      assertThat(pool.takingTurns()).isEqualTo(2);
      pool.tend();
      assertThat(pool.takingTurns()).isEqualTo(3);
      released.countDown();
    }
  }

  @Test
  void noSessionRunsWhereAHandlerRan() throws Exception {
    CompletableFuture<Thread> handler = new CompletableFuture<>();
    CompletableFuture<Thread> session = new CompletableFuture<>();
    try (FleetThreads pools = new FleetThreads()) {
      pools.handlers().execute("waltap-member", () -> handler.complete(Thread.currentThread()));
      awaitIdle(handler.get());
      pools.sessions().execute("waltap-capture", () -> session.complete(Thread.currentThread()));
      assertThat(session.get()).isNotSameAs(handler.get());
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
