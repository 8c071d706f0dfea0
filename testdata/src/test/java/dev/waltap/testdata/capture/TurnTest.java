// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Change;
import dev.waltap.api.WakeSignal;
import dev.waltap.capture.CaptureEngine;
import dev.waltap.capture.Workers;
import dev.waltap.host.Threads;
import dev.waltap.memory.CaptureMemory;
import dev.waltap.memory.MemoryPool;
import dev.waltap.page.MemoryLimit;
import dev.waltap.testdata.Await;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.wake.CountedSignal;
import dev.waltap.wake.WakeSignals;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A capture that waits without a thread for its turn to look is there for all else. */
class TurnTest {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

  private final Queue<Long> delivered = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> inTurn = new ConcurrentLinkedQueue<>();

  /** What the handler waits for before it returns. */
  private final AtomicReference<@Nullable CountDownLatch> held = new AtomicReference<>();

  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicReference<CountedSignal> signal = new AtomicReference<>();

  /** Runs what takes its turn when the test says so. */
  private final Workers workers =
      new Workers() {
        @Override
        public void execute(String name, Runnable task) {
          sessions.incrementAndGet();
          Thread thread =
              new Thread(
                  () -> {
                    task.run();
                    sessions.decrementAndGet();
                  },
                  name);
          thread.setDaemon(true);
          thread.start();
        }

        @Override
        public void executeInTurn(String name, Runnable task) {
          if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new OutOfMemoryError("as if there were no memory");
          }
          inTurn.add(task);
        }

        @Override
        public void endTurn() {}
      };

  private TestDatabase database;
  private Connection application;
  private CaptureEngine engine;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create();
    application = TestDatabase.open(database.path());
    TestDatabase.execute(application, "CREATE TABLE t(id INTEGER PRIMARY KEY)");
    engine =
        (CaptureEngine)
            Waltap.open(database.path()).handler(this::take).wakeSignal(this::signal).build();
  }

  @AfterEach
  void close() throws SQLException {
    application.close();
    database.close();
  }

  private WakeSignal signal() {
    CountedSignal made = new CountedSignal(WakeSignals.fileWatching(Duration.ofHours(1)));
    signal.set(made);
    return made;
  }

  private CountedSignal present() {
    return Objects.requireNonNull(signal.get());
  }

  private void take(List<Change> batch) {
    for (Change change : batch) {
      delivered.add(Objects.requireNonNull(change.after()).getLong(0));
    }
    CountDownLatch returns = held.get();
    if (returns != null) {
      Threads.await(returns);
    }
  }

  /** Runs it until neither handler nor session has a thread. */
  private CountDownLatch leave() {
    CountDownLatch recalled = new CountDownLatch(1);
    do {
      assertThat(engine.turn(CaptureMode.CDC, workers)).isFalse();
    } while (!engine.leave(recalled::countDown));
    awaitLeft();
    return recalled;
  }

  private void awaitLeft() {
    long begun = System.nanoTime();
    while (!present().hasLeft() || sessions.get() > 0) {
      assertThat(System.nanoTime() - begun).isLessThan(PATIENCE);
      Thread.onSpinWait();
    }
  }

  /** On threads that a test leaves behind if it does not. */
  private void assertCloses() throws InterruptedException {
    Thread closing = start(engine::close);
    Thread ending =
        start(
            () -> {
              while (!engine.turn(CaptureMode.CDC, workers)) {
                Thread.onSpinWait();
              }
            });
    closing.join(TimeUnit.NANOSECONDS.toMillis(PATIENCE));
    assertThat(closing.isAlive()).isFalse();
    ending.join();
  }

  private static Thread start(Runnable deed) {
    Thread thread = new Thread(deed);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Test
  void aCommitDoesNotWaitForTheTurnOfALook() throws Exception {
    CountDownLatch recalled = leave();
    engine.look();
    engine.look();
    assertThat(inTurn).hasSize(1);
    TestDatabase.execute(application, "INSERT INTO t VALUES (7)");
    assertThat(recalled.await(PATIENCE, TimeUnit.NANOSECONDS)).isTrue();
    leave();
    assertThat(delivered).containsExactly(7L);
    inTurn.remove().run(); // Finds nothing, and leaves again.
    assertThat(present().hasLeft()).isTrue();
    assertCloses();
  }

  @Test
  void whatHasItsTurnLooks() throws Exception {
    leave();
    engine.look();
    long waits = present().waits();
    inTurn.remove().run();
    assertThat(present().waits()).isGreaterThan(waits);
    engine.look();
    assertThat(inTurn).hasSize(1);
    assertCloses();
  }

  @Test
  void closingDoesNotWaitForTheTurnOfALook() throws Exception {
    CountDownLatch recalled = leave();
    engine.look();
    start(engine::close);
    assertThat(recalled.await(PATIENCE, TimeUnit.NANOSECONDS)).isTrue();
    assertCloses();
    inTurn.remove().run(); // Nothing is left to do.
  }

  @Test
  void aLookForWhichThereIsNoMemoryLosesNoSession() throws Exception {
    CountDownLatch recalled = leave();
    refusals.set(1);
    engine.look();
    assertThat(inTurn).isEmpty();
    TestDatabase.execute(application, "INSERT INTO t VALUES (7)");
    assertThat(recalled.await(PATIENCE, TimeUnit.NANOSECONDS)).isTrue();
    leave();
    assertThat(delivered).containsExactly(7L);
    engine.look();
    assertThat(inTurn).hasSize(1);
    assertCloses();
  }

  @Test
  void aCloseThatIsOnlyBegunRecallsWhoeverHasLeft() throws Exception {
    CountDownLatch recalled = leave();
    assertThat(engine.beginClose()).isTrue();
    assertThat(recalled.await(PATIENCE, TimeUnit.NANOSECONDS)).isTrue();
    assertThat(engine.turn(CaptureMode.CDC, workers)).as("it has ended").isTrue();
    engine.close();
  }

  private Thread deliverUntilTheFirstChange() throws Exception {
    Thread delivering =
        start(
            () -> {
              while (!engine.turn(CaptureMode.CDC, workers)) {
                Thread.onSpinWait();
              }
            });
    Await.until(
        Duration.ofNanos(PATIENCE), () -> !delivered.isEmpty(), () -> "the change does not come");
    return delivering;
  }

  @Test
  void aCloseThatIsOnlyBegunDoesNotWaitForAHandler() throws Exception {
    CountDownLatch recalled = leave();
    CountDownLatch returns = new CountDownLatch(1);
    held.set(returns);
    TestDatabase.execute(application, "INSERT INTO t VALUES (7)");
    assertThat(recalled.await(PATIENCE, TimeUnit.NANOSECONDS)).isTrue();
    Thread delivering = deliverUntilTheFirstChange();
    assertThat(engine.beginClose()).isTrue();
    assertThat(delivering.isAlive()).as("the handler has not returned").isTrue();
    returns.countDown();
    delivering.join(TimeUnit.NANOSECONDS.toMillis(PATIENCE));
    assertThat(delivering.isAlive()).isFalse();
    engine.close();
  }

  /** Makes the engine one of a larger table, which takes its memory from the pool that it gives. */
  private MemoryPool share(UnaryOperator<CaptureBuilder> options) throws SQLException {
    engine.close();
    TestDatabase.execute(
        application,
        "CREATE TABLE big(id INTEGER PRIMARY KEY, content BLOB)",
        "INSERT INTO big(content) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 300) SELECT randomblob(3000) FROM n");
    MemoryPool pool = new MemoryPool(6 << 20);
    CaptureBuilder builder =
        Waltap.open(database.path()).handler(this::take).wakeSignal(this::signal);
    engine =
        new CaptureEngine(
            options.apply(builder).options(), new CaptureMemory(4 << 20, pool, 1 << 20, pool));
    return pool;
  }

  @Test
  void idleItGivesBackTheMemoryThatOthersNeed() throws Exception {
    MemoryPool pool = share(options -> options);
    long floors = pool.total() - pool.free();
    CountDownLatch recalled = leave();
    engine.tend(System.nanoTime());
    assertThat(inTurn).as("the pool has enough").isEmpty();
    assertThat(pool.free()).as("the page set has some of it").isLessThan(5 << 20);

    try (CaptureMemory other = new CaptureMemory(6 << 20, pool, 1 << 20, pool)) {
      MemoryLimit needed = other.pages();
      assertThat(needed.grow(5 << 19)).isTrue();
      Await.until(
          Duration.ofNanos(PATIENCE),
          () -> {
            engine.tend(System.nanoTime());
            inTurn.forEach(Runnable::run);
            inTurn.clear();
            return pool.free() == pool.total() - needed.reserved() - 2 * floors;
          },
          () -> "it keeps what it has, " + pool.free() + " bytes are left");
      engine.tend(System.nanoTime());
      assertThat(inTurn).as("there is nothing more to give back").isEmpty();
      TestDatabase.execute(application, "UPDATE big SET content = randomblob(3000)");
      assertThat(recalled.await(PATIENCE, TimeUnit.NANOSECONDS)).isTrue();
      leave();
      assertThat(delivered).hasSize(300);
      needed.close();
    }
    assertCloses();
    assertThat(pool.free()).isEqualTo(pool.total());
  }

  @Test
  void itGivesWayToOthersWhileItWaitsForItsHandler() throws Exception {
    MemoryPool pool = share(options -> options.batchSize(1).queueChanges(1));
    CountDownLatch recalled = leave();
    CountDownLatch returns = new CountDownLatch(1);
    held.set(returns);
    TestDatabase.execute(application, "UPDATE big SET content = randomblob(3000)");
    assertThat(recalled.await(PATIENCE, TimeUnit.NANOSECONDS)).isTrue();
    Thread delivering = deliverUntilTheFirstChange();
    List<CaptureMemory> others = new ArrayList<>();
    while (pool.free() >= 0) {
      others.add(new CaptureMemory(6 << 20, pool, 1 << 20, pool));
    }
    Await.until(
        Duration.ofNanos(PATIENCE),
        () -> pool.free() > 0,
        () -> "it keeps what it has, " + pool.free() + " bytes are left");
    others.forEach(CaptureMemory::close);
    assertThat(delivering.isAlive()).as("the handler has not returned").isTrue();
    held.set(null);
    returns.countDown();
    Await.until(
        Duration.ofNanos(PATIENCE),
        () -> delivered.size() == 300,
        () -> delivered.size() + " came");
    assertThat(engine.beginClose()).isTrue();
    delivering.join(TimeUnit.NANOSECONDS.toMillis(PATIENCE));
    assertThat(delivering.isAlive()).isFalse();
    engine.close();
    assertThat(pool.free()).isEqualTo(pool.total());
  }
}
