// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.api.Change;
import dev.waltap.testdata.model.ExpectedChange;
import dev.waltap.testdata.model.Scratch;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotDiff;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.oracle.ExactChanges;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A capture of a database while steps are done with it: each group is waited for, and compared with
 * the difference of two snapshots taken by SQL, and the replica with the source.
 */
final class CheckedRun implements Rounds.Watcher {
  private final OracleHarness.CaptureFactory factory;
  private final Predicate<String> captured;
  private final Duration limit;
  private final long deadline;
  private @Nullable OracleHarness harness;
  private @Nullable ReplicaOracle oracle;
  private @Nullable Scratch scratch;
  private int steps;

  /**
   * Makes one.
   *
   * @param captured which tables it captures, the marker's among them
   * @param limit how long to wait for a marker before that is a failure
   * @param deadline of {@link System#nanoTime}: no group starts after it
   */
  CheckedRun(
      OracleHarness.CaptureFactory factory,
      Predicate<String> captured,
      Duration limit,
      long deadline) {
    this.factory = factory;
    this.captured = captured;
    this.limit = limit;
    this.deadline = deadline;
  }

  /** A deadline that no run has to fear. */
  static long never() {
    return System.nanoTime() + Duration.ofDays(365).toNanos();
  }

  /**
   * Runs it.
   *
   * @param observer a connection of its own
   * @param bootstrap whether the capture starts with one
   * @throws AssertionError at the first difference
   */
  Fuzzer.Emitted run(Path database, Connection observer, Steps done, boolean bootstrap)
      throws Exception {
    Rounds rounds = new Rounds(done, observer, captured);
    Snapshot current = new SnapshotReader(observer, captured).read();
    OracleOptions options =
        OracleOptions.DEFAULT.withCharset(current.charset()).withTables(captured);
    OracleHarness.Mode mode =
        capture -> {
          if (bootstrap) {
            capture.bootstrapAndCdc();
          } else {
            capture.cdc();
          }
        };
    try (Scratch ownScratch = new Scratch(current.charset());
        ReplicaOracle ownOracle = new ReplicaOracle(options)) {
      scratch = ownScratch;
      oracle = ownOracle;
      if (!bootstrap) {
        ownOracle.baseline(current);
      }
      try (OracleHarness ownHarness = new OracleHarness(database, ownOracle, factory, mode)) {
        harness = ownHarness.start();
        ownHarness.awaitReady(limit);
        rounds.run(this);
      }
      long markers = rounds.markers();
      return new Fuzzer.Emitted(ownOracle.transactions() - markers, ownOracle.changes() - markers);
    }
  }

  /** The steps that were begun. */
  int steps() {
    return steps;
  }

  @Override
  public boolean starts(Steps.Group group) {
    if (System.nanoTime() - deadline > 0) {
      return false;
    }
    // The changes of a burst may be many times what the database holds.
    harness().recording(group.exact());
    steps += group.size();
    return true;
  }

  @Override
  public void marked(long marker) throws InterruptedException {
    harness().awaitMarker(marker, limit);
  }

  @Override
  public void ends(Steps.Group group, Snapshot before, Snapshot after) throws SQLException {
    List<Change> emitted = harness().takeChanges();
    if (group.exact()) {
      exact(SnapshotDiff.between(before, after, Objects.requireNonNull(scratch)), emitted, after);
    }
    Objects.requireNonNull(oracle).compareWith(after);
  }

  /** A capture that was overrun may emit the marker with the transaction: compare without. */
  private static void exact(List<ExpectedChange> expected, List<Change> emitted, Snapshot next) {
    ExactChanges.check(
        expected.stream().filter(change -> !change.table().equals(Markers.TABLE)).toList(),
        emitted.stream().filter(change -> !change.table().equals(Markers.TABLE)).toList(),
        next.charset());
  }

  private OracleHarness harness() {
    return Objects.requireNonNull(harness);
  }
}
