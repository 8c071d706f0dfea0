// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.GapPolicy;
import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;

/**
 * A database that is captured step by step: each step is written by connections that are closed
 * again, then captured by a run of its own, which goes on from the saved state. Owns the database.
 */
final class SteppedCapture implements AutoCloseable {
  private final TestDatabase database;

  /** Keeps the WAL, so that what the runs see is followed, and not compared with a snapshot. */
  private final Connection keeper;

  private SteppedCapture(TestDatabase database, Connection keeper) {
    this.database = database;
    this.keeper = keeper;
  }

  /** Runs these statements, and captures what comes after them. */
  static SteppedCapture start(TestDatabase database, String... statements) throws Exception {
    Connection keeper = database.open();
    TestDatabase.number(keeper, "PRAGMA schema_version");
    SteppedCapture steps = new SteppedCapture(database, keeper);
    steps.write(statements);
    try (ChangeDataCapture capture = steps.capture(GapPolicy.FAIL, new ArrayList<>())) {
      capture.setup();
    }
    return steps;
  }

  TestDatabase database() {
    return database;
  }

  Connection keeper() {
    return keeper;
  }

  private void write(String... statements) throws Exception {
    try (Connection writer = database.open()) {
      TestDatabase.execute(writer, "PRAGMA wal_autocheckpoint = 0");
      TestDatabase.execute(writer, statements);
    }
  }

  private ChangeDataCapture capture(GapPolicy policy, List<Change> changes) {
    return Waltap.open(database.path())
        .stateDirectory(database.directory().resolve("state"))
        .once(true)
        .onGap(policy)
        .handler(changes::addAll)
        .build();
  }

  /** Captures what was written by others; fails if the log does not show all. */
  List<Change> follow() throws Exception {
    return run(GapPolicy.FAIL);
  }

  private List<Change> run(GapPolicy policy) throws Exception {
    List<Change> changes = new ArrayList<>();
    try (ChangeDataCapture capture = capture(policy, changes)) {
      capture.cdc();
    }
    return changes;
  }

  /** Runs statements; returns, in short, what is emitted of them. */
  List<String> followed(String... statements) throws Exception {
    write(statements);
    return LiveCapture.summary(follow());
  }

  /** Runs statements that make the WAL start again; returns, in short, their net effect. */
  List<String> reconciled(String... statements) throws Exception {
    write(statements);
    return LiveCapture.summary(reconcile());
  }

  /** Captures what was written by others, whether the log shows all of it or not. */
  List<Change> reconcile() throws Exception {
    return run(GapPolicy.RECONCILE);
  }

  @Override
  public void close() throws Exception {
    try (TestDatabase last = database) {
      keeper.close();
    }
  }
}
