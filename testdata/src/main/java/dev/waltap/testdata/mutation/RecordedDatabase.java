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
 * A small database and the transactions in its WAL, as bytes.
 *
 * @param pageSize bytes per page
 * @param database the file, all of it checkpointed
 * @param wal the log with the transactions after that
 * @param roots root page of each table, that of the schema included
 * @param transactions the pages that each of them wrote
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and copied before it is changed.
record RecordedDatabase(
    int pageSize,
    byte[] database,
    byte[] wal,
    Map<String, Integer> roots,
    List<Written> transactions) {
  private static final int LOG_HEADER = 32;
  private static final int FRAME_HEADER = 24;
  private static final String NUMBERS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120) ";

  /** The pages of one transaction, and the size of the database after it. */
  record Written(Map<Integer, byte[]> pages, int databaseSize) {}

  static RecordedDatabase record(int pageSize) throws SQLException, IOException {
    try (TestDatabase database = TestDatabase.create(pageSize, "UTF-8");
        Connection writer = database.open()) {
      TestDatabase.execute(
          writer,
          "PRAGMA wal_autocheckpoint = 0",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v, r REAL)",
          "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
          NUMBERS + "INSERT INTO t SELECT i, printf('%0*d', i * i % 1201, i), i FROM n",
          "INSERT INTO w SELECT hex(id * 7919 % 2003), v FROM t",
          "PRAGMA wal_checkpoint(TRUNCATE)");
      byte[] file = Files.readAllBytes(database.path());
      Map<String, Integer> roots = new TreeMap<>(Map.of("sqlite_schema", 1));
      try (Statement statement = writer.createStatement();
          ResultSet rows = statement.executeQuery("SELECT name, rootpage FROM sqlite_schema")) {
        while (rows.next()) {
          roots.put(rows.getString(1), rows.getInt(2));
        }
      }
      roots.keySet().removeIf(name -> name.contains("autoindex"));
      TestDatabase.execute(
          writer,
          "UPDATE t SET v = v || 'x' WHERE id % 9 = 1",
          "DELETE FROM w WHERE length(v) % 7 = 2",
          NUMBERS + "INSERT INTO t SELECT i + 200, hex(zeroblob(i * 5)), i FROM n",
          "UPDATE w SET v = zeroblob(900) WHERE k > '3'",
          "DELETE FROM t WHERE id BETWEEN 20 AND 90");
      byte[] wal = Files.readAllBytes(Path.of(database.path() + "-wal"));
      return new RecordedDatabase(pageSize, file, wal, roots, transactions(wal, pageSize));
    }
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

  /** A copy of a page of the database file. */
  byte[] page(int number) {
    return Arrays.copyOfRange(database, (number - 1) * pageSize, number * pageSize);
  }

  int pageCount() {
    return database.length / pageSize;
  }
}
