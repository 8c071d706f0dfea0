// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.busy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Captures in the application's own JVM, with its own connections beside them. */
@Tag("slow")
@Timeout(240)
class EmbeddedTest {

  /** Runs a capture until it is ready, and ends it. */
  private static void openAndClose(Path database) throws Exception {
    new Running(database).close();
  }

  private static void fill(Connection connection) throws Exception {
    TestDatabase.execute(
        connection, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES(1, 1)");
  }

  private static long count(String directory) throws Exception {
    try (Stream<Path> files = Files.list(Path.of(directory))) {
      return files.count();
    }
  }

  private static long mappings() throws Exception {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains("-shm") || line.contains("-wal")).count();
    }
  }

  @Test
  void leaksNothing() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/fd")), "no /proc");
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open()) {
      fill(connection);
      for (int i = 0; i < 20; i++) {
        openAndClose(database.path());
      }
      long descriptors = count("/proc/self/fd");
      int threads = Thread.activeCount();
      long mappings = mappings();
      for (int i = 0; i < 200; i++) {
        openAndClose(database.path());
      }
      assertThat(count("/proc/self/fd")).isLessThanOrEqualTo(descriptors + 2);
      assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);
      assertThat(mappings()).isLessThanOrEqualTo(mappings + 1);
    }
  }

  /** A capture that runs until it is closed. */
  private static final class Running implements AutoCloseable {
    private final Semaphore delivered = new Semaphore(0);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final ChangeDataCapture capture;
    private final Thread thread;

    Running(Path database) throws Exception {
      CountDownLatch ready = new CountDownLatch(1);
      capture =
          Waltap.open(database)
              .handler(batch -> delivered.release(batch.size()))
              .listener(
                  new CaptureListener() {
                    @Override
                    public void ready() {
                      ready.countDown();
                    }
                  })
              .build();
      thread = new Thread(capture::cdc);
      thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
      thread.start();
      assertThat(ready.await(30, TimeUnit.SECONDS)).isTrue();
    }

    void awaitDelivered(int changes) throws Exception {
      assertThat(delivered.tryAcquire(changes, 30, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() throws Exception {
      capture.close();
      thread.join();
      assertThat(failure.get()).isNull();
    }
  }

  private static long ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("waltap-") && thread.isAlive())
        .count();
  }

  /** Twenty databases at once, some captured twice, opened and closed in any order. */
  @Test
  void manyAtOnceLeakNothing() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/fd")), "no /proc");
    List<TestDatabase> databases = new ArrayList<>();
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      databases.add(TestDatabase.create());
      connections.add(databases.get(i).open());
      fill(connections.get(i));
    }
    long descriptors = 0;
    long mappings = 0;
    for (int round = 0; round < 4; round++) {
      // The same each time: SQLite keeps as many descriptors as were open at once.
      captureAll(databases, connections, new Random(5));
      if (round == 0) {
        descriptors = count("/proc/self/fd");
        mappings = mappings();
      }
    }
    assertThat(count("/proc/self/fd")).isLessThanOrEqualTo(descriptors + 2);
    assertThat(mappings()).isLessThanOrEqualTo(mappings);
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (ownThreads() > 0 && System.nanoTime() < limit) {
      Thread.onSpinWait(); // The watching thread ends by itself.
    }
    assertThat(ownThreads()).isZero();
    for (int i = 0; i < 20; i++) {
      connections.get(i).close();
      databases.get(i).close();
    }
  }

  private static void captureAll(
      List<TestDatabase> databases, List<Connection> connections, Random random) throws Exception {
    List<Running> running = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      running.add(new Running(databases.get(i % 20).path()));
      if (random.nextInt(4) == 0) {
        openAndClose(databases.get(random.nextInt(20)).path());
      }
    }
    for (Connection connection : connections) {
      TestDatabase.execute(connection, "UPDATE t SET v = v + 1", "INSERT INTO t(v) VALUES(0)");
    }
    long rows = TestDatabase.number(connections.get(0), "SELECT count(*) FROM t");
    for (Running capture : running) {
      capture.awaitDelivered((int) rows);
    }
    Collections.shuffle(running, random);
    for (Running capture : running) {
      capture.close();
    }
  }

  /** What stays is one descriptor of each database: to close it might drop locks. */
  @Test
  void keepsOneDescriptorOfEachDatabase() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/fd")), "no /proc");
    long descriptors = count("/proc/self/fd");
    for (int i = 0; i < 50; i++) {
      try (TestDatabase database = TestDatabase.create()) {
        try (Connection connection = database.open()) {
          fill(connection);
        }
        openAndClose(database.path());
      }
    }
    // Those of databases that earlier tests have deleted may go meanwhile.
    assertThat(count("/proc/self/fd")).isLessThanOrEqualTo(descriptors + 55);
    assertThat(mappings()).isLessThanOrEqualTo(2);
  }

  /** What another process sees is what counts: it must find the application's locks. */
  @Test
  void dropsNoLock() throws Exception {
    assumeTrue(TestDatabase.hasShell(), "no sqlite3 shell");
    try (TestDatabase database = TestDatabase.create();
        Connection app = database.open();
        Connection writer = database.open()) {
      fill(app);
      TestDatabase.execute(app, "BEGIN");
      TestDatabase.number(app, "SELECT count(*) FROM t");
      TestDatabase.execute(writer, "INSERT INTO t VALUES(2, 2)");
      for (int i = 0; i < 5; i++) {
        openAndClose(database.path());
        assertThat(database.shell("PRAGMA wal_checkpoint(TRUNCATE)")).startsWith("1|");
        assertThat(database.shell("SELECT count(*) FROM t")).startsWith("2");
        assertThat(Path.of(database.path() + "-wal")).exists().isNotEmptyFile();
      }
      assertThat(TestDatabase.number(app, "SELECT count(*) FROM t")).isEqualTo(1);
      TestDatabase.execute(app, "COMMIT");
      TestDatabase.execute(writer, "BEGIN IMMEDIATE", "INSERT INTO t VALUES(3, 3)");
      openAndClose(database.path());
      assertThat(database.shell("SELECT count(*) FROM t")).startsWith("2");
      TestDatabase.execute(writer, "ROLLBACK");
    }
  }

  @Test
  void twoCapturesOfOneDatabase() throws Exception {
    try (Busy one = new Busy()) {
      openAndClose(one.database.path());
      try (var second =
          new dev.waltap.testdata.oracle.ReplicaOracle(
              dev.waltap.testdata.oracle.OracleOptions.DEFAULT)) {
        second.baseline(one.app);
        try (var harness =
            new dev.waltap.testdata.oracle.OracleHarness(
                one.database.path(),
                second,
                dev.waltap.testdata.Captures.waltap(),
                capture -> capture.cdc())) {
          harness.start().awaitReady(Busy.LIMIT);
          for (int i = 2; i < 3000; i++) {
            one.run("INSERT INTO t VALUES(" + i + ", 'x', x'00')");
          }
          one.settle();
          harness.awaitMarker(1, Busy.LIMIT);
          second.compareWith(one.app);
        }
        one.run("DELETE FROM t WHERE id % 2 = 0");
        one.settle();
      }
    }
  }
}
