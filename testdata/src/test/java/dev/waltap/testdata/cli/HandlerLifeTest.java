// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.workload.WriterOptions;
import dev.waltap.testdata.workload.WriterProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers that throw or are slow, and captures that are closed at any moment. */
@Tag("slow")
@Timeout(180)
class HandlerLifeTest {

  private static void fill(Connection connection, int rows) throws Exception {
    TestDatabase.execute(
        connection,
        "CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, v TEXT)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + rows
            + ") INSERT INTO t(v) SELECT hex(zeroblob(100)) FROM n");
  }

  @Test
  void aHandlerThatThrowsStopsTheEngineWithItsCause() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open()) {
      fill(connection, 1000);
      IllegalStateException cause = new IllegalStateException("no room left");
      try (ChangeDataCapture capture =
          Waltap.open(database.path())
              .handler(
                  changes -> {
                    throw cause;
                  })
              .build()) {
        assertThatThrownBy(capture::bootstrapAndCdc)
            .isInstanceOf(CaptureException.class)
            .hasMessageContaining("no room left")
            .hasCause(cause);
      }
    }
  }

  @Test
  void closeWorksFromAnyThreadAtAnyMoment() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open()) {
      fill(connection, 5000);
      WriterOptions options =
          WriterOptions.DEFAULT.with("--transactions", "1000000").with("--rate", "500");
      try (WriterProcess writer = WriterProcess.start(database.path(), options)) {
        for (int round = 0; round < 60; round++) {
          AtomicReference<Throwable> failure = new AtomicReference<>();
          boolean slow = random.nextBoolean();
          ChangeDataCapture capture =
              Waltap.open(database.path())
                  .handler(changes -> Thread.sleep(slow ? 3 : 0))
                  .batchSize(1 + random.nextInt(300))
                  .build();
          boolean rows = random.nextBoolean();
          Thread runner =
              new Thread(
                  () -> {
                    try {
                      if (rows) {
                        capture.bootstrapAndCdc();
                      } else {
                        capture.cdc();
                      }
                    } catch (Throwable e) {
                      failure.set(e);
                    }
                  });
          runner.start();
          TimeUnit.MICROSECONDS.sleep(random.nextInt(round % 2 == 0 ? 60_000 : 3_000));
          Thread second = new Thread(capture::close);
          second.start();
          capture.close();
          second.join(20_000);
          runner.join(20_000);
          assertThat(runner.isAlive() || second.isAlive()).as("ends; seed %d", seed).isFalse();
          assertThat(failure.get()).as("round %d, seed %d", round, seed).isNull();
        }
        assertThat(writer.isAlive()).isTrue();
      }
    }
  }

  @Test
  void closedBeforeItRunsItDoesNotRun() throws Exception {
    try (TestDatabase database = TestDatabase.create()) {
      ChangeDataCapture capture = Waltap.open(database.path()).handler(changes -> {}).build();
      capture.close();
      capture.cdc();
      capture.bootstrap();
      assertThat(capture.metrics().position()).isNull();
    }
  }

  @Test
  void aHandlerMayCloseItsOwnCapture() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open()) {
      fill(connection, 1000);
      AtomicReference<ChangeDataCapture> self = new AtomicReference<>();
      try (ChangeDataCapture capture =
          Waltap.open(database.path())
              .handler(changes -> requireNonNull(self.get()).close())
              .build()) {
        self.set(capture);
        capture.bootstrapAndCdc();
      }
    }
  }

  @Test
  void aSlowHandlerHoldsNoReadTransaction() throws Exception {
    assumeTrue(TestDatabase.hasShell());
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open()) {
      fill(connection, 20_000);
      CountDownLatch inHand = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      ChangeDataCapture capture =
          Waltap.open(database.path())
              .queueChanges(16)
              .batchSize(8)
              .handler(
                  changes -> {
                    inHand.countDown();
                    goOn.await();
                  })
              .listener(CaptureListener.NONE)
              .build();
      Thread runner = new Thread(capture::bootstrapAndCdc);
      runner.start();
      try {
        assertThat(inHand.await(60, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 3; i++) {
          TestDatabase.execute(connection, "UPDATE t SET v = 'changed' WHERE id % 100 = " + i);
          truncate(database);
        }
      } finally {
        goOn.countDown();
        capture.close();
        runner.join();
      }
    }
  }

  /** A guard may hold a read transaction for a moment, until it has copied what is new. */
  private static void truncate(TestDatabase database) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String result;
    do {
      result = database.shell("PRAGMA wal_checkpoint(TRUNCATE)").strip();
    } while (!result.equals("0|0|0") && System.nanoTime() < end);
    assertThat(result).isEqualTo("0|0|0");
  }

  @Test
  void aSlowHandlerDoesNotGrowTheHeap() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open()) {
      fill(connection, 1);
      List<String> line =
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx64m",
              "-cp",
              System.getProperty("java.class.path"),
              SlowHandlerMain.class.getName(),
              database.path().toString());
      try (CliProcess slow = CliProcess.startLine(line).awaitReady()) {
        // Some 150 MB of rows, in transactions of all sizes.
        for (int i = 0; i < 30; i++) {
          fill(connection, i % 10 == 0 ? 100_000 : 10_000);
        }
        slow.awaitError("handled 20000");
        assertThat(slow.errors()).doesNotContain("OutOfMemory");
        assertThat(slow.stop()).isEqualTo(143);
      }
    }
  }
}
