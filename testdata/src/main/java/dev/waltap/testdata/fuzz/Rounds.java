// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.oracle.Markers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Predicate;

/** Does the steps of a run, group after group, with a marker and a snapshot after each. */
final class Rounds {

  /** Notified of how it goes, on the thread of {@link #run}. */
  interface Watcher {
    /** A group starts; false ends the run before it. */
    boolean starts(Steps.Group group);

    /** One step has been done. */
    default void stepped() {}

    /** This marker has been committed after all that came before. */
    default void marked(long marker) throws InterruptedException {}

    /** A group is over; the snapshots show the captured tables before and after it. */
    default void ends(Steps.Group group, Snapshot before, Snapshot after) throws SQLException {}
  }

  private final Steps steps;
  private final SnapshotReader inside;
  private final SnapshotReader outside;
  private long markers;

  /**
   * Makes one.
   *
   * @param observer a connection of its own
   * @param captured which tables the capture has
   */
  Rounds(Steps steps, Connection observer, Predicate<String> captured) {
    this.steps = steps;
    this.inside = new SnapshotReader(observer, captured);
    this.outside = new SnapshotReader(observer, captured.negate());
  }

  /** Runs them to the end. */
  void run(Watcher watcher) throws SQLException, InterruptedException {
    Snapshot current = inside.read();
    mark(watcher);
    Snapshot others = outside(current);
    for (Steps.Group group = steps.next();
        group != null && watcher.starts(group);
        group = steps.next()) {
      for (int i = 0; i < group.size(); i++) {
        steps.step(current, others);
        watcher.stepped();
      }
      mark(watcher);
      Snapshot next = inside.read();
      watcher.ends(group, current, next);
      current = next;
      others = outside(current);
    }
  }

  private void mark(Watcher watcher) throws SQLException, InterruptedException {
    Markers.write(steps.connection(), ++markers);
    watcher.marked(markers);
  }

  private Snapshot outside(Snapshot current) throws SQLException {
    Snapshot others = outside.read();
    return others.tables().isEmpty() ? current : others;
  }

  /** How many markers have been committed. */
  long markers() {
    return markers;
  }
}
