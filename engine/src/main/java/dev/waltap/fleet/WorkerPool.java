// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.capture.Workers;
import dev.waltap.host.Threads;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that a fleet's members share: as many as there are tasks that run, and a few that wait
 * for the next one. Each carries the name of what it does. An interrupt, a context class loader, a
 * priority or an {@link Thread.UncaughtExceptionHandler} that a task leaves on its thread does not
 * reach the next task; what it keeps in a {@link ThreadLocal} does.
 *
 * <p>Any thread; closed by the fleet's, when all members have ended.
 */
final class WorkerPool implements Workers, AutoCloseable {

  /** One that has had nothing to do for so long ends. */
  private static final long IDLE_SECONDS = 3;

  private static final long CLOSING_SECONDS = 5;

  /** So many take turns at what is usually done within a fraction of a millisecond. */
  private static final int MOST_IN_TURN = 2;

  private static final String IDLE = "waltap-idle";

  private final int priority = Thread.currentThread().getPriority();
  private final ClassLoader loader = Thread.currentThread().getContextClassLoader();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          work -> Threads.daemon(IDLE, work));

  private record Named(String name, Runnable task) {}

  private final Queue<Named> inTurn = new ConcurrentLinkedQueue<>();

  /** Those that take turns, and those that are about to. */
  private final AtomicInteger takingTurns = new AtomicInteger();

  /** Those that take turns. */
  private final Set<Thread> takers = ConcurrentHashMap.newKeySet();

  private final AtomicLong turns = new AtomicLong();

  /** Turns there had been when {@link #tend} was called last; of the fleet's thread. */
  private long turnsSeen;

  /** Whether any waited for their turn then. */
  private boolean waitingSeen;

  @Override
  public void execute(String name, Runnable task) {
    threads.execute(() -> run(name, task));
  }

  @SuppressWarnings("ThreadPriorityCheck") // Undoes what a task has set.
  private void run(String name, Runnable task) {
    Thread current = Thread.currentThread();
    current.setName(name);
    current.setContextClassLoader(loader);
    if (current.getPriority() != priority) {
      current.setPriority(priority);
    }
    try {
      task.run();
    } finally {
      current.setName(IDLE);
      current.setUncaughtExceptionHandler(null);
      Thread.interrupted();
    }
  }

  @Override
  public void executeInTurn(String name, Runnable task) {
    inTurn.add(new Named(name, task));
    takeTurns();
  }

  @Override
  public void endTurn() {
    if (endTurns(Thread.currentThread()) && !inTurn.isEmpty()) {
      takeTurns();
    }
  }

  /** Notes one that was counted. */
  private void note(Thread taker) {
    try {
      takers.add(taker);
    } catch (Throwable e) {
      takingTurns.decrementAndGet();
      throw e;
    }
  }

  private boolean endTurns(Thread taker) {
    boolean taking = takers.remove(taker);
    if (taking) {
      takingTurns.decrementAndGet();
    }
    return taking;
  }

  /** Has one more take turns, if there may be one more. */
  private void takeTurns() {
    int taking = takingTurns.get();
    while (taking < MOST_IN_TURN) {
      if (takingTurns.compareAndSet(taking, taking + 1)) {
        begin();
        return;
      }
      taking = takingTurns.get();
    }
  }

  /** One was counted. Where no thread is to be had now, {@link #tend} tries again. */
  private void begin() {
    try {
      threads.execute(this::takeEach);
    } catch (OutOfMemoryError e) {
      takingTurns.decrementAndGet();
    } catch (Throwable e) {
      takingTurns.decrementAndGet();
      throw e;
    }
  }

  private void takeEach() {
    Thread current = Thread.currentThread();
    note(current);
    try {
      Named next = inTurn.poll();
      while (next != null) {
        run(next.name, next.task);
        turns.incrementAndGet();
        next = takers.contains(current) ? inTurn.poll() : null;
      }
    } finally {
      endTurns(current);
    }
    if (!inTurn.isEmpty()) {
      takeTurns(); // Came when this one had seen that there are none.
    }
  }

  /**
   * Has one more take turns where those that do seem to be held up. Called every now and then, by
   * the fleet's thread.
   */
  void tend() {
    long now = turns.get();
    boolean waiting = !inTurn.isEmpty();
    if (waiting && waitingSeen && now == turnsSeen) {
      takingTurns.incrementAndGet();
      begin();
    }
    turnsSeen = now;
    waitingSeen = waiting;
  }

  /** How many take turns at this moment. */
  int takingTurns() {
    return takingTurns.get();
  }

  /** Returns when none runs any more, unless one does not end. */
  @Override
  public void close() {
    threads.shutdown();
    boolean interrupted = false;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSING_SECONDS);
    boolean waiting = true;
    while (waiting) {
      try {
        waiting =
            !threads.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)
                && end - System.nanoTime() > 0;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
