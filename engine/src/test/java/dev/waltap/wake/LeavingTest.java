// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A capture that waits without a thread misses nothing, and is recalled once. */
@Timeout(60)
class LeavingTest {
  private static final long QUIET = TimeUnit.MILLISECONDS.toNanos(20);

  @TempDir private Path directory = Path.of("");

  private final AtomicBoolean news = new AtomicBoolean();
  private final AtomicInteger recalls = new AtomicInteger();
  private final CountDownLatch recalled = new CountDownLatch(1);

  private void recall() {
    recalls.incrementAndGet();
    recalled.countDown();
  }

  private CountedSignal signal(Path database) {
    CountedSignal signal =
        new CountedSignal(new PollingSignal(new CommitRhythm(), QUIET, PollingSignal.NEVER));
    signal.start(news::get, database);
    return signal;
  }

  private CountedSignal quiet() throws IOException {
    Files.write(wal(), new byte[1]);
    CountedSignal signal = signal(directory.resolve("test.db"));
    while (!signal.isQuiet(System.nanoTime())) {
      signal.await(QUIET);
    }
    return signal;
  }

  private Path wal() {
    return directory.resolve("test.db-wal");
  }

  @Test
  void aWriteRecalls() throws Exception {
    try (CountedSignal signal = quiet()) {
      long waits = signal.waits();
      assertThat(signal.leave(this::recall)).isTrue();
      assertThat(signal.waits()).isEqualTo(waits + 1);
      Files.write(wal(), new byte[1], StandardOpenOption.APPEND);
      assertThat(recalled.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(signal.takeBack()).isFalse();
    }
  }

  @Test
  void aLookBehindThatOfOneThatHasLeftIsTheNextOne() throws Exception {
    try (CountedSignal signal = quiet()) {
      assertThat(signal.waitsAfterLook()).isEqualTo(signal.waits() + 2); // It may be looking.
      assertThat(signal.leave(this::recall)).isTrue();
      assertThat(signal.waitsAfterLook()).isEqualTo(signal.waits() + 1);
      assertThat(signal.takeBack()).isTrue();
      assertThat(signal.waitsAfterLook()).isEqualTo(signal.waits() + 2);
    }
  }

  @Test
  void whatIsWrittenAtTheMomentOfLeavingKeepsTheThread() throws Exception {
    try (CountedSignal signal = quiet()) {
      signal.wake(); // As the watch does.
      assertThat(signal.leave(this::recall)).isFalse();
      assertThat(recalls).hasValue(0);
      assertThat(signal.takeBack()).isFalse();
    }
  }

  @Test
  void isNotQuietBeforeTheFileIsWatchedAndLookedAtOnceMore() throws Exception {
    try (CountedSignal signal = signal(directory.resolve("test.db"))) {
      assertThat(signal.isQuiet(System.nanoTime() + 10 * QUIET)).isFalse();
      while (!signal.isQuiet(System.nanoTime())) {
        signal.await(QUIET);
      }
      news.set(true);
      assertThat(signal.isQuiet(System.nanoTime())).isFalse();
    }
  }

  /** With synchronous=FULL the write comes before the sync, and that before the commit is seen. */
  @Test
  void looksAgainAndAgainAfterAWriteBeforeItIsQuiet() throws Exception {
    try (CountedSignal signal = quiet()) {
      assertThat(signal.leave(this::recall)).isTrue();
      signal.wake();
      assertThat(recalls).hasValue(1);
      assertThat(signal.isQuiet(System.nanoTime())).isFalse();
      signal.await(TimeUnit.SECONDS.toNanos(30)); // Returns at once: it was woken.
      assertThat(signal.isQuiet(System.nanoTime())).isFalse();
      news.set(true); // Without a write.
      signal.await(TimeUnit.SECONDS.toNanos(30));
      news.set(false);
      assertThat(signal.isQuiet(System.nanoTime())).isFalse();
    }
  }

  @Test
  void aLookEndsTheWaitAndLeavesItQuiet() throws Exception {
    try (CountedSignal signal = quiet()) {
      signal.look();
      signal.await(TimeUnit.DAYS.toNanos(1)); // Returns at once: a look was asked for.
      assertThat(signal.isQuiet(System.nanoTime())).isTrue();
      assertThat(signal.leave(this::recall)).isTrue();
      assertThat(signal.hasLeft()).isTrue();
      assertThat(signal.takeBack()).isTrue();
      assertThat(signal.hasLeft()).isFalse();
    }
  }

  @Test
  void isNeverQuietWhereNothingCanBeWatched() {
    try (CountedSignal signal = signal(directory.resolve("none").resolve("test.db"))) {
      for (int i = 0; i < 10; i++) {
        signal.await(QUIET);
        assertThat(signal.isQuiet(System.nanoTime() + 10 * QUIET)).isFalse();
      }
    }
  }

  @Test
  void otherSignalsKeepTheirThread() {
    try (CountedSignal signal = new CountedSignal(WakeSignals.manual())) {
      assertThat(signal.isQuiet(System.nanoTime())).isFalse();
      assertThat(signal.leave(this::recall)).isFalse();
      assertThat(signal.takeBack()).isFalse();
    }
  }

  @Test
  void oneGoesOnForEachWaitThatWasLeftWhoeverEndsIt() throws Exception {
    try (CountedSignal signal = quiet()) {
      AtomicInteger wentOn = new AtomicInteger();
      AtomicBoolean ended = new AtomicBoolean();
      Thread waking = new Thread(() -> repeat(ended, signal::wake));
      Thread taking =
          new Thread(
              () ->
                  repeat(
                      ended,
                      () -> {
                        if (signal.takeBack()) {
                          wentOn.incrementAndGet();
                        }
                      }));
      waking.start();
      taking.start();
      for (int i = 1; i <= 20_000; i++) {
        if (!signal.leave(wentOn::incrementAndGet)) {
          wentOn.incrementAndGet();
        }
        while (wentOn.get() < i) {
          Thread.onSpinWait();
        }
        assertThat(wentOn).hasValue(i);
        signal.await(0); // Notes that it was woken.
      }
      ended.set(true);
      waking.join();
      taking.join();
      assertThat(wentOn).hasValue(20_000);
    }
  }

  private static void repeat(AtomicBoolean ended, Runnable deed) {
    while (!ended.get()) {
      deed.run();
      Thread.onSpinWait();
    }
  }
}
