// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A small database and the transactions that were made in it, as bytes: the same each time that
 * they are recorded.
 *
 * @param pageSize bytes per page
 * @param versions the database file before the first transaction, and after each
 * @param roots root page of each table, that of the schema included, until the schema changes
 * @param transactions the pages that each of them wrote; the last one changes the schema
 */
record RecordedDatabase(
    int pageSize, List<byte[]> versions, Map<String, Integer> roots, List<Written> transactions) {
  private static final int LOG_HEADER = 32;
  private static final int FRAME_HEADER = 24;

  /** The pages of one transaction, and the size of the database after it. */
  record Written(Map<Integer, byte[]> pages, int databaseSize) {}

  static RecordedDatabase record(int pageSize, String encoding, String vacuum)
      throws SQLException, IOException {
    try (TestDatabase database =
            TestDatabase.create(pageSize, encoding, "PRAGMA auto_vacuum = " + vacuum);
        Connection writer = database.open()) {
      TestDatabase.execute(writer, "PRAGMA wal_autocheckpoint = 0");
      TestDatabase.execute(writer, fill(pageSize));
      Map<String, Integer> roots = roots(writer);
      TestDatabase.execute(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
      byte[] file = Files.readAllBytes(database.path());
      TestDatabase.execute(writer, changes(pageSize));
      byte[] wal = Files.readAllBytes(Path.of(database.path() + "-wal"));
      List<Written> transactions = transactions(wal, pageSize);
      return new RecordedDatabase(
          pageSize, versions(file, transactions, pageSize), roots, transactions);
    }
  }

  /** SQL for the numbers from 1 on: few, since all rows are read again for each input. */
  private static String numbers(int pageSize) {
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        + (pageSize <= 2048 ? 30 : 12)
        + ") ";
  }

  /** A text for each number: of a tenth of a page, or, every sixth, of two. */
  private static String text(int pageSize) {
    return "printf('%0*d', (CASE WHEN i % 6 THEN i % 3 + 1 ELSE 20 END) * "
        + pageSize / 10
        + ", i)";
  }

  private static String[] fill(int pageSize) {
    String numbers = numbers(pageSize);
    return new String[] {
      "CREATE TABLE t(id INTEGER PRIMARY KEY, v, r REAL)",
      "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
      "CREATE TABLE x(a, b)",
      "CREATE TABLE gone(a)",
      "CREATE INDEX xa ON x(a, b)",
      numbers + "INSERT INTO t SELECT i, " + text(pageSize) + ", i FROM n",
      numbers + "INSERT INTO w SELECT hex(i * 7919 % 2003), " + text(pageSize) + " FROM n",
      "INSERT INTO x SELECT r * 3.5, substr(v, 1, 9) FROM t",
      "INSERT INTO gone SELECT zeroblob(" + pageSize + ") FROM t WHERE id < 6",
      "DROP TABLE gone"
    };
  }

  private static String[] changes(int pageSize) {
    return new String[] {
      "UPDATE t SET v = v || 'x' WHERE id % 9 = 1",
      "DELETE FROM w WHERE length(v) > " + pageSize + " OR k < '34'",
      numbers(pageSize) + "INSERT INTO t SELECT i + 200, " + text(pageSize) + ", -i FROM n",
      "UPDATE w SET v = zeroblob(" + pageSize * 9 / 10 + ") WHERE k > '3'",
      "DELETE FROM t WHERE id BETWEEN 5 AND 220",
      "UPDATE x SET b = rowid WHERE a < 60",
      "BEGIN",
      "ALTER TABLE t ADD COLUMN c DEFAULT 7",
      "CREATE TABLE y(a PRIMARY KEY, b)",
      "INSERT INTO y SELECT id, r FROM t",
      "UPDATE t SET c = 8 WHERE id < 9",
      "DROP TABLE x",
      "COMMIT"
    };
  }

  private static Map<String, Integer> roots(Connection connection) throws SQLException {
    Map<String, Integer> roots = new TreeMap<>(Map.of("sqlite_schema", 1));
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'")) {
      while (rows.next()) {
        roots.put(rows.getString(1), rows.getInt(2));
      }
    }
    return roots;
  }

  private static List<Written> transactions(byte[] wal, int pageSize) {
    List<Written> transactions = new ArrayList<>();
    ByteBuffer log = ByteBuffer.wrap(wal);
    Map<Integer, byte[]> pages = new TreeMap<>();
    for (int at = LOG_HEADER; at < wal.length; at += FRAME_HEADER + pageSize) {
      int from = at + FRAME_HEADER;
      pages.put(log.getInt(at), Arrays.copyOfRange(wal, from, from + pageSize));
      if (log.getInt(at + 4) != 0) {
        transactions.add(new Written(pages, log.getInt(at + 4)));
        pages = new TreeMap<>();
      }
    }
    return transactions;
  }

  private static List<byte[]> versions(byte[] file, List<Written> transactions, int pageSize) {
    List<byte[]> versions = new ArrayList<>(List.of(file));
    for (Written transaction : transactions) {
      versions.add(apply(versions.get(versions.size() - 1), transaction, pageSize));
    }
    return versions;
  }

  /** The database file that a transaction makes of another. */
  static byte[] apply(byte[] before, Written transaction, int pageSize) {
    byte[] after = Arrays.copyOf(before, transaction.databaseSize() * pageSize);
    transaction
        .pages()
        .forEach(
            (page, image) -> {
              if (page <= transaction.databaseSize()) {
                System.arraycopy(image, 0, after, (page - 1) * pageSize, pageSize);
              }
            });
    return after;
  }

  /** How many transactions leave the schema as it is: all but the last. */
  int rowTransactions() {
    return transactions.size() - 1;
  }

  /** How many pages a version has. */
  int pageCount(int version) {
    return versions.get(version).length / pageSize;
  }

  /** A copy of a page as of before a transaction. */
  byte[] page(int version, int number) {
    return Arrays.copyOfRange(versions.get(version), (number - 1) * pageSize, number * pageSize);
  }
}
