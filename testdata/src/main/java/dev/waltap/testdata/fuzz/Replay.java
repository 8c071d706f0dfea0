// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.oracle.Markers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Steps done again from a script, but for what is left out of it. Statements that make no sense any
 * more are refused by SQLite and passed over; a transaction without an end is committed.
 */
final class Replay implements Steps {
  private final Script script;
  private final Selection selection;
  private final Path database;
  private final Iterator<Group> groups;
  private final Deque<Integer> waiting = new ArrayDeque<>();
  private final List<String> log;
  private Connection connection;
  private int planned = 1;

  /**
   * What came of a replay.
   *
   * @param failure the first difference, or what else went wrong; null if nothing did
   * @param log the statements, with what became of them
   */
  record Outcome(@Nullable Throwable failure, List<String> log) {}

  /** Does a part of a script again in a database of its own. */
  static Outcome run(Script script, Selection selection, CheckedRun run)
      throws InterruptedException {
    List<String> log = new ArrayList<>();
    try (TestDatabase database = script.setup().create();
        Connection observer = database.open();
        Replay replay = new Replay(script, selection, database.path(), log)) {
      run.run(database.path(), observer, replay, script.bootstrap());
      return new Outcome(null, log);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | AssertionError e) {
      return new Outcome(e, log);
    }
  }

  /** Does step 0. */
  private Replay(Script script, Selection selection, Path database, List<String> log)
      throws SQLException {
    this.log = log;
    this.script = script;
    this.selection = selection;
    this.database = database;
    this.groups = script.groups().iterator();
    this.connection = TestDatabase.open(database);
    log.add(script.setup().toString());
    Markers.create(connection);
    run(0);
    log.add("-- " + (script.bootstrap() ? "bootstrapAndCdc()" : "cdc()") + " starts");
  }

  /** The next group of which something is left. */
  @Override
  public @Nullable Group next() {
    while (groups.hasNext()) {
      Group group = groups.next();
      for (int i = 0; i < group.size(); i++, planned++) {
        if (!kept(planned).isEmpty()) {
          waiting.add(planned);
        }
      }
      if (!waiting.isEmpty()) {
        return new Group(waiting.size(), group.exact());
      }
    }
    return null;
  }

  private List<Sql> kept(int step) {
    List<Sql> all = script.steps().get(step);
    List<Sql> kept = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (selection.holds(step, i)) {
        kept.add(all.get(i));
      }
    }
    return kept;
  }

  @Override
  public void step(Snapshot current, Snapshot outside) throws SQLException {
    run(waiting.remove());
    if (waiting.isEmpty()) {
      log.add("-- compared");
    }
  }

  private void run(int step) throws SQLException {
    for (Sql sql : kept(step)) {
      if (sql.equals(Sql.REOPEN)) {
        connection.close();
        connection = TestDatabase.open(database);
        log.add(sql.toString());
      } else {
        tryRun(sql);
      }
    }
    finish();
  }

  private void tryRun(Sql sql) {
    try {
      sql.run(connection);
      log.add(sql + ";");
    } catch (SQLException e) {
      log.add("-- refused: " + sql);
    }
  }

  /** Ends a transaction whose end was left out: the marker must not be part of it. */
  private void finish() {
    try {
      TestDatabase.execute(connection, "COMMIT");
      log.add("COMMIT;");
    } catch (SQLException noneOrRefused) {
      try {
        TestDatabase.execute(connection, "ROLLBACK");
        log.add("ROLLBACK;");
      } catch (SQLException none) {
        // As it is with a whole transaction.
      }
    }
  }

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
