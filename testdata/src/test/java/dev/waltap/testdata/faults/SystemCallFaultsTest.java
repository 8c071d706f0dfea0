// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A few system calls and allocations that fail, drawn at random, for every kind of work: the
 * command ends in words, leaves nothing open, and the next one completes what was emitted. {@code
 * FaultMain} has all of them.
 */
@Tag("slow")
@Timeout(120)
class SystemCallFaultsTest {
  private static final int TRIES = 2;

  @BeforeAll
  static void assumeSupport() {
    assumeTrue(
        FaultedProcess.supported(), "system calls can be made to fail on Linux with cc only");
  }

  @ParameterizedTest
  @EnumSource(Work.class)
  void areSurvived(Work work) throws Exception {
    long seed = Long.getLong("waltap.seed", ThreadLocalRandom.current().nextInt(1_000_000_000));
    System.out.println("SystemCallFaultsTest " + work + ": -Dwaltap.seed=" + seed);
    Random random = new Random(seed);
    try (FaultRun run = new FaultRun(work)) {
      int met = 0;
      for (int draw = 0; met < TRIES && draw < 4 * TRIES; draw++) {
        Fault fault = draw(work, random);
        int calls = run.calls(fault);
        if (calls > 0 && run.attemptAt(fault, 1 + random.nextInt(calls))) {
          met++;
        }
      }
      assertThat(met).as("faults met").isPositive();
      int allocations = run.calls(Fault.OUT_OF_MEMORY);
      assertThat(allocations).isPositive();
      for (int i = 0; i < TRIES; i++) {
        run.attemptAt(Fault.OUT_OF_MEMORY, 1 + random.nextInt(allocations));
      }
    }
  }

  @Test
  void aStateWhoseFilesAreWrittenInPartsIsWhole() throws Exception {
    try (FaultRun run = new FaultRun(Work.SETUP)) {
      assertThat(run.attemptAt(Fault.SHORT_FROM_THEN_ON, 1)).isTrue();
    }
  }

  /** The JDK lets an exception through then that it does not declare. */
  @Test
  void aDirectoryThatCannotBeClosedIsAnOrdinaryFailure() throws Exception {
    everyCall(Work.TEARDOWN, Fault.IO_ERROR);
  }

  /** All that was delivered was synced before. */
  @Test
  void anOutputFileThatCannotBeClosedLosesNothing() throws Exception {
    everyCall(Work.OUTPUT, Fault.IO_ERROR);
  }

  private static void everyCall(Work work, Fault fault) throws Exception {
    try (FaultRun run = new FaultRun(work)) {
      int at = 1;
      while (run.attemptAt(fault, at)) {
        at++;
      }
      assertThat(at).isGreaterThan(5);
    }
  }

  /** Any but those that such work makes no call for. */
  private static Fault draw(Work work, Random random) {
    List<Fault> faults = List.of(Fault.values());
    while (true) {
      Fault fault = faults.get(random.nextInt(faults.size()));
      boolean rare =
          fault == Fault.NO_LOCK
              || fault == Fault.NO_MEMORY_FROM_THEN_ON
              || fault == Fault.OUT_OF_MEMORY;
      if (work.fits(fault) && !rare) {
        return fault;
      }
    }
  }
}
