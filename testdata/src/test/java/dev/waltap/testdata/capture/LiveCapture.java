// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.GuardMode;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Scratch;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotDiff;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.oracle.ExactChanges;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A database under capture. Every transaction's changes are compared, one by one, with the
 * difference of two snapshots taken by SQL, and the replica made of them with the source; so a test
 * says what happens, and asserts only what it is about. When it closes, a bootstrap is compared
 * with the source, too. For one thread.
 */
final class LiveCapture implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** What a connection needs before it reads or writes. */
  @FunctionalInterface
  interface Preparation {
    void prepare(Connection connection) throws SQLException;
  }

  private final TestDatabase database;
  private final Connection writer;
  private final Connection observer;
  private final SnapshotReader reader;
  private final Scratch scratch;
  private final ReplicaOracle oracle;
  private final OracleOptions options;
  private final OracleHarness harness;
  private final PausingSignal signal = new PausingSignal();
  private final Predicate<String> tables;
  private final boolean bootstrapped;
  private long marker;
  private boolean failed = true;

  private LiveCapture(Setup setup, String... statements) throws Exception {
    database = setup.database;
    tables = setup.tables;
    bootstrapped = setup.bootstrapped;
    writer = database.open();
    observer = database.open();
    setup.preparation.prepare(writer);
    setup.preparation.prepare(observer);
    Markers.create(writer);
    TestDatabase.execute(writer, statements);
    reader = new SnapshotReader(observer, table -> isMarker(table) || tables.test(table));
    Snapshot first = reader.read();
    scratch = new Scratch(first.charset());
    options =
        OracleOptions.DEFAULT
            .withCharset(first.charset())
            .withTables(table -> isMarker(table) || tables.test(table));
    oracle = new ReplicaOracle(options);
    oracle.baseline(first);
    harness =
        new OracleHarness(
            database.path(),
            oracle,
            (path, handler, listener) ->
                setup
                    .builder
                    .apply(Waltap.open(path).guard(GuardMode.NEVER))
                    .wakeSignal(signal)
                    .handler(handler)
                    .listener(listener)
                    .build(),
            ChangeDataCapture::cdc);
    harness.recording().start();
    harness.awaitReady(LIMIT);
    settleMarker();
    harness.takeChanges();
    failed = false;
  }

  /** How a capture is opened. */
  static final class Setup {
    private final TestDatabase database;
    private UnaryOperator<CaptureBuilder> builder = UnaryOperator.identity();
    private Predicate<String> tables = table -> true;
    private boolean bootstrapped = true;
    private Preparation preparation = connection -> {};

    private Setup(TestDatabase database) {
      this.database = database;
    }

    /** Captures only tables that these globs and this predicate both mean, and the marker. */
    Setup tables(Predicate<String> meant, String... globs) {
      tables = meant;
      bootstrapped = false;
      String[] all = java.util.Arrays.copyOf(globs, globs.length + 1);
      all[globs.length] = Markers.TABLE;
      builder = capture -> capture.tables(all);
      return this;
    }

    Setup capturing(UnaryOperator<CaptureBuilder> change) {
      UnaryOperator<CaptureBuilder> sofar = builder;
      builder = capture -> change.apply(sofar.apply(capture));
      return this;
    }

    Setup prepare(Preparation wanted) {
      preparation = wanted;
      return this;
    }

    /** Leaves out the bootstrap at the end: the replica can't be made of its statements. */
    Setup withoutBootstrap() {
      bootstrapped = false;
      return this;
    }

    /** Runs these statements, and the capture from then on. */
    LiveCapture start(String... statements) throws Exception {
      return new LiveCapture(this, statements);
    }
  }

  /** The capture owns the database from here on. */
  static Setup of(TestDatabase database) {
    return new Setup(database);
  }

  /** A capture of a new database with these statements run before it. */
  static LiveCapture start(String... statements) throws Exception {
    return of(TestDatabase.create()).start(statements);
  }

  private static boolean isMarker(String table) {
    return table.equals(Markers.TABLE);
  }

  Connection writer() {
    return writer;
  }

  TestDatabase database() {
    return database;
  }

  /** Commits one transaction; returns its changes, which are those that SQL says. */
  List<Change> transaction(String... statements) throws Exception {
    return emittedBy(
        () -> {
          TestDatabase.execute(writer, "BEGIN");
          TestDatabase.execute(writer, statements);
          TestDatabase.execute(writer, "COMMIT");
        });
  }

  /** Runs a statement that can't be in a transaction, as VACUUM; returns its changes. */
  List<Change> outside(String statement) throws Exception {
    return emittedBy(() -> TestDatabase.execute(writer, statement));
  }

  /** What makes one transaction. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /** Does the work, which makes at most one transaction; returns its changes. */
  List<Change> emittedBy(Work work) throws Exception {
    failed = true;
    Snapshot before = reader.read();
    work.run();
    return compare(before);
  }

  /** Lets the capture be overrun by these transactions; returns their net effect as emitted. */
  List<Change> overrun(String... statements) throws Exception {
    return overrunBy(() -> TestDatabase.execute(writer, statements));
  }

  /** Lets the capture be overrun by this work; returns its net effect as emitted. */
  List<Change> overrunBy(Work work) throws Exception {
    failed = true;
    Snapshot before = reader.read();
    signal.pause();
    work.run();
    TestDatabase.execute(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
    Markers.write(writer, ++marker);
    TestDatabase.execute(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
    signal.resume();
    return compare(before);
  }

  /** Waits until the capture has emitted so many net effects from snapshots. */
  void awaitReconciles(long wanted) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (harness.capture().metrics().reconciles() < wanted) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("reconciled less than " + wanted + " times");
      }
      Thread.sleep(1);
    }
  }

  private List<Change> compare(Snapshot before) throws Exception {
    settleMarker();
    List<Change> emitted =
        harness.takeChanges().stream().filter(change -> !isMarker(change.table())).toList();
    Snapshot after = reader.read();
    ExactChanges.check(
        SnapshotDiff.between(before, after, scratch).stream()
            .filter(change -> !isMarker(change.table()))
            .toList(),
        emitted,
        after.charset());
    oracle.compareWith(after);
    failed = false;
    return emitted;
  }

  private void settleMarker() throws Exception {
    Markers.write(writer, ++marker);
    harness.awaitMarker(marker, LIMIT);
  }

  /** What is emitted, in short: operation and table of each change. */
  static List<String> summary(List<Change> changes) {
    return changes.stream().map(change -> change.operation() + " " + change.table()).toList();
  }

  private void compareBootstrap() throws Exception {
    try (ReplicaOracle fresh = new ReplicaOracle(options);
        ChangeDataCapture bootstrap =
            Waltap.open(database.path()).noState().handler(fresh).build()) {
      bootstrap.bootstrap();
      fresh.compareWith(reader.read());
    }
  }

  @Override
  public void close() throws Exception {
    try (TestDatabase last = database;
        Connection one = writer;
        Connection other = observer;
        Scratch third = scratch;
        ReplicaOracle fourth = oracle) {
      try (OracleHarness first = harness) {
        signal.resume();
      }
      if (!failed && bootstrapped) {
        compareBootstrap();
      }
    }
  }
}
