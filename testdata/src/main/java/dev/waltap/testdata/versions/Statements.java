// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Makes up transactions in the words of one version. What they say follows from the random numbers
 * alone; SQLite refuses some of it, which is part of the game. Each transaction adds one to the
 * marker, so that none can go missing unseen.
 */
final class Statements {
  private static final int IDS = 300;
  private static final int SPILLED = 60;
  private static final int KEPT = 1000;

  private final Random random;
  private final Dialect dialect;
  private final int pageSize;
  private final SchemaChanges schema;

  Statements(Random random, Dialect dialect, int pageSize) {
    this.random = random;
    this.dialect = dialect;
    this.pageSize = pageSize;
    this.schema = new SchemaChanges(random, dialect);
  }

  /** Makes all tables, with the rows that the others need. */
  List<String> create() {
    List<String> all = new ArrayList<>();
    all.add("BEGIN");
    all.add("CREATE TABLE waltap_marker(id INTEGER PRIMARY KEY, n INTEGER)");
    all.add("INSERT INTO waltap_marker VALUES(1, 1)");
    all.add("CREATE TABLE plain(id INTEGER PRIMARY KEY, name TEXT, n INT DEFAULT 5, x REAL)");
    all.add("CREATE TABLE keyless(a, b)");
    all.add("CREATE INDEX keyless_b ON keyless(b DESC)");
    all.add("CREATE TABLE large(id INTEGER PRIMARY KEY, data BLOB, m)");
    all.add("CREATE TABLE counted(id INTEGER PRIMARY KEY AUTOINCREMENT, v)");
    all.add("CREATE TABLE falling(k INTEGER PRIMARY KEY DESC, v)");
    all.add("CREATE TABLE pair(a TEXT, b INT, c, PRIMARY KEY(a DESC, b))");
    all.add("CREATE TABLE spill(id INTEGER PRIMARY KEY, v INT, pad BLOB)");
    all.add("CREATE TABLE once(k INTEGER PRIMARY KEY, v TEXT UNIQUE)");
    all.add("CREATE TABLE numbers(i INTEGER PRIMARY KEY)");
    if (dialect.withoutRowid()) {
      all.add(
          "CREATE TABLE keyed(k TEXT COLLATE NOCASE, j INT, v, PRIMARY KEY(k, j DESC))"
              + " WITHOUT ROWID");
    }
    if (dialect.generatedColumns()) {
      all.add("CREATE TABLE made(id INTEGER PRIMARY KEY, a INT, b AS (a + 1) STORED, c AS (a))");
    }
    if (dialect.strict()) {
      all.add("CREATE TABLE strictly(id INT PRIMARY KEY, v ANY) STRICT");
    }
    for (int i = 0; i < 64; i++) {
      all.add("INSERT INTO numbers VALUES(" + i + ")");
    }
    all.add("INSERT INTO once VALUES(-1, 'taken')");
    all.add(
        "INSERT INTO spill SELECT i + "
            + KEPT
            + ", 0, zeroblob("
            + pageSize * 7 / 10
            + ") FROM numbers WHERE i < 30");
    all.add("COMMIT");
    return all;
  }

  /** A transaction, or something that is none, such as VACUUM. */
  List<String> transaction(boolean schemaToo) {
    if (schemaToo && random.nextInt(80) == 0) {
      return List.of(schema.alone());
    }
    List<String> all = new ArrayList<>();
    all.add(random.nextInt(4) == 0 ? "BEGIN" : "BEGIN IMMEDIATE");
    if (schemaToo && random.nextInt(25) == 0) {
      all.addAll(schema.next());
    }
    int statements = 1 + random.nextInt(random.nextInt(8) == 0 ? 20 : 4);
    boolean savepoint = random.nextInt(6) == 0;
    for (int i = 0; i < statements; i++) {
      if (savepoint && i == statements / 2) {
        all.add("SAVEPOINT part");
      }
      all.add(rows());
    }
    if (savepoint) {
      all.add(random.nextBoolean() ? "ROLLBACK TO part" : "RELEASE part");
    }
    end(all);
    return all;
  }

  private void end(List<String> all) {
    all.add("UPDATE waltap_marker SET n = n + 1");
    all.add(random.nextInt(25) == 0 ? "ROLLBACK" : "COMMIT");
  }

  /**
   * A savepoint is rolled back after a page that had spilled was changed and spilled again. SQLite
   * 3.11.0 to 3.50.1 then write frames without salts and checksums up to where that page stood.
   */
  List<String> spilledSavepoint() {
    List<String> all = new ArrayList<>(List.of("BEGIN IMMEDIATE", "SAVEPOINT s"));
    all.addAll(spilling(15 + random.nextInt(30)));
    all.addAll(List.of("ROLLBACK TO s", "RELEASE s"));
    all.add("INSERT INTO counted(v) VALUES('after a spill')");
    if (random.nextBoolean()) {
      all.add("UPDATE spill SET v = v + 1 WHERE id >= " + KEPT);
    }
    all.add("UPDATE waltap_marker SET n = n + 1");
    all.add("COMMIT");
    return all;
  }

  /** The same by a statement that fails at its last row, without a savepoint. */
  List<String> spilledStatement() {
    return List.of(
        "BEGIN IMMEDIATE",
        "INSERT INTO counted(v) VALUES('before')",
        "INSERT INTO once SELECT a.i * 64 + b.i, CASE WHEN a.i = 31 AND b.i = 63 THEN 'taken'"
            + " ELSE ((a.i * 64 + b.i) * 7919 % 4096) || hex(zeroblob(250)) END"
            + " FROM numbers a, numbers b WHERE a.i < 32",
        "INSERT INTO counted(v) VALUES('after')",
        "UPDATE waltap_marker SET n = n + 1",
        "COMMIT");
  }

  /** A transaction that spilled and has no end. */
  List<String> unfinished() {
    List<String> all = new ArrayList<>(List.of("BEGIN IMMEDIATE"));
    all.addAll(spilling(20));
    all.add("UPDATE waltap_marker SET n = n + 100");
    return all;
  }

  private List<String> spilling(int again) {
    return List.of(
        "INSERT OR REPLACE INTO spill SELECT i, 1, zeroblob("
            + pageSize * 7 / 10
            + ") FROM numbers WHERE i < "
            + SPILLED,
        "UPDATE spill SET v = v + 1 WHERE id BETWEEN " + again + " AND " + SPILLED);
  }

  /** A checkpoint in any mode this version has. */
  String checkpoint() {
    if (!dialect.checkpointModes()) {
      return "PRAGMA wal_checkpoint";
    }
    String[] modes = {"PASSIVE", "FULL", "RESTART", "TRUNCATE"};
    return "PRAGMA wal_checkpoint(" + modes[random.nextInt(dialect.truncate() ? 4 : 3)] + ")";
  }

  private String rows() {
    int id = random.nextInt(IDS);
    int to = id + random.nextInt(20);
    return switch (random.nextInt(20)) {
      case 0, 1, 2 ->
          sql(
              "INSERT OR REPLACE INTO plain VALUES(%d, %s, %s, %d.5)",
              id, value(), value(), random.nextInt(9));
      case 3, 4 ->
          sql(
              "UPDATE plain SET n = %s, name = %s WHERE id BETWEEN %d AND %d",
              value(), value(), id, to);
      case 5 -> "UPDATE OR REPLACE plain SET id = id + 7 WHERE id BETWEEN " + id + " AND " + to;
      case 6 -> "DELETE FROM plain WHERE id BETWEEN " + id + " AND " + (id + random.nextInt(90));
      case 7, 8 -> "INSERT INTO keyless VALUES(" + value() + ", " + value() + ")";
      case 9 -> "DELETE FROM keyless WHERE rowid % 5 = " + random.nextInt(5) + " OR a = " + value();
      case 10 ->
          sql(
              "REPLACE INTO large VALUES(%d, zeroblob(%d), %s)",
              id % 20, random.nextInt(4 * pageSize), value());
      case 11 -> "UPDATE large SET m = " + value() + " WHERE id = " + id % 20;
      case 12 ->
          sql(
              "UPDATE large SET data = substr(data, 1, %d) || x'%02x' WHERE id < %d",
              random.nextInt(3 * pageSize), random.nextInt(256), id % 4);
      case 13 -> "INSERT INTO counted(v) SELECT " + value() + " FROM numbers WHERE i < " + id % 30;
      case 14 -> "DELETE FROM counted WHERE id % 3 = " + random.nextInt(3);
      case 15 -> "REPLACE INTO falling VALUES(" + id + ", " + value() + ")";
      case 16 ->
          sql("REPLACE INTO pair VALUES('%s', %d, %s)", "abcde".charAt(id % 5), id % 30, value());
      case 17 -> rare(id);
      default -> newer(id);
    };
  }

  private String rare(int id) {
    return switch (random.nextInt(7)) {
      case 0 -> "DELETE FROM " + (random.nextBoolean() ? "keyless" : "counted");
      case 1 -> "UPDATE plain SET id = id";
      case 2 -> "DELETE FROM once WHERE k >= 0";
      case 3 -> "UPDATE spill SET v = v + 1 WHERE id >= " + KEPT;
      case 4 -> "DELETE FROM spill WHERE id < " + random.nextInt(KEPT / 2);
      case 5 -> "UPDATE pair SET a = upper(a) WHERE b = " + id % 30;
      default -> "INSERT OR IGNORE INTO once VALUES(" + id + ", " + value() + ")";
    };
  }

  private String newer(int id) {
    return switch (random.nextInt(6)) {
      case 0, 1 ->
          dialect.withoutRowid()
              ? sql(
                  "REPLACE INTO keyed VALUES('%s%d', %d, %s)",
                  random.nextBoolean() ? "K" : "k", id % 40, id % 7, value())
              : rare(id);
      case 2 ->
          dialect.withoutRowid() ? "DELETE FROM keyed WHERE k > 'k" + id % 40 + "'" : rare(id);
      case 3 ->
          dialect.generatedColumns()
              ? "REPLACE INTO made(id, a) VALUES(" + id + ", " + value() + ")"
              : rare(id);
      case 4 ->
          dialect.strict() ? "REPLACE INTO strictly VALUES(" + id + ", " + value() + ")" : rare(id);
      default ->
          dialect.upsert()
              ? sql(
                  "INSERT INTO plain(id, n) VALUES(%d, 1) ON CONFLICT(id) DO UPDATE SET n = n + 1",
                  id)
              : rare(id);
    };
  }

  private String value() {
    return switch (random.nextInt(12)) {
      case 0 -> "NULL";
      case 1 -> "x'" + Long.toHexString(random.nextLong() | 1L << 60) + "'";
      case 2 -> Double.toString(random.nextGaussian());
      case 3 -> Long.toString(random.nextLong());
      case 4 -> "'größer 漢 😀 " + random.nextInt(1000) + "'";
      case 5 ->
          sql(
              "replace(hex(zeroblob(%d)), '00', 'w%d')",
              random.nextInt(pageSize / 2), random.nextInt(10));
      default -> Integer.toString(random.nextInt(1000) - 500);
    };
  }

  private static String sql(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
