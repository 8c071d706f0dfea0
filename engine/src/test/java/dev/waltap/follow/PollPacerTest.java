// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When a rest between two looks at the log is worth it. */
class PollPacerTest {
  private static final long BRISK_REST = TimeUnit.MILLISECONDS.toNanos(2);

  private long now = TimeUnit.HOURS.toNanos(1);
  private boolean notified;
  private final PollPacer pacer = new PollPacer(now, BRISK_REST, () -> notified);

  private long afterMicros(long micros, int transactions) {
    return afterMicros(micros, transactions, 2);
  }

  private long afterMicros(long micros, int transactions, int pages) {
    for (int i = 0; i < transactions; i++) {
      pacer.transaction(pages);
    }
    now += TimeUnit.MICROSECONDS.toNanos(micros);
    return pacer.rest(now);
  }

  @Test
  void restsUnderASaturatedWriterUntilItPauses() {
    assertThat(afterMicros(1000, 50)).isEqualTo(PollPacer.REST_NANOS);
    assertThat(afterMicros(600, 30)).isEqualTo(PollPacer.REST_NANOS);
    assertThat(afterMicros(600, 30)).isEqualTo(PollPacer.REST_NANOS);
    assertThat(afterMicros(1000, 1)).isZero();
  }

  @Test
  void doesNotRestWithAThousandCommitsPerSecond() {
    for (int i = 0; i < 100; i++) {
      assertThat(afterMicros(1000, 1)).isZero();
    }
  }

  @Test
  void restsForSomeCommitsWithThreeThousandPerSecondUntilTheyAreFewer() {
    for (int i = 0; i < 10; i++) {
      afterMicros(1000, 3);
    }
    assertThat(afterMicros(2000, 6)).isEqualTo(BRISK_REST);
    assertThat(afterMicros(2000, 30)).isEqualTo(BRISK_REST);
    for (int i = 0; i < 20; i++) {
      afterMicros(1000, 1);
    }
    assertThat(afterMicros(1000, 1)).isZero();
  }

  @Test
  void doesNotRestForMoreThanATwentiethOfAGeneration() {
    for (int i = 0; i < 10; i++) {
      afterMicros(1000, 3, 20);
    }
    assertThat(afterMicros(2000, 6, 20))
        .isBetween(TimeUnit.MICROSECONDS.toNanos(700), TimeUnit.MICROSECONDS.toNanos(850));
  }

  @Test
  void doesNotRestWhereTheSignalIsToLookAtOnce() {
    PollPacer impatient = new PollPacer(now, 0, () -> false);
    for (int i = 0; i < 100; i++) {
      impatient.transaction(2);
      now += TimeUnit.MICROSECONDS.toNanos(100);
      assertThat(impatient.rest(now)).isZero();
    }
  }

  @Test
  void aBurstAfterAPauseDoesNotRestForLong() {
    assertThat(afterMicros(1_000_000, 20)).isZero();
    assertThat(afterMicros(100, 20)).isZero();
  }

  @Test
  void waitsLongerWhereEachWriteEndsTheWait() {
    assertThat(pacer.longestWait(true)).isEqualTo(200_000_000);
    notified = true;
    assertThat(pacer.longestWait(true)).isEqualTo(1_000_000_000);
    assertThat(pacer.longestWait(false)).as("to save what is delivered").isEqualTo(200_000_000);
  }
}
