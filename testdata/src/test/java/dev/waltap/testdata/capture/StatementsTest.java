// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static dev.waltap.testdata.capture.LiveCapture.summary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import org.junit.jupiter.api.Test;

/** What statements do beyond their words: net effects, row by row. */
class StatementsTest {
  private static final String NUMBERS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) ";

  /** The same key under a new rowid is another row. */
  @Test
  void emitsReplace() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE, v)",
            "CREATE TABLE k(k TEXT PRIMARY KEY, v)",
            "INSERT INTO t VALUES(1, 'a', 1), (2, 'b', 2)",
            "INSERT INTO k VALUES('a', 1), ('b', 2)")) {
      assertThat(summary(capture.transaction("REPLACE INTO t VALUES(1, 'a', 9)")))
          .containsExactly("UPDATE t");
      assertThat(summary(capture.transaction("REPLACE INTO t VALUES(3, 'a', 9)")))
          .containsExactly("DELETE t", "INSERT t");
      assertThat(summary(capture.transaction("REPLACE INTO k VALUES('a', 9)")))
          .containsExactly("DELETE k", "INSERT k");
    }
  }

  /** A decoder is used again for the same table, whatever the transaction before took of it. */
  @Test
  void emitsFewRowsAfterMoreThanAreRemembered() throws Exception {
    try (LiveCapture capture = LiveCapture.start("CREATE TABLE t(id INTEGER PRIMARY KEY)")) {
      String many =
          "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
              + " WHERE i < 66000) SELECT i FROM n";
      assertThat(capture.transaction(many)).hasSize(66_000);
      assertThat(summary(capture.transaction("DELETE FROM t WHERE id = 1")))
          .containsExactly("DELETE t");
      assertThat(summary(capture.transaction("INSERT INTO t VALUES(1)")))
          .containsExactly("INSERT t");
    }
  }

  @Test
  void emitsUpsert() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES(1, 1)")) {
      String upsert = "INSERT INTO t VALUES(1, 5), (2, 5) ON CONFLICT DO UPDATE SET v = v + 1";
      assertThat(summary(capture.transaction(upsert))).containsExactly("UPDATE t", "INSERT t");
      assertThat(summary(capture.transaction("INSERT INTO t VALUES(1, 7) ON CONFLICT DO NOTHING")))
          .isEmpty();
    }
  }

  @Test
  void emitsCascades() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE p(id INTEGER PRIMARY KEY, v)",
            "CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE)",
            "CREATE TABLE d(id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE SET NULL)",
            "INSERT INTO p VALUES(1, 1), (2, 2)",
            "INSERT INTO c VALUES(1, 1), (2, 2)",
            "INSERT INTO d VALUES(1, 1)")) {
      assertThat(summary(capture.transaction("DELETE FROM p WHERE id = 1")))
          .containsExactly("DELETE c", "DELETE p", "UPDATE d");
      assertThat(summary(capture.transaction("UPDATE p SET id = 3")))
          .containsExactly("DELETE p", "UPDATE c", "INSERT p");
    }
  }

  @Test
  void emitsWhatTriggersDo() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
            "CREATE TABLE log(what)",
            "CREATE TRIGGER g AFTER UPDATE ON t BEGIN INSERT INTO log VALUES(old.v || new.v); END",
            "CREATE TRIGGER h BEFORE DELETE ON t BEGIN UPDATE t SET v = 0 WHERE id <> old.id; END",
            "INSERT INTO t VALUES(1, 1), (2, 2)")) {
      assertThat(summary(capture.transaction("UPDATE t SET v = 9 WHERE id = 1")))
          .containsExactly("UPDATE t", "INSERT log");
      capture.transaction("DELETE FROM t WHERE id = 1");
    }
  }

  @Test
  void emitsNothingForWhatWasRolledBack() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES(1, 1)")) {
      assertThat(
              summary(
                  capture.transaction(
                      "SAVEPOINT a",
                      "UPDATE t SET v = 2",
                      NUMBERS + "INSERT INTO t(v) SELECT i FROM n",
                      "ROLLBACK TO a",
                      "INSERT INTO t VALUES(5000, 1)",
                      "SAVEPOINT b",
                      "DELETE FROM t",
                      "ROLLBACK TO b",
                      "RELEASE a")))
          .containsExactly("INSERT t");
      assertThat(capture.transaction("UPDATE t SET v = 3", "ROLLBACK", "BEGIN")).isEmpty();
    }
  }

  /** With a cache of a few pages, frames are in the WAL long before the commit, and again. */
  @Test
  void emitsTransactionsThatSpill() throws Exception {
    try (LiveCapture capture =
        LiveCapture.of(TestDatabase.create(1024, "UTF-8"))
            .start("PRAGMA cache_size = 5", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)")) {
      capture.transaction(NUMBERS + "INSERT INTO t SELECT i, randomblob(300) FROM n");
      assertThat(
              capture.transaction(
                  "SAVEPOINT a", "UPDATE t SET v = randomblob(310)", "ROLLBACK TO a", "RELEASE a"))
          .isEmpty();
      capture.transaction(
          "UPDATE t SET v = randomblob(10) WHERE id % 2", "DELETE FROM t WHERE id > 99");
    }
  }

  /** DELETE without WHERE frees all pages but the root without writing them. */
  @Test
  void emitsTruncateOptimisedDelete() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "PRAGMA secure_delete = OFF",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
            "CREATE TABLE w(k PRIMARY KEY, v) WITHOUT ROWID",
            NUMBERS + "INSERT INTO t SELECT i, printf('%0300d', i) FROM n",
            "INSERT INTO w SELECT id, v FROM t")) {
      assertThat(capture.transaction("DELETE FROM t")).hasSize(3000);
      assertThat(capture.transaction("DELETE FROM w")).hasSize(3000);
    }
  }

  /** Pages from the freelist still hold what looks like rows. */
  @Test
  void emitsRowsOnPagesUsedBefore() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "PRAGMA secure_delete = OFF",
            "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
            "CREATE TABLE b(id INTEGER PRIMARY KEY, v)",
            NUMBERS + "INSERT INTO a SELECT i, printf('%0300d', i) FROM n")) {
      capture.transaction("DELETE FROM a WHERE id > 10");
      capture.transaction(
          NUMBERS + "INSERT INTO b SELECT i, printf('%0200d', i) FROM n WHERE i < 999");
      capture.transaction(
          "DELETE FROM b WHERE id % 3 = 0", "INSERT INTO a VALUES(7777, randomblob(50000))");
      capture.transaction("DROP TABLE a", "CREATE TABLE c AS SELECT * FROM b");
    }
  }

  /** AUTOINCREMENT keeps its counter in sqlite_sequence, which nobody asked for. */
  @Test
  void emitsNothingForSqlitesOwnTables() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v UNIQUE)")) {
      assertThat(summary(capture.transaction("INSERT INTO t(v) VALUES(1)")))
          .containsExactly("INSERT t");
      assertThat(capture.transaction("ANALYZE")).isEmpty();
      assertThat(capture.transaction("REINDEX")).isEmpty();
      assertThat(capture.transaction("UPDATE sqlite_sequence SET seq = 100")).isEmpty();
    }
  }
}
