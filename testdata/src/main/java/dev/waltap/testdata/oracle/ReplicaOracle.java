// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.TableSchema;
import dev.waltap.testdata.model.Scratch;
import dev.waltap.testdata.model.Shape;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Applies every change to a model of the database and fails at the first that cannot be right: out
 * of order, of a torn transaction, with a before image that is not what the model holds, and so on.
 * The model can be compared with the source in full at any quiet moment.
 *
 * <p>All methods may be called from any thread, one at a time; the oracle's lock sees to it.
 * Whoever made it closes it.
 */
public final class ReplicaOracle implements ChangesHandler, AutoCloseable {
  private static final int REMEMBERED = 20;

  private final OracleOptions options;
  private final Scratch scratch;
  private final Journal journal;
  private final StreamChecks stream = new StreamChecks();
  private final RowChecks rowChecks;
  private final Map<String, TableReplica> tables = new HashMap<>();
  private final Map<String, Boolean> awaitingBootstrap = new HashMap<>();
  private final Deque<String> recent = new ArrayDeque<>();

  /** Tables of which this transaction says that they are gone, and that were never seen. */
  private final List<String> goneUnseen = new ArrayList<>();

  private boolean bootstraps;
  private boolean mayBeRedelivered;
  private long changes;
  private long transactions;

  public ReplicaOracle(OracleOptions options) {
    this.options = options;
    this.scratch =
        new Scratch(options.charset() == null ? StandardCharsets.UTF_8 : options.charset());
    this.journal = new Journal(options.history());
    this.rowChecks = new RowChecks(options);
  }

  /** Starts from what the database holds now: for captures that emit changes only. */
  public synchronized void baseline(Connection source) throws SQLException {
    baseline(new SnapshotReader(source, options.tables()).read());
  }

  /** Starts from a snapshot, as if nothing had been emitted before. */
  public synchronized void baseline(Snapshot snapshot) {
    tables.clear();
    journal.forget();
    rewind(null);
    for (Snapshot.Table table : snapshot.tables().values()) {
      Shape shape = options.captured(table.shape());
      if (options.tables().test(shape.name())) {
        TableReplica replica = new TableReplica(shape, journal);
        replica.rows().putAll(Comparison.rowsOf(table, options));
        tables.put(shape.name(), replica);
      }
    }
  }

  @Override
  public synchronized void handleChanges(List<Change> batch) {
    if (batch.isEmpty()) {
      throw new AssertionError("an empty batch");
    }
    batch.forEach(this::accept);
  }

  /** Takes one change. */
  public synchronized void accept(Change change) {
    recent.addLast(change.toString());
    if (recent.size() > REMEMBERED) {
      recent.removeFirst();
    }
    rewindIfRedelivered(change);
    check(change, stream.accept(change));
    journal.record(change);
    try {
      check(change, apply(change));
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new AssertionError(describe(change, e.toString()), e);
    }
    changes++;
    if (change.transaction().last()) {
      transactions++;
      check(change, finish(change));
    }
  }

  private @Nullable String apply(Change change) {
    if (!options.tables().test(change.table()) && change.operation() != Operation.SCHEMA) {
      return "of a table that is not captured";
    }
    if (change.operation() == Operation.SCHEMA) {
      return applySchema(change);
    }
    TableReplica table = tables.get(change.table());
    if (table == null) {
      return "of a table that does not exist";
    }
    if (change.operation() == Operation.BOOTSTRAP) {
      bootstraps = true;
      awaitingBootstrap.remove(change.table());
      table.clear();
      rowChecks.newTable();
      return null;
    }
    return rowChecks.apply(change, table);
  }

  private @Nullable String applySchema(Change change) {
    TableSchema before = change.schemaBefore();
    TableSchema after = change.schemaAfter();
    String name = before == null ? Objects.requireNonNull(after).name() : before.name();
    if (!change.table().equals(name)) {
      return "SCHEMA of " + name + " under another table's name";
    }
    TableReplica old = tables.get(name);
    if (before != null) {
      if (old == null && after == null && options.history()) {
        goneUnseen.add(name);
        return null;
      }
      if (old == null) {
        return "SCHEMA changes a table that does not exist";
      }
      if (!old.shape().sql().equals(before.sql())) {
        return "the table was " + old.shape().sql() + ", not " + before.sql();
      }
      String wrong = SchemaChecks.check(before, old.shape(), options);
      if (wrong != null) {
        return wrong;
      }
    }
    if (after == null) {
      place(name, null);
      return null;
    }
    return applyNewShape(before, after, old);
  }

  private @Nullable String applyNewShape(
      @Nullable TableSchema before, TableSchema after, @Nullable TableReplica old) {
    Shape shape = options.captured(scratch.shape(after.name(), after.sql()));
    String wrong = SchemaChecks.check(after, shape, options);
    if (wrong != null) {
      return wrong;
    }
    if (before == null) {
      if (old != null) {
        awaitingBootstrap.put(after.name(), true);
      }
      place(after.name(), new TableReplica(shape, journal));
      return null;
    }
    if (before.name().equals(after.name()) && before.sql().equals(after.sql())) {
      return "SCHEMA changes nothing";
    }
    TableReplica was = Objects.requireNonNull(old);
    if (!before.name().equals(after.name())) {
      if (tables.containsKey(after.name())) {
        return "renamed to " + after.name() + ", which exists";
      }
      place(before.name(), null);
    }
    place(after.name(), SchemaChecks.migrate(was, shape, scratch, journal, options));
    return null;
  }

  private void place(String name, @Nullable TableReplica replica) {
    TableReplica was = replica == null ? tables.remove(name) : tables.put(name, replica);
    journal.undo(
        () -> {
          if (was == null) {
            tables.remove(name);
          } else {
            tables.put(name, was);
          }
        });
  }

  private @Nullable String finish(Change end) {
    rowChecks.newTable();
    // A bootstrap that was interrupted, and begins again, can't know what of it was delivered.
    if (!goneUnseen.isEmpty() && !bootstraps) {
      return "SCHEMA drops tables that do not exist: " + goneUnseen;
    }
    goneUnseen.clear();
    bootstraps = false;
    for (TableReplica table : List.copyOf(tables.values())) {
      String wrong = table.finishMigration();
      if (wrong != null) {
        return wrong;
      }
    }
    if (!awaitingBootstrap.isEmpty()) {
      return "tables " + awaitingBootstrap.keySet() + " were created, but exist";
    }
    return journal.commit(end);
  }

  /**
   * The capture ended and starts again: the next change may be one that was delivered before, and
   * an unfinished transaction will be delivered again. Needs {@link OracleOptions#history}.
   */
  public synchronized void expectRedelivery() {
    requireHistory();
    rewind(stream.isOpen() ? lastWhole() : stream.position());
    mayBeRedelivered = true;
  }

  private @Nullable Position lastWhole() {
    Position open = Objects.requireNonNull(stream.position());
    return open.frame() == 0 && open.epoch() == 1 ? null : before(open);
  }

  /** A position behind all earlier transactions, and before the one of the given position. */
  private static @Nullable Position before(Position position) {
    if (position.frame() > 0) {
      return new Position(position.epoch(), position.frame() - 1, Long.MAX_VALUE);
    }
    return position.epoch() == 1
        ? null
        : new Position(position.epoch() - 1, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * Goes back to the end of the transaction of this position, such as the one a capture had saved
   * before it emits the net effect of all that followed. Null goes back to the baseline.
   */
  public synchronized void rewindTo(@Nullable Position position) {
    requireHistory();
    rewind(position);
  }

  private void rewind(@Nullable Position position) {
    stream.rewind(journal.rewindTo(position));
    awaitingBootstrap.clear();
    goneUnseen.clear();
    bootstraps = false;
    rowChecks.newTable();
  }

  private void rewindIfRedelivered(Change change) {
    Position seen = stream.position();
    if (mayBeRedelivered && seen != null && change.position().compareTo(seen) <= 0) {
      rewind(before(change.position()));
    }
    mayBeRedelivered = false;
  }

  private void requireHistory() {
    if (!options.history()) {
      throw new IllegalStateException("the oracle keeps no history");
    }
  }

  /** Compares with the database of this connection; nothing may be written to it meanwhile. */
  public synchronized void compareWith(Connection source) throws SQLException {
    compareWith(new SnapshotReader(source, options.tables()).read());
  }

  /** Compares with a database file; nothing may be written to it meanwhile. */
  public synchronized void compareWith(Path database) throws SQLException {
    try (Connection source = DriverManager.getConnection("jdbc:sqlite:" + database)) {
      compareWith(source);
    }
  }

  /** Compares with a snapshot: the same tables, rows, types and bytes. */
  public synchronized void compareWith(Snapshot snapshot) {
    if (stream.isOpen()) {
      throw new AssertionError("transaction " + stream.last() + " has no end" + recentChanges());
    }
    String wrong = Comparison.difference(tables, snapshot, options);
    if (wrong != null) {
      throw new AssertionError(
          "replica and source differ: "
              + wrong
              + " (last position "
              + stream.position()
              + ")"
              + recentChanges());
    }
  }

  /** The number of changes taken. */
  public synchronized long changes() {
    return changes;
  }

  /** The number of whole transactions taken. */
  public synchronized long transactions() {
    return transactions;
  }

  /** The last position taken, or null. */
  public synchronized @Nullable Position position() {
    return stream.position();
  }

  /** The number of rows held of a table; -1 if there is no such table. */
  public synchronized long rows(String table) {
    TableReplica replica = tables.get(table);
    return replica == null ? -1 : replica.rows().size();
  }

  private void check(Change change, @Nullable String wrong) {
    if (wrong != null) {
      throw new AssertionError(describe(change, wrong));
    }
  }

  private String describe(Change change, String wrong) {
    return change.position()
        + " "
        + change.table()
        + " "
        + change.operation()
        + ": "
        + wrong
        + recentChanges();
  }

  private String recentChanges() {
    return "\nlast changes:\n  " + String.join("\n  ", recent);
  }

  @Override
  public void close() {
    scratch.close();
  }
}
