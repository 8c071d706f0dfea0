// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.Change;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.ExpectedChange;
import dev.waltap.testdata.model.Scratch;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotDiff;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.oracle.ExactChanges;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleHarness.CaptureFactory;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The capture of one database by this process, with the oracle behind it and a connection that
 * reads what is compared. May be stopped and started again. Used from one thread.
 */
final class MatrixCapture implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private final Path database;
  private final boolean stateful;
  private final boolean legacy;
  private final MarkerSequence sequence = new MarkerSequence();
  private final Totals totals;
  private @Nullable Running running;
  private @Nullable ReplicaOracle oracle;

  /** What lives from a start to the next stop. */
  private record Running(
      OracleHarness harness, Connection observer, SnapshotReader reader, BareFrames frames) {}

  MatrixCapture(Path database, Layout layout, Totals totals) {
    this.database = database;
    this.stateful = layout.stateful();
    this.legacy = layout.legacy();
    this.totals = totals;
  }

  /** Starts it; with state it goes on where it was, without it knows nothing of before. */
  void start(boolean bootstrap) throws Exception {
    Connection observer = TestDatabase.open(database);
    SnapshotReader reader = new SnapshotReader(observer, table -> true);
    ReplicaOracle judge = oracle;
    if (judge == null || !stateful) {
      judge = new ReplicaOracle(options(observer));
      oracle = judge;
      if (!bootstrap && !stateful) {
        judge.baseline(reader.read());
      }
    } else {
      judge.expectRedelivery();
    }
    sequence.restart();
    OracleHarness.Mode mode =
        capture -> {
          if (bootstrap || stateful) {
            capture.bootstrapAndCdc();
          } else {
            capture.cdc();
          }
        };
    OracleHarness harness = new OracleHarness(database, judge, factory(), mode);
    running = new Running(harness, observer, reader, new BareFrames(database, observer));
    harness.probe(sequence::accept).start().awaitReady(LIMIT);
  }

  private OracleOptions options(Connection observer) throws SQLException {
    OracleOptions options = OracleOptions.DEFAULT.withCharset(SnapshotReader.charset(observer));
    options = legacy ? options.withLegacyFormat() : options;
    return stateful ? options.withHistory() : options;
  }

  private CaptureFactory factory() {
    return (path, handler, listener) -> {
      var builder = Waltap.open(path).handler(handler).listener(listener);
      return stateful
          ? builder.stateDirectory(Path.of(database + "-waltap")).build()
          : builder.noState().build();
    };
  }

  private Running running() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException("the capture does not run");
    }
    return now;
  }

  Connection observer() {
    return running().observer;
  }

  BareFrames frames() {
    return running().frames;
  }

  /** Waits for the marker, which the database has now, and compares. Nothing may be written. */
  Snapshot compare(long marker) throws Exception {
    Running now = running();
    now.harness.awaitMarker(marker, LIMIT);
    Snapshot snapshot = now.reader.read();
    judge().compareWith(snapshot);
    checkSequence();
    return snapshot;
  }

  /** Demands that the capture does not end by itself for so long. */
  void demandRunning(Duration time) throws InterruptedException {
    try {
      running().harness.awaitEnd(time);
    } catch (AssertionError e) {
      if (String.valueOf(e.getMessage()).contains("in vain")) {
        return;
      }
      throw e;
    }
    throw new AssertionError("the capture ended");
  }

  /** Keeps what is emitted from here on, to be compared one by one. */
  void record(boolean wanted) {
    running().harness.recording(wanted).takeChanges();
  }

  /** Compares what was emitted since {@link #record} with the difference of two snapshots. */
  void compareExactly(Snapshot before, Snapshot after) throws Exception {
    try (Scratch scratch = new Scratch(after.charset())) {
      List<ExpectedChange> expected = SnapshotDiff.between(before, after, scratch);
      List<Change> emitted = running().harness.takeChanges();
      ExactChanges.check(
          expected.stream().filter(change -> !change.table().equals(Markers.TABLE)).toList(),
          emitted.stream().filter(change -> !change.table().equals(Markers.TABLE)).toList(),
          after.charset());
    }
  }

  private ReplicaOracle judge() {
    ReplicaOracle judge = oracle;
    if (judge == null) {
      throw new IllegalStateException("the capture was never started");
    }
    return judge;
  }

  /** How often history was lost since the start. */
  long gaps() {
    CaptureMetrics metrics = running().harness.capture().metrics();
    return Math.max(metrics.overruns(), metrics.reconciles());
  }

  private void checkSequence() {
    long skips = sequence.skips();
    if (skips > gaps()) {
      throw new AssertionError(
          skips + " times transactions came together, but there were only " + gaps() + " gaps");
    }
  }

  /** The marker will be set to this, after a recovery that may have lost commits. */
  void expectMarker(long marker) {
    sequence.expect(marker);
  }

  /** Stops the capture and closes the connection; the writers' own stay open. */
  void stop() throws Exception {
    Running now = running;
    if (now != null) {
      totals.gaps += gaps();
      totals.bareFrames += now.frames.count();
      running = null;
      try (Connection observer = now.observer) {
        now.harness.close();
      }
    }
  }

  @Override
  public void close() throws Exception {
    try {
      stop();
    } finally {
      if (oracle != null) {
        totals.changes += oracle.changes();
        oracle.close();
      }
    }
  }
}
