// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.WakeSignal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Signals wake when they should, sleep otherwise, and leave no thread behind. */
@Tag("slow")
@Timeout(60)
class WakeSignalsTest {
  private static final long LONG = TimeUnit.SECONDS.toNanos(20);

  @TempDir private Path directory = Path.of("");

  private final AtomicBoolean news = new AtomicBoolean();

  private Path database() {
    return directory.resolve("test.db");
  }

  /** Milliseconds that a wait takes while something else is done after 300 of them. */
  private static long waitWhile(WakeSignal signal, Runnable deed) throws Exception {
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(300); // Not a condition: that the wait lasts is what is tested.
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              deed.run();
            });
    thread.start();
    long start = System.nanoTime();
    signal.await(LONG);
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    thread.join();
    return took;
  }

  @Test
  void pollingSeesNews() throws Exception {
    try (WakeSignal signal = WakeSignals.walIndexPolling()) {
      signal.start(news::get, database());
      assertThat(waitWhile(signal, () -> news.set(true))).isBetween(290L, 5_000L);
    }
  }

  @Test
  void watchingSeesTheFileWrittenTo() throws Exception {
    Path wal = directory.resolve("test.db-wal");
    Files.write(wal, new byte[1]);
    try (WakeSignal signal = WakeSignals.fileWatching(Duration.ofSeconds(15))) {
      signal.start(news::get, database());
      signal.await(TimeUnit.MILLISECONDS.toNanos(200));
      assertThat(threads("waltap-watch")).isEqualTo(1);
      assertThat(waitWhile(signal, () -> write(wal))).isLessThan(10_000);
    }
    assertThat(threads("waltap-watch")).isZero();
  }

  private static void write(Path file) {
    try {
      Files.write(file, new byte[10], StandardOpenOption.APPEND);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** One that polls, and watches the file since nothing came for a moment. */
  private PollingSignal watching(PollingPace pace) {
    PollingSignal signal =
        new PollingSignal(pace, TimeUnit.MILLISECONDS.toNanos(20), PollingSignal.NEVER);
    signal.start(news::get, database());
    signal.await(TimeUnit.MILLISECONDS.toNanos(100));
    assertThat(threads("waltap-watch")).isEqualTo(1);
    return signal;
  }

  @Test
  void theWatchEndsWhereItWakesForOneCommitAfterTheOther() {
    CommitRhythm rhythm = new CommitRhythm();
    long start = System.nanoTime() - TimeUnit.SECONDS.toNanos(2);
    for (int i = 0; i < 20; i++) {
      rhythm.news(start + i * TimeUnit.MILLISECONDS.toNanos(100));
    }
    try (PollingSignal signal = watching(rhythm)) {
      assertThat(rhythm.isSparse()).isTrue();
      news.set(true);
      for (int i = 0; i < 100; i++) {
        signal.wake(); // As the watch does.
        signal.await(LONG);
      }
      assertThat(rhythm.isSparse()).isFalse();
      assertThat(threads("waltap-watch")).isZero();
    }
  }

  @Test
  void theWatchEndsWhereTheCaptureRestsInstead() {
    PollingSignal polling = watching(new CommitRhythm());
    try (WakeSignal signal = new CountedSignal(WakeSignals.anyOf(polling, WakeSignals.manual()))) {
      signal.busy();
      assertThat(threads("waltap-watch")).isZero();
    }
  }

  @Test
  void whatWasRareIsNotAfterManyCommitsThatNobodyWaitedFor() {
    CommitRhythm rhythm = new CommitRhythm();
    for (long i = 0; i < 100; i++) {
      rhythm.news(i * TimeUnit.SECONDS.toNanos(1));
    }
    assertThat(rhythm.isSparse()).isTrue();
    rhythm.busy();
    assertThat(rhythm.isSparse()).isFalse();
  }

  /** How often a signal looks for news within a time; it is watching its file by the end. */
  private int looks(PollingSignal signal, long millis) {
    AtomicInteger looks = new AtomicInteger();
    signal.start(() -> looks.incrementAndGet() > 0 && news.get(), database());
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < end) {
      signal.await(end - System.nanoTime());
    }
    assertThat(signal.isWatching()).isTrue();
    return looks.get();
  }

  @Test
  void nothingIsLookedForWhereACommitTakesAnotherWrite() {
    try (PollingSignal signal = rarely()) {
      signal.unseenCommits(() -> false);
      assertThat(looks(signal, 400)).isLessThan(12);
      assertThat(signal.isQuiet(System.nanoTime())).isTrue();
    }
  }

  @Test
  void aCommitThatTakesNoOtherWriteIsLookedFor() {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger looks = new AtomicInteger();
    // Quiet for longer than the busiest machine takes for these looks.
    try (PollingSignal signal =
        new PollingSignal(new CommitRhythm(), TimeUnit.MINUTES.toNanos(1), PollingSignal.NEVER)) {
      signal.unseenCommits(() -> asked.incrementAndGet() > 0);
      signal.start(() -> looks.incrementAndGet() < 0, database());
      while (looks.get() < 30) {
        signal.await(TimeUnit.MILLISECONDS.toNanos(1));
      }
      assertThat(signal.isWatching()).isTrue();
      assertThat(signal.isQuiet(System.nanoTime())).isFalse();
      assertThat(asked.get()).as("each time after twice the quiet").isBetween(1, 20);
    }
  }

  @Test
  void aWriteHasItLookedForAgain() throws Exception {
    Path wal = directory.resolve("test.db-wal");
    Files.write(wal, new byte[1]);
    AtomicBoolean possible = new AtomicBoolean();
    try (PollingSignal signal = rarely()) {
      signal.unseenCommits(possible::get);
      looks(signal, 100);
      possible.set(true);
      assertThat(waitWhile(signal, () -> write(wal))).isLessThan(10_000);
      assertThat(signal.isQuiet(System.nanoTime())).isFalse();
      assertThat(waitWhile(signal, () -> news.set(true))).isLessThan(10_000);
    }
  }

  private static PollingSignal rarely() {
    return new PollingSignal(new CommitRhythm(), TimeUnit.SECONDS.toNanos(1), PollingSignal.NEVER);
  }

  @Test
  void manyWatchesShareOneThread() {
    WakeSignal[] signals = new WakeSignal[200];
    for (int i = 0; i < signals.length; i++) {
      signals[i] = WakeSignals.fileWatching(Duration.ofSeconds(15));
      signals[i].start(news::get, database());
      signals[i].await(TimeUnit.MILLISECONDS.toNanos(30));
    }
    assertThat(threads("waltap-watch")).isEqualTo(1);
    for (WakeSignal signal : signals) {
      signal.close();
    }
    assertThat(threads("waltap-watch")).isZero();
  }

  @Test
  void timerRings() {
    try (WakeSignal signal = WakeSignals.timer(Duration.ofMillis(50))) {
      signal.start(news::get, database());
      signal.await(LONG);
      long start = System.nanoTime();
      signal.await(LONG);
      assertThat(System.nanoTime() - start)
          .isBetween(TimeUnit.MILLISECONDS.toNanos(10), TimeUnit.SECONDS.toNanos(10));
    }
  }

  @Test
  void manualIsWokenAlsoBeforehand() throws Exception {
    try (WakeSignal signal = WakeSignals.manual()) {
      signal.start(news::get, database());
      assertThat(waitWhile(signal, signal::wake)).isBetween(290L, 5_000L);
      signal.wake();
      signal.await(LONG);
    }
  }

  @Test
  void anyOfTheseWakes() throws Exception {
    WakeSignal manual = WakeSignals.manual();
    AtomicBoolean foreign = new AtomicBoolean();
    WakeSignal own =
        new WakeSignal() {
          @Override
          public void await(long maxNanos) {
            long end = System.nanoTime() + maxNanos;
            while (!foreign.get() && System.nanoTime() < end) {
              java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
          }

          @Override
          public void wake() {
            foreign.set(true);
          }
        };
    try (WakeSignal any = WakeSignals.anyOf(manual, WakeSignals.timer(Duration.ofHours(1)), own)) {
      any.start(news::get, database());
      any.await(LONG); // The timer rings at once.
      assertThat(waitWhile(any, manual::wake)).isLessThan(5_000);
      assertThat(waitWhile(any, any::wake)).isLessThan(5_000);
      assertThat(waitWhile(any, () -> foreign.set(true))).isLessThan(5_000);
    }
    assertThat(threads("waltap-wake")).isZero();
  }

  @Test
  void aPartWhoseCloseThrowsLeavesNoThreadOfTheOthers() {
    WakeSignal failing =
        new WakeSignal() {
          @Override
          public void await(long maxNanos) {
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
          }

          @Override
          public void wake() {
            throw new IllegalStateException("wake");
          }

          @Override
          public void close() {
            throw new IllegalStateException("close");
          }
        };
    WakeSignal watching = WakeSignals.fileWatching(Duration.ofSeconds(15));
    WakeSignal any = WakeSignals.anyOf(watching, failing);
    any.start(news::get, database());
    long end = System.nanoTime() + LONG;
    while (threads("waltap-watch") == 0 && System.nanoTime() < end) {
      any.await(LONG); // Wakes at once: the other one does.
    }
    assertThat(threads("waltap-watch")).isEqualTo(1);
    assertThat(threads("waltap-wake")).isEqualTo(1);
    assertThatThrownBy(any::close).isInstanceOf(IllegalStateException.class).hasMessage("wake");
    assertThat(threads("waltap-watch")).isZero();
    assertThat(threads("waltap-wake")).isZero();
  }

  @Test
  void refusesNonsense() {
    assertThatThrownBy(() -> WakeSignals.timer(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(WakeSignals::anyOf).isInstanceOf(IllegalArgumentException.class);
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .count();
  }
}
