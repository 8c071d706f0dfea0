// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.workload;

import dev.waltap.testdata.oracle.Markers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A seeded writer: what it writes follows from its options alone. Used from one thread, on a
 * connection in auto-commit mode that stays its caller's.
 */
public final class Workload implements AutoCloseable {
  private static final String COLUMNS =
      "(id INTEGER PRIMARY KEY, name TEXT, amount REAL, payload BLOB)";

  private final Connection connection;
  private final WriterOptions options;
  private final Random random;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private final long[] nextId;
  private long done;

  public Workload(Connection connection, WriterOptions options) throws SQLException {
    this.connection = connection;
    this.options = options;
    this.random = new Random(options.seed());
    this.nextId = new long[options.tables()];
    execute("PRAGMA synchronous = " + options.synchronous());
    execute("PRAGMA wal_autocheckpoint = " + options.autocheckpoint());
    if (options.cacheSize() > 0) {
      execute("PRAGMA cache_size = " + options.cacheSize());
    }
  }

  /** The name of a table. */
  public static String table(int index) {
    return "load" + index;
  }

  /** Makes tables and marker where they are missing; goes on after the rows that are there. */
  public Workload prepare() throws SQLException {
    Markers.create(connection);
    for (int i = 0; i < options.tables(); i++) {
      execute("CREATE TABLE IF NOT EXISTS " + table(i) + COLUMNS);
      try (Statement statement = connection.createStatement();
          var row = statement.executeQuery("SELECT coalesce(max(id), 0) + 1 FROM " + table(i))) {
        nextId[i] = row.getLong(1);
      }
    }
    return this;
  }

  /** Commits all transactions, then the marker; gives the nanoseconds it took. */
  public long run() throws SQLException {
    long start = System.nanoTime();
    double limit = options.seconds() > 0 ? options.seconds() * 1e9 : Double.POSITIVE_INFINITY;
    for (long i = 0; i < options.transactions() && System.nanoTime() - start < limit; i++) {
      pace(start, i);
      done = i + 1;
      transaction((int) (i % options.tables()));
      if (options.checkpointEvery() > 0 && (i + 1) % options.checkpointEvery() == 0) {
        execute("PRAGMA wal_checkpoint(" + options.checkpointMode() + ")");
      }
    }
    if (options.marker() > 0) {
      Markers.write(connection, options.marker());
    }
    return System.nanoTime() - start;
  }

  /** Transactions that {@link #run} has done. */
  public long done() {
    return done;
  }

  private void pace(long start, long index) {
    if (options.rate() > 0) {
      long due = start + (long) (index * 1e9 / options.rate());
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }
  }

  private void transaction(int table) throws SQLException {
    boolean single = options.rows() == 1;
    if (!single) {
      execute("BEGIN IMMEDIATE");
    }
    switch (options.mix()) {
      case INSERT -> insert(table, options.rows());
      case UPDATE -> update(table, options.rows());
      case ALL -> mixed(table);
    }
    if (!single) {
      boolean rollback = options.mix() == WriterOptions.Mix.ALL && random.nextInt(50) == 0;
      execute(rollback ? "ROLLBACK" : "COMMIT");
    }
  }

  private void mixed(int table) throws SQLException {
    int rows = 1 + random.nextInt(options.rows());
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4 -> insert(table, rows);
      case 5, 6, 7, 8 -> update(table, rows);
      case 9 ->
          run(
              "UPDATE OR REPLACE " + table(table) + " SET id = ? WHERE id = ?",
              nextId[table]++,
              existing(table));
      case 10 ->
          run(
              "DELETE FROM " + table(table) + " WHERE id BETWEEN ? AND ?",
              existing(table),
              existing(table));
      case 11 ->
          run(
              "REPLACE INTO " + table(table) + " VALUES(?, ?, ?, ?)",
              existing(table),
              "replaced",
              random.nextInt(100),
              bytes(options.valueSize()));
      case 12 ->
          run(
              "INSERT INTO "
                  + table(table)
                  + " VALUES(?, ?, 1, NULL)"
                  + " ON CONFLICT DO UPDATE SET amount = amount + 1",
              existing(table),
              "upsert");
      case 13 -> bigRow(table);
      case 14 -> run("UPDATE " + table(table) + " SET id = id");
      default -> clearOrSavepoint(table);
    }
  }

  /** A row with overflow pages, then one byte of it changed in place. */
  private void bigRow(int table) throws SQLException {
    int size =
        5000 + (random.nextInt(20) == 0 ? random.nextInt(1_000_000) : random.nextInt(20_000));
    byte[] payload = bytes(size);
    long id = nextId[table]++;
    run("INSERT OR REPLACE INTO " + table(table) + " VALUES(?, 'big', 0, ?)", id, payload);
    payload[size / 2]++;
    run("UPDATE " + table(table) + " SET payload = ? WHERE id = ?", payload, id);
  }

  private void clearOrSavepoint(int table) throws SQLException {
    if (random.nextInt(30) == 0) {
      run("DELETE FROM " + table(table));
      return;
    }
    execute("SAVEPOINT part");
    insert(table, 1);
    execute(random.nextBoolean() ? "ROLLBACK TO part" : "SAVEPOINT inner");
    execute("RELEASE part");
  }

  private void insert(int table, int rows) throws SQLException {
    for (int i = 0; i < rows; i++) {
      run(
          "INSERT OR REPLACE INTO " + table(table) + " VALUES(?, ?, ?, ?)",
          nextId[table]++,
          "name " + random.nextInt(100_000),
          random.nextInt(1000) / 8.0,
          bytes(options.valueSize()));
    }
  }

  private void update(int table, int rows) throws SQLException {
    for (int i = 0; i < rows; i++) {
      run(
          "UPDATE " + table(table) + " SET amount = ?, name = ? WHERE id = ?",
          random.nextInt(1000) / 8.0,
          "name " + random.nextInt(100_000),
          existing(table));
    }
  }

  private long existing(int table) {
    return 1 + (long) (random.nextDouble() * nextId[table]);
  }

  private byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private void run(String sql, Object... arguments) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < arguments.length; i++) {
      statement.setObject(i + 1, arguments[i]);
    }
    statement.execute();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
  }
}
