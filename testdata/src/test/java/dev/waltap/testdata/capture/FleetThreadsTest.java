// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Fleet;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberOutput;
import dev.waltap.api.MemberState;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Threads follow what is active, not what is open; and nothing is lost for that. */
@Tag("slow")
@Timeout(120)
class FleetThreadsTest {
  private static final int DATABASES = 12;

  /** Those that take turns at looking where nobody is active, and a look or two that came late. */
  private static final int FEW = 4;

  @TempDir private Path directory = Path.of("");

  private final Map<String, List<Long>> delivered = new ConcurrentHashMap<>();
  private final Set<String> handling = ConcurrentHashMap.newKeySet();
  private final Queue<String> problems = new ConcurrentLinkedQueue<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<Connection> applications = new ArrayList<>();

  @AfterEach
  void close() throws SQLException {
    for (Connection application : applications) {
      application.close();
    }
  }

  private void make() throws SQLException {
    for (int i = 0; i < DATABASES; i++) {
      Connection application = TestDatabase.open(directory.resolve("d" + i + ".db"));
      applications.add(application);
      TestDatabase.execute(
          application, "PRAGMA journal_mode = WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY)");
    }
  }

  private void insert(int database, long id) throws SQLException {
    TestDatabase.execute(applications.get(database), "INSERT INTO t VALUES (" + id + ")");
  }

  private void take(List<Change> batch) {
    String name = String.valueOf(batch.get(0).source().database());
    if (!handling.add(name)) {
      problems.add("two threads at once in the handler of " + name);
    }
    // A list for one thread at a time, as what a handler has usually is.
    List<Long> ids = delivered.computeIfAbsent(name, key -> new ArrayList<>());
    for (Change change : batch) {
      if (change.after() != null) {
        ids.add(change.after().getLong(0));
      }
    }
    handling.remove(name);
  }

  private boolean has(int database, long... ids) {
    List<Long> got = delivered.getOrDefault("d" + database + ".db", List.of());
    return got.size() == ids.length && got.get(ids.length - 1) == ids[ids.length - 1];
  }

  /** One whose databases are all open, and stay so. */
  private Fleet fleet(ChangesHandler handler) {
    return Waltap.fleet()
        .directory(directory, "*.db", false)
        .stateRoot(directory.resolve("states"))
        .maxOpen(DATABASES)
        .idleAfter(Duration.ofMinutes(10))
        .outputs(member -> () -> handler)
        .listener(
            new FleetListener() {
              @Override
              public void ready() {
                ready.countDown();
              }

              @Override
              public void failed(FleetMember member, CaptureException why, boolean retried) {
                problems.add(member.name() + ": " + why.getMessage());
              }
            })
        .build();
  }

  private Thread start(Fleet fleet) throws InterruptedException {
    return FleetThread.start(fleet, ready, 60, failure);
  }

  private static void await(BooleanSupplier condition, Object what) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time: " + what).isLessThan(end);
      Thread.sleep(10);
    }
  }

  private static long threads(String names) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches(names))
        .count();
  }

  private void awaitQuiet(Fleet fleet) throws InterruptedException {
    await(() -> threads("waltap-(member|capture)") <= FEW, "threads that are given back");
    assertThat(fleet.members())
        .hasSize(DATABASES)
        .allMatch(member -> member.state() == MemberState.RUNNING);
  }

  @Test
  void idleDatabasesThatAreOpenHaveNoThreads() throws Exception {
    make();
    try (Fleet fleet = fleet(this::take)) {
      Thread thread = start(fleet);
      awaitQuiet(fleet);
      for (long round = 1; round <= 2; round++) {
        for (int i = 0; i < DATABASES; i++) {
          insert(i, round);
        }
        long[] ids = round == 1 ? new long[] {1} : new long[] {1, 2};
        for (int i = 0; i < DATABASES; i++) {
          int database = i;
          await(() -> has(database, ids), delivered);
        }
        awaitQuiet(fleet);
      }
      fleet.close();
      thread.join();
      assertThat(fleet.members()).isEmpty();
    }
    assertThat(problems).isEmpty();
    assertThat(failure.get()).isNull();
    // One that has nothing more to do may still be about to end.
    await(() -> threads("waltap-(member|capture|close|idle)") == 0, "threads that end");
  }

  @Test
  void oneThatFailsOrInterruptsItselfDisturbsNoOther() throws Exception {
    make();
    ChangesHandler handler =
        batch -> {
          take(batch);
          Change change = batch.get(0);
          if ("d0.db".equals(change.source().database())
              && delivered.getOrDefault("d0.db", List.of()).size() == 1) {
            throw new IllegalStateException("no more");
          }
          if ("d1.db".equals(change.source().database())
              && delivered.getOrDefault("d1.db", List.of()).size() == 1) {
            Thread.currentThread().interrupt();
          }
        };
    try (Fleet fleet = fleet(handler)) {
      start(fleet);
      awaitQuiet(fleet);
      for (int i = 0; i < DATABASES; i++) {
        insert(i, 7);
      }
      await(() -> has(0, 7, 7), delivered);
      for (int i = 1; i < DATABASES; i++) {
        int database = i;
        await(() -> has(database, 7) || has(database, 7, 7), delivered);
      }
      await(() -> problems.size() == 2, problems);
      assertThat(problems)
          .anyMatch(problem -> problem.startsWith("d0.db") && problem.contains("no more"))
          .anyMatch(problem -> problem.startsWith("d1.db") && problem.contains("interrupted"));
      insert(2, 8);
      await(() -> has(2, 7, 8), delivered);
    }
  }

  @Test
  void aHandlerThatWasRecalledMayCloseTheFleet() throws Exception {
    make();
    AtomicReference<Fleet> made = new AtomicReference<>();
    try (Fleet fleet =
        fleet(
            batch -> {
              take(batch);
              Fleet own = made.get();
              if (own != null) {
                own.close();
              }
            })) {
      made.set(fleet);
      Thread thread = start(fleet);
      awaitQuiet(fleet);
      insert(3, 1);
      thread.join(TimeUnit.SECONDS.toMillis(60));
      assertThat(thread.isAlive()).isFalse();
    }
    assertThat(failure.get()).isNull();
    assertThat(problems).isEmpty();
    assertThat(has(3, 1)).isTrue();
  }

  @Test
  void aHandlerThatBlocksHoldsUpNoOther() throws Exception {
    make();
    CountDownLatch released = new CountDownLatch(1);
    ChangesHandler handler =
        batch -> {
          if (!("d" + (DATABASES - 1) + ".db").equals(batch.get(0).source().database())) {
            released.await();
          }
          take(batch);
        };
    try (Fleet fleet = fleet(handler)) {
      start(fleet);
      awaitQuiet(fleet);
      for (int i = 0; i < DATABASES; i++) {
        insert(i, 1);
      }
      await(() -> has(DATABASES - 1, 1), delivered);
      released.countDown();
      for (int i = 0; i < DATABASES; i++) {
        int database = i;
        await(() -> has(database, 1), delivered);
      }
      awaitQuiet(fleet);
    }
    assertThat(problems).isEmpty();
  }

  /** Ends itself only once the output of another database is told to stop. */
  private static final class Entangled implements MemberOutput {
    private final CountDownLatch handling;
    private final CountDownLatch own;
    private final CountDownLatch other;

    Entangled(CountDownLatch handling, CountDownLatch own, CountDownLatch other) {
      this.handling = handling;
      this.own = own;
      this.other = other;
    }

    @Override
    public ChangesHandler handler() {
      return batch -> {
        handling.countDown();
        other.await();
      };
    }

    @Override
    public void stop() {
      own.countDown();
    }
  }

  @Test
  void oneThatBreaksEndsAllEvenWhereOneWaitsForAnother() throws Exception {
    make();
    CountDownLatch handling = new CountDownLatch(2);
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    Fleet fleet =
        Waltap.fleet()
            .databases(directory.resolve("d0.db"), directory.resolve("d1.db"))
            .stateRoot(directory.resolve("states"))
            .outputs(
                member ->
                    "d0.db".equals(member.name())
                        ? new Entangled(handling, first, second)
                        : new Entangled(handling, second, first))
            .listener(
                new FleetListener() {
                  @Override
                  public void ready() {
                    try {
                      insert(0, 1);
                      insert(1, 1);
                      ready.countDown();
                      handling.await();
                    } catch (SQLException | InterruptedException e) {
                      problems.add(e.toString());
                    }
                    throw new AssertionError("breaks the fleet's own thread");
                  }
                })
            .build();
    Thread thread = start(fleet);
    thread.join(TimeUnit.SECONDS.toMillis(30));
    boolean hangs = thread.isAlive();
    first.countDown();
    second.countDown();
    thread.join();
    assertThat(hangs).isFalse();
    assertThat(failure.get()).isInstanceOf(AssertionError.class);
    assertThat(problems).isEmpty();
  }
}
