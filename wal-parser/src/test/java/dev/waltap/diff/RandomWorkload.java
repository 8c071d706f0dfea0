// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random transactions on a handful of tables of all kinds, the same for the same seed. The first
 * letters of a name say what it is: r table by rowid, w WITHOUT ROWID with an integer key, t with a
 * text key, p with a key of two columns, i an index; u in front: a tree that nobody follows.
 */
final class RandomWorkload {
  private static final int MAX_TABLES = 6;

  private final Random random;
  private final VersionedDatabase database;
  private final Connection connection;
  private final int pageSize;
  private final List<String> tables = new ArrayList<>();
  private final List<String> indexes = new ArrayList<>();
  private int nextName;
  private int growth;

  RandomWorkload(VersionedDatabase database, Random random) {
    this.database = database;
    this.connection = database.connection();
    this.pageSize = database.format().pageSize();
    this.random = random;
    this.growth = 1 + random.nextInt(60);
  }

  static boolean isCaptured(String tree) {
    return !tree.startsWith("u");
  }

  static int keyFields(String tree) {
    return switch (tree.charAt(0)) {
      case 'w', 't' -> 1;
      case 'p' -> 2;
      case 'i' -> 9;
      default -> tree.startsWith("sqlite_autoindex") ? 9 : 0;
    };
  }

  void seed() throws SQLException {
    connection.setAutoCommit(false);
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      create();
      insert(tables.get(i), growth * 4);
    }
    connection.commit();
  }

  /** Runs and commits one transaction. */
  void transaction() throws SQLException {
    int kind = random.nextInt(100);
    if (kind < 2) {
      outside("VACUUM");
    } else if (kind < 6) {
      outside("PRAGMA incremental_vacuum(" + random.nextInt(40) + ")");
    } else {
      int statements = random.nextInt(4) == 0 ? 1 + random.nextInt(12) : 1;
      for (int i = 0; i < statements; i++) {
        statement();
      }
      if (random.nextInt(20) == 0) {
        execute("SAVEPOINT s");
        statement();
        execute("ROLLBACK TO s");
        readNames();
      }
      if (random.nextInt(25) == 0) {
        connection.rollback();
        readNames();
      } else {
        connection.commit();
      }
    }
    if (random.nextInt(20) == 0) {
      growth = 1 + random.nextInt(random.nextInt(6) == 0 ? 500 : 60);
    }
  }

  /** A rollback may have brought tables back, or taken them. */
  private void readNames() throws SQLException {
    tables.clear();
    indexes.clear();
    for (String name : database.roots().keySet()) {
      if (!name.startsWith("sqlite_")) {
        (name.startsWith("i") ? indexes : tables).add(name);
      }
    }
  }

  private void outside(String sql) throws SQLException {
    connection.setAutoCommit(true);
    execute(sql);
    connection.setAutoCommit(false);
  }

  private void statement() throws SQLException {
    if (tables.isEmpty()) {
      create();
    }
    String table = tables.get(random.nextInt(tables.size()));
    switch (random.nextInt(26)) {
      case 0, 1, 2, 3, 4 -> insert(table, 1 + random.nextInt(growth));
      case 5, 6 -> insert(table, 1);
      case 7, 8 -> overwrite(table);
      case 9, 10 -> update(table);
      case 11 -> update(table, "id = id");
      case 12 -> update(table, "b = b");
      case 13, 14, 15 -> delete(table);
      case 16 -> moveIds(table);
      case 17 -> replace(table);
      case 18 -> rarely(3, () -> execute("DELETE FROM " + table));
      case 19 -> rarely(3, () -> drop(table));
      case 20 -> rarely(2, this::create);
      case 21 -> rarely(3, () -> recreate(table));
      case 22 -> rarely(3, () -> createIndex(table));
      case 23 -> rarely(3, this::dropIndex);
      case 24 -> rarely(8, () -> execute("ALTER TABLE " + table + " ADD COLUMN x" + nextName++));
      default -> insertSequence(table, 1 + random.nextInt(growth));
    }
  }

  /** A statement. */
  private interface Sql {
    void run() throws SQLException;
  }

  private void rarely(int oneIn, Sql sql) throws SQLException {
    if (random.nextInt(oneIn) == 0) {
      sql.run();
    }
  }

  private void create() throws SQLException {
    if (tables.size() < MAX_TABLES) {
      String kind = new String[] {"r", "r", "w", "t", "p", "u"}[random.nextInt(6)];
      create(kind + nextName++);
    }
  }

  private void create(String table) throws SQLException {
    String columns =
        switch (table.charAt(0)) {
          case 'w' -> "id INTEGER PRIMARY KEY, a, b) WITHOUT ROWID";
          case 't' -> "id TEXT PRIMARY KEY, a, b) WITHOUT ROWID";
          case 'p' -> "a, b, id INTEGER, c DEFAULT 1, PRIMARY KEY (c, id)) WITHOUT ROWID";
          default -> "id INTEGER PRIMARY KEY, a, b)";
        };
    execute("CREATE TABLE " + table + " (" + columns);
    tables.add(table);
  }

  private void drop(String table) throws SQLException {
    execute("DROP TABLE " + table);
    tables.remove(table);
  }

  private void recreate(String table) throws SQLException {
    boolean more = random.nextBoolean();
    drop(table);
    if (more) {
      insertIntoAny();
    }
    create(table);
    insert(table, 1 + random.nextInt(growth * 3));
  }

  private void insertIntoAny() throws SQLException {
    if (!tables.isEmpty()) {
      insert(tables.get(random.nextInt(tables.size())), 1 + random.nextInt(growth));
    }
  }

  private void createIndex(String table) throws SQLException {
    if (table.startsWith("u") || indexes.size() >= 3) {
      return;
    }
    String name = "i" + nextName++;
    execute("CREATE INDEX " + name + " ON " + table + " (b, id)");
    indexes.add(name);
  }

  private void dropIndex() throws SQLException {
    if (!indexes.isEmpty()) {
      execute("DROP INDEX IF EXISTS " + indexes.remove(random.nextInt(indexes.size())));
    }
  }

  private long id() {
    return random.nextInt(4) == 0 ? random.nextLong() >> 1 : random.nextInt(3000);
  }

  private byte[] blob() {
    int size =
        switch (random.nextInt(12)) {
          case 0 -> 0;
          case 1 -> random.nextInt(pageSize * 2);
          case 2 -> pageSize / 4 + random.nextInt(pageSize);
          case 3 -> random.nextInt(8) == 0 ? random.nextInt(Math.min(pageSize * 20, 300_000)) : 40;
          default -> random.nextInt(80);
        };
    byte[] blob = new byte[size];
    if (random.nextBoolean()) {
      random.nextBytes(blob);
    }
    return blob;
  }

  private void insert(String table, int count) throws SQLException {
    String sql = "INSERT OR IGNORE INTO " + table + "(id, a, b) VALUES (?, ?, ?)";
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int i = 0; i < count; i++) {
        insert.setLong(1, id());
        insert.setInt(2, random.nextInt(1000));
        insert.setBytes(3, blob());
        insert.executeUpdate();
      }
    }
  }

  private void insertSequence(String table, int count) throws SQLException {
    int size = random.nextInt(4) == 0 ? random.nextInt(pageSize) : random.nextInt(60);
    execute(
        ("INSERT OR IGNORE INTO %s(id, a, b) WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                + " WHERE i < %d) SELECT %d + i, i, zeroblob(%d) FROM n")
            .formatted(table, count, random.nextInt(4000), size));
  }

  private String where() {
    return switch (random.nextInt(5)) {
      case 0 -> " WHERE id % 3000 = " + random.nextInt(3000);
      case 1 -> " WHERE id % " + (2 + random.nextInt(50)) + " = 0";
      case 2 -> {
        int from = random.nextInt(3000);
        yield " WHERE id >= " + from + " AND id < " + (from + random.nextInt(400));
      }
      case 3 -> " WHERE length(b) > " + pageSize;
      default -> " WHERE a = " + random.nextInt(1000);
    };
  }

  /** Changes bytes but no sizes: an overflow page may be all that is written. */
  private void overwrite(String table) throws SQLException {
    execute(
        ("UPDATE %s SET b = CAST(substr(b, 1, length(b) * %d / 8) || zeroblob(length(b) - length(b)"
                + " * %d / 8 - 1) || x'%02x' AS BLOB) WHERE length(b) > 3 AND %s")
            .formatted(table, 7, 7, random.nextInt(256), where().substring(" WHERE ".length())));
  }

  private void update(String table) throws SQLException {
    String sql = "UPDATE " + table + " SET a = ?, b = ?" + where();
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setInt(1, random.nextInt(1000));
      update.setBytes(2, blob());
      update.executeUpdate();
    }
  }

  private void update(String table, String set) throws SQLException {
    execute("UPDATE " + table + " SET " + set + (random.nextInt(3) == 0 ? "" : where()));
  }

  private void delete(String table) throws SQLException {
    execute("DELETE FROM " + table + where());
  }

  private void moveIds(String table) throws SQLException {
    if (table.charAt(0) != 't') {
      execute("UPDATE OR REPLACE " + table + " SET id = id + " + random.nextInt(5000) + where());
    }
  }

  private void replace(String table) throws SQLException {
    try (PreparedStatement replace =
        connection.prepareStatement("REPLACE INTO " + table + "(id, a, b) VALUES (?, ?, ?)")) {
      replace.setLong(1, random.nextInt(3000));
      replace.setInt(2, random.nextInt(1000));
      replace.setBytes(3, blob());
      replace.executeUpdate();
    }
  }

  private void execute(String sql) throws SQLException {
    database.execute(sql);
  }
}
