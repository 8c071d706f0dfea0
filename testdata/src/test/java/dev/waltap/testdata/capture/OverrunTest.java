// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static dev.waltap.testdata.capture.LiveCapture.summary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.testdata.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The net effect of several transactions, emitted from a snapshot: exactly what SQL says it is. */
class OverrunTest {

  @Test
  void emitsTheNetEffectOfWhatWasOverrun() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES(1,1)")) {
      assertThat(
              summary(
                  capture.overrun(
                      "UPDATE t SET v = 2",
                      "UPDATE t SET v = 3",
                      "INSERT INTO t VALUES(2, 2)",
                      "INSERT INTO t VALUES(3, 3)",
                      "DELETE FROM t WHERE id = 3")))
          .containsExactly("UPDATE t", "INSERT t");
      capture.awaitReconciles(1);
    }
  }

  /**
   * Auto-vacuum moves the end of a row's overflow chain to pages that were an index's: the leaf is
   * the same, and a page in the middle of the chain leads to pages that were never seen. Found by
   * the fuzzer: chains of leaves that had not changed were not looked at.
   */
  @Test
  void followsAChainThatAutoVacuumMoved() throws Exception {
    try (LiveCapture capture =
        LiveCapture.of(TestDatabase.create(1024, "UTF-8", "PRAGMA auto_vacuum = FULL"))
            .start(
                "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                    + " INSERT INTO a SELECT i, printf('%020d', i) FROM n",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)",
                "CREATE INDEX i ON a(v)",
                "INSERT INTO t VALUES(1, randomblob(60000))")) {
      assertThat(capture.overrun("DROP INDEX i")).isEmpty();
      capture.transaction("UPDATE t SET v = substr(v, 1, 59999) || x'00'");
      capture.transaction("DELETE FROM t");
    }
  }

  /**
   * What was the rest of one row's chain is, with the same bytes, the whole chain of another. Found
   * by the fuzzer: such a chain was kept as if its row had moved, and then forgotten with the row
   * that it had belonged to, so that a later change of it could not be emitted.
   */
  @Test
  void keepsAChainThatWasTheRestOfAnother() throws Exception {
    try (LiveCapture capture =
        LiveCapture.of(TestDatabase.create(512, "UTF-8"))
            .start(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                "INSERT INTO t VALUES(1, hex(zeroblob(2000)))")) {
      // One page less, 508 characters; the freelist gives out the pages in the same order.
      capture.overrun("DELETE FROM t", "INSERT INTO t VALUES(2, hex(zeroblob(1746)))");
      capture.transaction("UPDATE t SET v = substr(v, 1, 3491) || 'x'");
      capture.transaction("DELETE FROM t");
    }
  }

  /** The same rows on the same pages, but of another table. */
  @Test
  void emitsPagesThatChangedTables() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
                + " INSERT INTO a SELECT i, printf('%0200d', i) FROM n",
            "INSERT INTO a VALUES(5000, hex(zeroblob(40000)))")) {
      capture.overrun(
          "CREATE TABLE held AS SELECT * FROM a",
          "DROP TABLE a",
          "CREATE TABLE first(x)",
          "CREATE TABLE a2(id INTEGER PRIMARY KEY, v)",
          "INSERT INTO a2 SELECT * FROM held",
          "DROP TABLE held");
      capture.transaction("UPDATE a2 SET v = v || 'x'");
      capture.transaction("DELETE FROM a2 WHERE id % 2 = 0");
    }
  }

  /**
   * Dropped, and its root page given to a table with another kind of key: by its root page that is
   * the same table under another name. Found by the fuzzer: the old rows were emitted as deleted
   * under the old name, which the SCHEMA change had ended.
   */
  @Test
  void emitsATableWhoseRootAnotherTook() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, v)", "INSERT INTO a VALUES(1,1)")) {
      assertThat(
              summary(
                  capture.overrun("DROP TABLE a", "CREATE TABLE b(v)", "INSERT INTO b VALUES(7)")))
          .containsExactly("SCHEMA a", "DELETE b", "INSERT b");
    }
  }

  @Test
  void emitsVacuumAndDdlTogether() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
            "CREATE TABLE w(k PRIMARY KEY, v) WITHOUT ROWID",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                + " INSERT INTO a SELECT i, printf('%0100d', i) FROM n",
            "INSERT INTO w SELECT id, v FROM a")) {
      capture.overrun(
          "DELETE FROM a WHERE id % 3 = 0",
          "ALTER TABLE a ADD COLUMN c DEFAULT 5",
          "ALTER TABLE w RENAME TO x",
          "CREATE TABLE fresh AS SELECT * FROM a WHERE id < 100",
          "VACUUM",
          "UPDATE a SET c = 6 WHERE id < 10");
      capture.transaction("DELETE FROM x WHERE k % 7 = 0", "UPDATE a SET v = '' WHERE id > 2500");
    }
  }

  /**
   * An index becomes a table by an edit of sqlite_schema, and no page of it is written: nothing in
   * the log says what it holds. The transaction's net effect comes from a snapshot then.
   */
  @Test
  void emitsFromASnapshotWhatNoPageInTheLogHolds() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
            "CREATE INDEX i ON a(v)",
            "INSERT INTO a VALUES(1, 'a'), (2, 'b')")) {
      int version = (int) TestDatabase.number(capture.writer(), "PRAGMA schema_version");
      assertThat(
              summary(
                  capture.transaction(
                      "INSERT INTO a VALUES(3, 'c')",
                      "PRAGMA writable_schema = ON",
                      "UPDATE sqlite_schema SET type = 'table', name = 'w', tbl_name = 'w', sql ="
                          + " 'CREATE TABLE w(v, id, PRIMARY KEY(v, id)) WITHOUT ROWID'"
                          + " WHERE name = 'i'",
                      "PRAGMA schema_version = " + (version + 1),
                      "PRAGMA writable_schema = OFF")))
          .containsExactly("SCHEMA w", "INSERT a", "INSERT w", "INSERT w", "INSERT w");
      capture.transaction("UPDATE a SET v = 'c'", "DELETE FROM w WHERE id = 2");
    }
  }

  /** Two tables change roots by an edit of sqlite_schema, and no page of theirs is written. */
  @Test
  void followsTablesThatSwapTheirRoots() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
            "CREATE TABLE b(id INTEGER PRIMARY KEY, v)",
            "INSERT INTO a VALUES(1, 'a'), (2, 'a')",
            "INSERT INTO b VALUES(2, 'b'), (3, 'b')")) {
      assertThat(
              summary(
                  editSchema(
                      capture,
                      "UPDATE sqlite_schema SET rootpage = (SELECT sum(rootpage) FROM sqlite_schema"
                          + " WHERE name IN ('a', 'b')) - rootpage WHERE name IN ('a', 'b')")))
          .containsExactly("DELETE a", "DELETE b", "UPDATE a", "UPDATE b", "INSERT a", "INSERT b");
      capture.transaction("UPDATE a SET v = 'c'", "DELETE FROM b");
    }
  }

  /**
   * A virtual table's entry is deleted, and what were its shadow tables are tables like any other:
   * nothing in the log shows what they hold. The net effect comes from a snapshot then.
   */
  @Test
  void emitsATransactionThatTheLogAloneDoesNotShow() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
            "CREATE VIRTUAL TABLE f USING fts5(v)",
            "INSERT INTO f VALUES('words')",
            "INSERT INTO a VALUES(1, 'a'), (2, 'a')")) {
      assertThat(summary(editSchema(capture, "DELETE FROM sqlite_schema WHERE name = 'f'")))
          .contains("SCHEMA f_content", "INSERT f_content");
      capture.awaitReconciles(1);
      capture.transaction("UPDATE a SET v = 'c'", "UPDATE f_content SET c0 = 'others'");
    }
  }

  private static List<Change> editSchema(LiveCapture capture, String edit) throws Exception {
    int version = (int) TestDatabase.number(capture.writer(), "PRAGMA schema_version");
    return capture.transaction(
        "PRAGMA writable_schema = ON",
        edit,
        "PRAGMA schema_version = " + (version + 1),
        "PRAGMA writable_schema = OFF");
  }
}
