// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Names;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.oracle.Markers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Commits random transactions, one per call; statements that SQLite refuses are part of the game.
 * Used from one thread.
 */
final class FuzzWriter implements AutoCloseable {
  private static final int MAX_VALUES = 8000;
  private static final int MAX_BYTES = 3_000_000;
  private static final int SHOWN = 100;

  /** Of pages in use: in a burst, where no snapshot shows what there is. */
  private static final long MAX_PAGE_BYTES = 24_000_000;

  private final Random random;
  private final Set<Feature> features;
  private final RowStatements rows;
  private final DdlStatements ddl;
  private final TableMaker maker;
  private final Path database;

  /** Statements, and remarks upon what became of them: made lines only when asked for. */
  private final List<Object> log = new ArrayList<>();

  private Connection connection;
  private boolean inTransaction;

  FuzzWriter(Path database, Random random, Set<Feature> features, Values values)
      throws SQLException {
    this.database = database;
    this.random = random;
    this.features = features;
    this.rows = new RowStatements(random, values);
    this.maker = new TableMaker(random, features);
    this.ddl = new DdlStatements(random, features, maker);
    this.connection = open();
  }

  private Connection open() throws SQLException {
    Connection opened = TestDatabase.open(database);
    List<String> pragmas = new ArrayList<>(List.of("PRAGMA synchronous = OFF"));
    pragmas.add("PRAGMA wal_autocheckpoint = " + (random.nextBoolean() ? 1000 : 50));
    pragmas.add("PRAGMA recursive_triggers = " + random.nextInt(2));
    if (features.contains(Feature.SPILL) && random.nextBoolean()) {
      pragmas.add("PRAGMA cache_size = 10");
    }
    if (features.contains(Feature.SECURE_DELETE)) {
      pragmas.add("PRAGMA secure_delete = " + random.nextInt(2));
    } else {
      pragmas.add("PRAGMA secure_delete = 0");
    }
    for (String pragma : pragmas) {
      log.add(Sql.of(pragma));
      TestDatabase.execute(opened, pragma);
    }
    return opened;
  }

  Connection connection() {
    return connection;
  }

  /** Closes its connection while something else is done, and opens another. */
  void close(Callable<Void> meanwhile) throws Exception {
    connection.close();
    meanwhile.call();
    connection = open();
  }

  /** What the last step ran, or the first tables took; those that were refused among them. */
  List<Sql> statements() {
    return log.stream().filter(Sql.class::isInstance).map(Sql.class::cast).toList();
  }

  /** The last statements, for reports. */
  List<String> log() {
    int size = log.size();
    return log.subList(Math.max(0, size - SHOWN), size).stream().map(Object::toString).toList();
  }

  /** Makes the first tables, with some rows. */
  void createTables(int count, Snapshot empty) throws SQLException {
    for (int i = 0; i < count; i++) {
      tryRun(maker.create(maker.freshName(), empty));
    }
  }

  /** Commits one random transaction, or does something that is none. */
  void step(Snapshot current) throws SQLException {
    log.clear();
    int choice = random.nextInt(100);
    if (choice < 2 && features.contains(Feature.VACUUM)) {
      tryRun(random.nextBoolean() ? "VACUUM" : "PRAGMA incremental_vacuum(3)");
    } else if (choice < 6 && features.contains(Feature.CHECKPOINTS)) {
      String[] modes = {"PASSIVE", "FULL", "RESTART", "TRUNCATE"};
      tryRun("PRAGMA wal_checkpoint(" + modes[random.nextInt(4)] + ")");
    } else if (choice < 7 && features.contains(Feature.REOPEN)) {
      log.add(Sql.REOPEN);
      connection.close();
      connection = open();
    } else {
      transaction(current);
    }
  }

  private void transaction(Snapshot current) throws SQLException {
    run("BEGIN");
    inTransaction = true;
    if (current.valueCount() > MAX_VALUES || current.byteCount() > MAX_BYTES) {
      shrink(current);
    }
    if (usedBytes() > MAX_PAGE_BYTES) {
      shrinkAll();
    }
    boolean changesSchema = features.contains(Feature.DDL) && random.nextInt(6) == 0;
    int statements = 1 + (random.nextInt(4) == 0 ? random.nextInt(40) : random.nextInt(4));
    int schemaAt = changesSchema ? random.nextInt(statements) : -1;
    boolean savepoint = features.contains(Feature.SAVEPOINTS) && random.nextInt(6) == 0;
    for (int i = 0; i < statements; i++) {
      if (savepoint && i == statements / 2) {
        run("SAVEPOINT s");
      }
      if (i == schemaAt
          || (changesSchema && features.contains(Feature.MIXED_DDL) && random.nextInt(3) == 0)) {
        changeSchema(current);
      }
      changeRows(current);
    }
    if (savepoint) {
      tryRun(random.nextBoolean() ? "ROLLBACK TO s" : "RELEASE s");
    }
    boolean rollback = features.contains(Feature.SAVEPOINTS) && random.nextInt(25) == 0;
    if (rollback || !tryRun("COMMIT")) {
      run("ROLLBACK");
    }
    inTransaction = false;
  }

  /** Keeps snapshots quick to take. */
  private void shrink(Snapshot current) {
    for (Snapshot.Table table : DdlStatements.tables(current)) {
      String rowid = table.shape().rowidName();
      if (table.valueCount() > MAX_VALUES / 10) {
        String some = rowid == null ? "" : " WHERE " + Names.quote(rowid) + " % 4 <> 0";
        tryRun("DELETE FROM " + Names.quote(table.shape().name()) + some);
      }
    }
  }

  private long usedBytes() throws SQLException {
    long pages =
        TestDatabase.number(connection, "PRAGMA page_count")
            - TestDatabase.number(connection, "PRAGMA freelist_count");
    return pages * TestDatabase.number(connection, "PRAGMA page_size");
  }

  private void shrinkAll() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet names =
            statement.executeQuery(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND"
                    + " name NOT LIKE 'sqlite_%' ORDER BY name")) {
      while (names.next()) {
        tables.add(names.getString(1));
      }
    }
    tables.remove(Markers.TABLE);
    for (String table : tables) {
      tryRun("DELETE FROM " + Names.quote(table));
    }
  }

  /** All statements of a change or none: half a change may look like another. */
  private void changeSchema(Snapshot current) throws SQLException {
    run("SAVEPOINT ddl");
    for (String sql : ddl.next(current)) {
      if (!tryRun(sql)) {
        tryRun("ROLLBACK TO ddl");
        break;
      }
    }
    tryRun("RELEASE ddl");
  }

  private void changeRows(Snapshot current) {
    List<Snapshot.Table> tables = DdlStatements.tables(current);
    if (!tables.isEmpty()) {
      tryRun(rows.next(tables.get(random.nextInt(tables.size()))));
    }
  }

  private void run(String sql) throws SQLException {
    Sql statement = Sql.of(sql);
    log.add(statement);
    statement.run(connection);
  }

  private boolean tryRun(String sql) {
    return tryRun(Sql.of(sql));
  }

  private boolean tryRun(Sql sql) {
    log.add(sql);
    try {
      sql.run(connection);
      return true;
    } catch (SQLException e) {
      refused(e);
      return false;
    }
  }

  /** A statement that is refused may take the whole transaction with it: then goes on in a new. */
  private void refused(SQLException e) {
    log.add("  refused: " + e.getMessage());
    if (inTransaction) {
      try {
        TestDatabase.execute(connection, "BEGIN");
        log.add(Sql.of("BEGIN"));
      } catch (SQLException stillInIt) {
        // As it should be.
      }
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
