// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Some minutes of the fuzzer against the product, over seeds that nobody has tried; each is printed
 * before it runs, and a failure shrinks by itself. {@code -Dwaltap.fuzz.minutes=N} says how many
 * minutes, 0 for none.
 */
@Tag("slow")
class FreshSeedsTest {
  private static final double MINUTES =
      Double.parseDouble(System.getProperty("waltap.fuzz.minutes", "3"));
  private static final int TRANSACTIONS = 1000;
  private static final int BURST = 100;

  @Test
  void findsNoDifference() throws Exception {
    long deadline = System.nanoTime() + (long) (MINUTES * TimeUnit.MINUTES.toNanos(1));
    long seed = Long.getLong("waltap.seed", ThreadLocalRandom.current().nextInt(1_000_000_000));
    long total = 0;
    for (; System.nanoTime() - deadline < 0; seed++) {
      FuzzCase fuzzed = FuzzCase.of(seed, TRANSACTIONS, BURST);
      System.out.println(fuzzed.command() + " (after " + total + " transactions)");
      total += new Fuzzer(fuzzed).until(deadline).run().transactions();
    }
    assertThat(total).isGreaterThanOrEqualTo(MINUTES >= 1 ? 100 : 0);
  }
}
