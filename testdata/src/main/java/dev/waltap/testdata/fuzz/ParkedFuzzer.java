// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Change;
import dev.waltap.api.Fleet;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberState;
import dev.waltap.capture.CaptureEngine;
import dev.waltap.testdata.Await;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A database that a fleet parks whenever it is idle, and that is written to by connections which
 * are closed after a transaction or a few, so that its WAL is gone then, or stay open, so that it
 * is not: what the fleet catches up on by itself, and what it opens the database for, has to make
 * the same replica. All but how often it does which follows from the case.
 */
public final class ParkedFuzzer {
  private static final long LIMIT_SECONDS = 30;
  private static final long PAUSE_MILLIS = 2;

  /** One in so many pauses the fleet is closed, and started again. */
  private static final int RESTARTS = 12;

  private static final String OTHER = "other_database";

  private final FuzzCase fuzzed;
  private int restarts;
  private int loaded;
  private final AtomicInteger caughtUp = new AtomicInteger();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** One of this case. */
  public ParkedFuzzer(FuzzCase fuzzed) {
    this.fuzzed = fuzzed;
  }

  /**
   * What a run did.
   *
   * @param pauses how often the replica was compared
   * @param restarts how often the fleet was started again
   * @param loaded at how many of these its states alone said what it takes to catch up; that it is
   *     what was in memory, checks that take long see to
   * @param caughtUp how often the fleet emitted changes, or found that there are none, without
   *     opening the database
   * @param opened how often it opened it
   */
  public record Done(int pauses, int restarts, int loaded, int caughtUp, int opened) {}

  /**
   * Runs until so many transactions are done, or until the time is up.
   *
   * @param deadline of {@link System#nanoTime}
   * @throws AssertionError at the first difference
   */
  public Done run(long deadline) throws Exception {
    Random random = new Random(fuzzed.seed());
    Setup setup = Setup.random(random, fuzzed.features());
    try (TestDatabase database = setup.create()) {
      makeOther(database.path());
      Snapshot empty = read(database.path());
      try (RandomSteps steps = new RandomSteps(fuzzed, random, setup, database, empty);
          ReplicaOracle oracle =
              new ReplicaOracle(OracleOptions.DEFAULT.withCharset(empty.charset()))) {
        return run(database, steps, random, oracle, deadline);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + fuzzed.seed() + ": " + e.getMessage(), e);
      }
    }
  }

  private Done run(
      TestDatabase database, RandomSteps steps, Random random, ReplicaOracle oracle, long deadline)
      throws Exception {
    oracle.baseline(read(database.path()));
    int pauses = 0;
    Running fleet = new Running(database.path(), oracle);
    try {
      for (int i = 0; i < fuzzed.transactions() && System.nanoTime() - deadline < 0; pauses++) {
        for (int left = 1 + random.nextInt(3); left > 0; left--, i++) {
          Snapshot current = read(database.path());
          steps.step(current, current);
        }
        Running watched = fleet;
        Callable<Void> look =
            () -> {
              watched.awaitEqual(read(database.path()));
              watched.park(database.path());
              return null;
            };
        if (random.nextBoolean()) {
          steps.closed(look);
        } else {
          look.call();
        }
        if (random.nextInt(RESTARTS) == 0) {
          fleet.close();
          steps.step(read(database.path()), read(database.path()));
          Running again = new Running(database.path(), oracle);
          fleet = again;
          steps.closed(
              () -> {
                again.awaitEqual(read(database.path()));
                again.park(database.path());
                Path state = Objects.requireNonNull(again.member(database.path()).stateDirectory());
                again.close();
                restarts++;
                loaded += isSaved(database.path(), state) ? 1 : 0;
                return null;
              });
          fleet = new Running(database.path(), oracle);
        }
      }
    } finally {
      fleet.close();
    }
    return new Done(pauses, restarts, loaded, caughtUp.get(), opened.get());
  }

  private static Path other(Path database) {
    return database.resolveSibling(OTHER + ".db");
  }

  private static void makeOther(Path database) throws SQLException {
    try (Connection connection = TestDatabase.open(other(database))) {
      TestDatabase.execute(
          connection,
          "PRAGMA journal_mode = WAL",
          "CREATE TABLE " + OTHER + "(a)",
          "INSERT INTO " + OTHER + " VALUES (0)");
    }
  }

  private static Snapshot read(Path database) throws SQLException {
    try (Connection connection = TestDatabase.open(database)) {
      return new SnapshotReader(connection, table -> true).read();
    }
  }

  /** Whether a state says what it takes to catch up. */
  private static boolean isSaved(Path database, Path state) {
    CaptureBuilder builder = Waltap.open(database).stateDirectory(state).handler(batch -> {});
    try (CaptureEngine engine = (CaptureEngine) builder.build()) {
      return engine.saved() != null;
    }
  }

  /** A fleet of the one database, from its start until it is closed. */
  private final class Running implements FleetListener, AutoCloseable {
    private final ReplicaOracle oracle;
    private final Fleet fleet;
    private final Thread thread;
    private final CountDownLatch ready = new CountDownLatch(1);

    Running(Path database, ReplicaOracle oracle) throws InterruptedException {
      this.oracle = oracle;
      this.fleet =
          Waltap.fleet()
              .databases(database, other(database))
              .maxOpen(1)
              .stateRoot(database.resolveSibling("states"))
              .handler(this::take)
              .listener(this)
              .build();
      this.thread = new Thread(this::capture, "fleet");
      thread.start();
      if (!ready.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the fleet was not ready in time", failure.get());
      }
    }

    private void take(List<Change> batch) {
      if (!batch.get(0).table().equals(OTHER)) {
        oracle.handleChanges(batch);
      }
    }

    private FleetMember member(Path database) {
      Path real = database.toAbsolutePath();
      return fleet.members().stream()
          .filter(each -> each.database().toAbsolutePath().equals(real))
          .findFirst()
          .orElseThrow();
    }

    /** Has another database need the place of this one. */
    void park(Path database) throws Exception {
      FleetMember member = member(database);
      Await.until(
          Duration.ofSeconds(LIMIT_SECONDS),
          () -> {
            if (member.state() == MemberState.RUNNING) {
              try (Connection connection = TestDatabase.open(other(database))) {
                TestDatabase.execute(connection, "UPDATE " + OTHER + " SET a = a + 1");
              }
            }
            return member.state() == MemberState.PARKED;
          },
          () -> "not parked in time, " + failure.get());
    }

    private void capture() {
      try {
        fleet.run(CaptureMode.CDC);
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
      }
    }

    @Override
    public void ready() {
      ready.countDown();
    }

    @Override
    public void moved(FleetMember member, MemberState before, MemberState after) {
      if (member.database().endsWith(OTHER + ".db")) {
        return;
      }
      if (before == MemberState.OPENING && after == MemberState.PARKING) {
        caughtUp.incrementAndGet();
      } else if (before == MemberState.OPENING && after == MemberState.RUNNING) {
        opened.incrementAndGet();
      }
    }

    @Override
    public void failed(FleetMember member, CaptureException why, boolean retried) {
      failure.compareAndSet(null, why);
    }

    void awaitEqual(Snapshot snapshot) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
      @Nullable AssertionError different = difference(snapshot);
      while (different != null) {
        if (failure.get() != null || System.nanoTime() - end > 0) {
          different.addSuppressed(new IllegalStateException("and the fleet", failure.get()));
          throw different;
        }
        Thread.sleep(PAUSE_MILLIS);
        different = difference(snapshot);
      }
    }

    private @Nullable AssertionError difference(Snapshot snapshot) {
      try {
        oracle.compareWith(snapshot);
        return null;
      } catch (AssertionError e) {
        return e;
      }
    }

    @Override
    public void close() throws InterruptedException {
      fleet.close();
      thread.join();
      if (failure.get() != null) {
        throw new AssertionError("the fleet failed", failure.get());
      }
    }
  }
}
