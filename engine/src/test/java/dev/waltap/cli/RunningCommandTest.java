// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** For tests of one command that runs, within this process, until the test has ended. */
abstract class RunningCommandTest extends CommandTest {
  static final int HANGUP = 1;
  private static final int TERM = 15;

  final StopSignals signals = new StopSignals(code -> {});
  CompletableFuture<Integer> code = CompletableFuture.completedFuture(0);

  @AfterEach
  final void end() throws Exception {
    var unused = stop();
  }

  /** Ends it in order; returns its exit code. */
  final int stop() throws Exception {
    signals.raise(TERM);
    return code.get(20, TimeUnit.SECONDS);
  }

  final void start(Object... line) {
    code = CompletableFuture.supplyAsync(() -> run(signals, line));
  }

  final void await(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.call()) {
      assertThat(code).as(err()).isNotDone();
      assertThat(System.nanoTime()).as("in time; it said: " + err()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  /** Waits until standard error holds a text. */
  final void await(String message) throws Exception {
    await(() -> err().contains(message));
  }
}
