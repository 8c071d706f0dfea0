// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.busy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.GuardMode;
import dev.waltap.testdata.TestDatabase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the guard of full history holds, and releases, while the handler stands still. */
@Timeout(120)
class GuardTest {
  private static final int WAL_LIMIT = 1 << 20;

  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<String> warnings = new CopyOnWriteArrayList<>();

  /** Captured by a handler that waits for the gate; waits but a second for locks. */
  private Busy busy() throws Exception {
    return new Busy(
        (path, handler, listener) ->
            Waltap.open(path)
                .guard(GuardMode.ALWAYS)
                .walLimit(WAL_LIMIT)
                .pageSetMemory(4L * WAL_LIMIT) // A quarter of it is for the backlog.
                .queueChanges(4)
                .handler(
                    batch -> {
                      gate.await();
                      handler.handleChanges(batch);
                    })
                .listener(
                    new CaptureListener() {
                      @Override
                      public void ready() {
                        listener.ready();
                      }

                      @Override
                      public void warning(String message) {
                        warnings.add(message);
                      }
                    })
                .build(),
        "PRAGMA busy_timeout = 1000");
  }

  /** Transactions of some ten frames each. */
  private static void write(Busy busy, int transactions) throws Exception {
    for (int i = 0; i < transactions; i++) {
      busy.run("INSERT INTO t(v, b) VALUES('x', zeroblob(36000))");
    }
  }

  private static boolean checkpoint(Busy busy, String mode) throws Exception {
    return TestDatabase.number(busy.app, "PRAGMA wal_checkpoint(" + mode + ")") == 0;
  }

  /** One poll takes all there is: so each is let in on its own, unless none is any more. */
  private static void writeAndAwaitCopy(Busy busy) throws Exception {
    long frames = busy.harness.capture().metrics().frames() + 10;
    write(busy, 1);
    for (int i = 0; i < 200 && busy.harness.capture().metrics().frames() < frames; i++) {
      Thread.sleep(1);
    }
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long limit = System.nanoTime() + Busy.LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(limit);
      Thread.sleep(1);
    }
  }

  @Test
  void alwaysKeepsTheHistoryOfASlowHandlerBelowTheLimit() throws Exception {
    try (Busy busy = busy();
        AutoCloseable opened = gate::countDown) {
      write(busy, 20);
      await("all to be copied", () -> busy.harness.capture().metrics().frames() >= 200);
      assertThat(busy.harness.capture().metrics().lagTransactions()).isPositive();
      await("the first to wait", () -> busy.harness.capture().metrics().lag().toNanos() > 0);
      assertThat(checkpoint(busy, "RESTART")).isTrue();
      // A few are on their way to the handler, 22 fill the backlog, the rest stays in the WAL.
      for (int i = 0; i < 22; i++) {
        writeAndAwaitCopy(busy);
      }
      await("the rest to be seen", () -> busy.harness.capture().metrics().lagFrames() >= 60);
      busy.run("PRAGMA busy_timeout = 100");
      assertThat(checkpoint(busy, "RESTART")).isFalse();
      assertThat(warnings).isEmpty();
      gate.countDown();
      busy.settle();
      assertThat(busy.overruns()).isZero();
      assertThat(busy.harness.capture().metrics().transactions()).isEqualTo(43);
      await("nothing to wait", () -> busy.harness.capture().metrics().lagTransactions() == 0);
    }
  }

  @Test
  void alwaysReleasesAtTheLimitAndEmitsTheNetChanges() throws Exception {
    try (Busy busy = busy();
        AutoCloseable opened = gate::countDown) {
      write(busy, 1);
      await("a first look", () -> busy.harness.capture().metrics().frames() >= 10);
      write(busy, 60);
      await("the limit to be noticed", () -> !warnings.isEmpty());
      assertThat(warnings.get(0)).contains("WAL limit");
      assertThat(checkpoint(busy, "TRUNCATE")).isTrue();
      busy.run("DELETE FROM t WHERE id % 2 = 0");
      gate.countDown();
      busy.settle();
      assertThat(busy.overruns()).isEqualTo(1);
    }
  }
}
