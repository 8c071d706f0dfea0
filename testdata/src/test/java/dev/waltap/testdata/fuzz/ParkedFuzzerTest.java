// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@EnabledOnOs(OS.LINUX)
@Tag("slow")
class ParkedFuzzerTest {
  /** Two that are always the same, and one that never is. */
  static long[] seeds() {
    return new long[] {1, 8, new Random().nextInt(1 << 30)};
  }

  @ParameterizedTest
  @MethodSource("seeds")
  @Timeout(120)
  void whatIsCaughtUpOnMakesTheSameReplica(long seed) throws Exception {
    ParkedFuzzer.Done done =
        new ParkedFuzzer(FuzzCase.of(seed, 40, 1))
            .run(System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
    assertThat(done.caughtUp()).as("seed " + seed + ": " + done).isPositive();
  }
}
