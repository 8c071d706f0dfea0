// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * That an output is to end: pauses end at once, and what is under way after 3 seconds. For any
 * thread.
 */
final class Stopping {
  private static final long GRACE_MILLIS = 3_000;
  private static final long LOOK_MILLIS = 50;

  private final Duration timeout;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Runnable abandon;
  private volatile boolean late;

  /** With so much time for an attempt. */
  Stopping(Duration timeout) {
    this.timeout = timeout;
  }

  /** Says what ends the work under way, however it waits. */
  void abandonBy(@Nullable Runnable action) {
    abandon = action;
    if (late && action != null) {
      action.run();
    }
  }

  void stop() {
    if (stopped.getCount() > 0) {
      stopped.countDown();
      Thread watch = new Thread(this::watch, "waltap-kafka-stop");
      watch.setDaemon(true);
      watch.start();
    }
  }

  private void watch() {
    try {
      if (!ended.await(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
        late = true;
        Runnable action = abandon;
        if (action != null) {
          action.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether what was under way has been abandoned. */
  boolean isLate() {
    return late;
  }

  boolean isStopped() {
    return stopped.getCount() == 0;
  }

  /** Nothing is left to stop. */
  void ended() {
    ended.countDown();
  }

  /** How long an attempt may take. */
  Duration timeout() {
    return timeout;
  }

  /** Waits so long; returns whether it was stopped. */
  boolean pause(long millis) throws InterruptedException {
    return stopped.await(millis, TimeUnit.MILLISECONDS);
  }

  /**
   * The answer to a request.
   *
   * @throws KafkaException what became of it, or a {@link TimeoutException}
   */
  <T> T await(KafkaFuture<T> future) throws InterruptedException {
    long begun = System.nanoTime();
    while (true) {
      try {
        return future.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (java.util.concurrent.TimeoutException notYet) {
        if (isStopped() || System.nanoTime() - begun > timeout.toNanos()) {
          throw new TimeoutException("no answer");
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof KafkaException known
            ? known
            : new KafkaException(e.getCause());
      }
    }
  }
}
