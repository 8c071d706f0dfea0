// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** How often a thread wakes, and how long commits wait, for commits that come in simulated time. */
class CommitRhythmTest {
  private static final long MICROS = 1_000;
  private static final long MILLIS = 1_000_000;

  /** What a timer adds to each pause, as on Linux. */
  private static final long TIMER_NANOS = 60 * MICROS;

  private final Random random = new Random(1);

  private record Outcome(double wakeUpsPerCommit, long median, long p99) {
    static Outcome of(long wakeUps, long[] waits) {
      Arrays.sort(waits);
      return new Outcome(
          (double) wakeUps / waits.length, waits[waits.length / 2], waits[waits.length * 99 / 100]);
    }
  }

  /** Lets commits come after such intervals, and looks when the rhythm says so. */
  private static Outcome simulate(int commits, LongSupplier intervals) {
    CommitRhythm rhythm = new CommitRhythm();
    long[] waits = new long[commits];
    long now = 0;
    long wakeUps = 0;
    long since = 0;
    long due = intervals.getAsLong();
    for (int next = 0; next < commits; ) {
      if (due <= now) {
        rhythm.news(now);
        since = now;
        while (next < commits && due <= now) {
          waits[next++] = now - due;
          due += intervals.getAsLong();
        }
      }
      now += rhythm.pause(now, now - since) + TIMER_NANOS;
      wakeUps++;
    }
    return Outcome.of(wakeUps, waits);
  }

  private long exponential(long mean) {
    return (long) (-mean * Math.log(1 - random.nextDouble()));
  }

  @Test
  void wakesAboutOnceForEachOfRegularCommits() {
    for (long interval : new long[] {MILLIS, 2 * MILLIS, 5 * MILLIS}) {
      Outcome outcome =
          simulate(10_000, () -> interval + (long) (random.nextGaussian() * 20 * MICROS));
      assertThat(outcome.wakeUpsPerCommit()).isLessThan(1.4);
      assertThat(outcome.median()).isLessThan(200 * MICROS);
      assertThat(outcome.p99()).isLessThan(400 * MICROS);
    }
  }

  @Test
  void followsCommitsThatChangeTheirRhythm() {
    int[] count = {0};
    Outcome outcome = simulate(20_000, () -> count[0]++ / 500 % 2 == 0 ? MILLIS : 3 * MILLIS);
    assertThat(outcome.wakeUpsPerCommit()).isLessThan(2.5);
    assertThat(outcome.median()).isLessThan(200 * MICROS);
    assertThat(outcome.p99()).isLessThan(2 * MILLIS);
  }

  @Test
  void looksAtFixedTimesForIrregularCommits() {
    for (long mean : new long[] {100 * MICROS, MILLIS, 3 * MILLIS, 10 * MILLIS}) {
      Outcome outcome = simulate(20_000, () -> exponential(mean));
      assertThat(outcome.median()).isLessThan(250 * MICROS);
      assertThat(outcome.p99()).isLessThan(2 * MILLIS);
    }
  }

  @Test
  void wakesAtAFixedRateWhateverTheRateOfCommits() {
    Outcome outcome = simulate(100_000, () -> 20 * MICROS);
    assertThat(outcome.wakeUpsPerCommit()).isLessThan(20 / 400.0 + 0.01);
    assertThat(outcome.p99()).isLessThan(600 * MICROS);
  }

  @Test
  void watchesTheFileWhereCommitsAreRare() {
    CommitRhythm rhythm = new CommitRhythm();
    for (long i = 0; i < 100; i++) {
      rhythm.news(i * 50 * MILLIS);
    }
    assertThat(rhythm.isSparse()).isTrue();
    for (long i = 0; i < 100; i++) {
      rhythm.news(5_000 * MILLIS + i * MILLIS);
    }
    assertThat(rhythm.isSparse()).isFalse();
  }

  @Test
  void watchesTheFileBeforeAnyCommitCame() {
    CommitRhythm rhythm = new CommitRhythm();
    assertThat(rhythm.isSparse()).isTrue();
    rhythm.news(0);
    rhythm.news(MILLIS);
    assertThat(rhythm.isSparse()).isFalse();
  }

  @Test
  void looksForTheCommitOfARareWriteLessAndLessOften() {
    CommitRhythm rhythm = new CommitRhythm();
    int looks = 0;
    long quiet = 0;
    while (quiet < 1_000 * MILLIS) {
      long pause = rhythm.pause(quiet, quiet);
      // A commit waits for 4 ms at most, or for an eighth of the time that its sync took.
      assertThat(pause).isLessThanOrEqualTo(Math.max(4 * MILLIS, quiet / 8));
      quiet += pause + TIMER_NANOS;
      looks++;
    }
    assertThat(looks).isLessThan(60);
  }

  @Test
  void learnsARhythmHoweverManyCommitsCameBefore() {
    CommitRhythm rhythm = new CommitRhythm();
    long now = 0;
    for (int i = 0; i < 120_000_000; i++) {
      now += 500_000 + (i & 1) * MILLIS;
      rhythm.news(now);
    }
    for (int i = 0; i < 100; i++) {
      now += MILLIS;
      rhythm.news(now);
    }
    assertThat(rhythm.pause(now, 0)).isLessThan(MILLIS);
  }
}
