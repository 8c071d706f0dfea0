// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static dev.waltap.testdata.capture.LiveCapture.summary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes of the schema, at their transaction. */
class DdlTest {
  private static LiveCapture start() throws Exception {
    return LiveCapture.start(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v, w)",
        "CREATE TABLE k(a, b, v, PRIMARY KEY(b, a)) WITHOUT ROWID",
        "INSERT INTO t VALUES(1, 1, 1), (2, 2, 2), (3, randomblob(9000), 3)",
        "INSERT INTO k VALUES(1, 1, 1), (2, 2, 2)");
  }

  @Test
  void emitsCreateTable() throws Exception {
    try (LiveCapture capture = start()) {
      assertThat(summary(capture.transaction("CREATE TABLE n(v)"))).containsExactly("SCHEMA n");
      assertThat(summary(capture.transaction("INSERT INTO n VALUES(1)")))
          .containsExactly("INSERT n");
      assertThat(summary(capture.transaction("CREATE TABLE s AS SELECT * FROM t WHERE id < 3")))
          .containsExactly("SCHEMA s", "INSERT s", "INSERT s");
    }
  }

  @Test
  void emitsDropTableWithoutItsRows() throws Exception {
    try (LiveCapture capture = start()) {
      assertThat(summary(capture.transaction("DROP TABLE t"))).containsExactly("SCHEMA t");
      assertThat(summary(capture.transaction("DROP TABLE k"))).containsExactly("SCHEMA k");
    }
  }

  @Test
  void emitsRenames() throws Exception {
    try (LiveCapture capture = start()) {
      assertThat(summary(capture.transaction("ALTER TABLE t RENAME TO t2")))
          .containsExactly("SCHEMA t");
      assertThat(summary(capture.transaction("UPDATE t2 SET v = 5 WHERE id = 1")))
          .containsExactly("UPDATE t2");
      assertThat(summary(capture.transaction("ALTER TABLE t2 RENAME COLUMN v TO x")))
          .containsExactly("SCHEMA t2");
      assertThat(summary(capture.transaction("ALTER TABLE k RENAME COLUMN b TO bb")))
          .containsExactly("SCHEMA k");
      capture.transaction("UPDATE t2 SET x = 6", "UPDATE k SET bb = 7 WHERE a = 1");
    }
  }

  /**
   * A row that was written again under a new column name, with a record of other bytes and the same
   * values. Found by the fuzzer: the renamed column was taken for a new one that has no default.
   */
  @Test
  void emitsNothingForARowWrittenAgainUnderARenamedColumn() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
            "INSERT INTO t VALUES(1, 1)",
            "ALTER TABLE t ADD COLUMN w",
            "INSERT INTO t VALUES(2, 2, 2)")) {
      assertThat(
              summary(
                  capture.transaction(
                      "ALTER TABLE t RENAME COLUMN id TO number",
                      "UPDATE t SET v = v",
                      "UPDATE t SET w = 3 WHERE number = 2")))
          .containsExactly("SCHEMA t", "UPDATE t");
    }
  }

  @Test
  void emitsAddAndDropColumnWithoutRows() throws Exception {
    try (LiveCapture capture = start()) {
      assertThat(summary(capture.transaction("ALTER TABLE t ADD COLUMN x DEFAULT 'x'")))
          .containsExactly("SCHEMA t");
      assertThat(summary(capture.transaction("ALTER TABLE t ADD COLUMN y AS (w) VIRTUAL")))
          .containsExactly("SCHEMA t");
      assertThat(
              summary(
                  capture.transaction(
                      "ALTER TABLE t DROP COLUMN v", "ALTER TABLE k DROP COLUMN v")))
          .containsExactly("SCHEMA k", "SCHEMA t");
      capture.transaction("UPDATE t SET w = 9", "DELETE FROM k WHERE a = 1");
    }
  }

  @Test
  void emitsSchemaAndRowChangesOfOneTransaction() throws Exception {
    try (LiveCapture capture = start()) {
      assertThat(
              summary(
                  capture.transaction(
                      "UPDATE t SET v = 'before' WHERE id = 1",
                      "ALTER TABLE t ADD COLUMN x DEFAULT 5",
                      "UPDATE t SET x = 6 WHERE id = 2",
                      "DELETE FROM t WHERE id = 3",
                      "INSERT INTO t VALUES(4, 4, 4, 4)")))
          .containsExactly("SCHEMA t", "DELETE t", "UPDATE t", "UPDATE t", "INSERT t");
      capture.transaction(
          "ALTER TABLE t RENAME TO z",
          "INSERT INTO z(id) VALUES(9)",
          "ALTER TABLE z DROP COLUMN w");
    }
  }

  /** The same name, another table: its rows are emitted as they differ, key by key. */
  @Test
  void emitsDropAndCreateOfOneName() throws Exception {
    try (LiveCapture capture = start()) {
      assertThat(
              summary(
                  capture.transaction(
                      "DROP TABLE t",
                      "CREATE TABLE t(id INTEGER PRIMARY KEY, v, w)",
                      "INSERT INTO t VALUES(1, 1, 1), (2, 0, 2)")))
          .containsExactly("DELETE t", "UPDATE t");
      assertThat(
              summary(
                  capture.transaction(
                      "DROP TABLE t",
                      "CREATE TABLE t(k TEXT PRIMARY KEY) WITHOUT ROWID",
                      "INSERT INTO t VALUES('k')")))
          .containsExactly("SCHEMA t", "DELETE t", "DELETE t", "INSERT t");
    }
  }

  /**
   * A table took the name of one dropped, and its root page was written, but not all leaves below.
   * Found by the fuzzer: leaves whose parent page was the same were taken for the named table's
   * own, and then forgotten with the table that they had belonged to.
   */
  @Test
  void keepsTheLeavesOfATableThatTookADroppedOnesName() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
                + " INSERT INTO a SELECT i, printf('%0200d', i) FROM n",
            "CREATE TABLE b(id INTEGER PRIMARY KEY, v)",
            "INSERT INTO b VALUES(1, 'b')")) {
      capture.transaction(
          "DROP TABLE b",
          "ALTER TABLE a RENAME TO b",
          "WITH RECURSIVE n(i) AS (SELECT 300 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
              + " INSERT INTO b SELECT i, printf('%0200d', i) FROM n");
      assertThat(summary(capture.transaction("UPDATE b SET v = 'x' WHERE id = 2")))
          .containsExactly("UPDATE b");
    }
  }

  /**
   * The same with a leaf of which one overflow page was written, while the table's name goes to
   * another. Found by the fuzzer: such a leaf was walked, and its tree not looked at.
   */
  @Test
  void keepsALeafWhoseChainWasWrittenWhenATableWasRenamed() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
            "INSERT INTO a VALUES(1, zeroblob(20000)), (2, 'two')",
            "WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
                + " INSERT INTO a SELECT i, printf('%0200d', i) FROM n")) {
      capture.transaction(
          "ALTER TABLE a RENAME TO b",
          "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
          "UPDATE b SET v = CAST(substr(v, 1, 19999) || x'01' AS BLOB) WHERE id = 1",
          "WITH RECURSIVE n(i) AS (SELECT 300 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
              + " INSERT INTO b SELECT i, printf('%0200d', i) FROM n");
      assertThat(summary(capture.transaction("UPDATE b SET v = 'x' WHERE id = 2")))
          .containsExactly("UPDATE b");
    }
  }

  /** SQLite's own recipe for other changes of a table. */
  @Test
  void emitsATableThatWasRecreated() throws Exception {
    try (LiveCapture capture = start()) {
      assertThat(
              summary(
                  capture.transaction(
                      "CREATE TABLE new_t(id INTEGER PRIMARY KEY, v TEXT NOT NULL, w)",
                      "INSERT INTO new_t SELECT * FROM t",
                      "DROP TABLE t",
                      "ALTER TABLE new_t RENAME TO t")))
          .startsWith("SCHEMA t");
      capture.transaction("UPDATE t SET v = 'x'");
    }
  }

  @Test
  void emitsNothingForIndexesViewsTriggersAndStatistics() throws Exception {
    try (LiveCapture capture = start()) {
      assertThat(capture.transaction("CREATE INDEX i ON t(v)", "CREATE VIEW x AS SELECT * FROM t"))
          .isEmpty();
      assertThat(capture.transaction("CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END"))
          .isEmpty();
      assertThat(capture.transaction("ANALYZE")).isEmpty();
      assertThat(capture.transaction("REINDEX")).isEmpty();
      assertThat(capture.transaction("DROP INDEX i", "DROP VIEW x", "DROP TRIGGER g")).isEmpty();
      capture.transaction("UPDATE t SET v = 3");
    }
  }

  /** The text of a table edited in sqlite_schema itself. */
  @Test
  void emitsEditsOfTheSchemaTable() throws Exception {
    try (LiveCapture capture = start()) {
      int version = (int) TestDatabase.number(capture.writer(), "PRAGMA schema_version");
      assertThat(
              summary(
                  capture.transaction(
                      "PRAGMA writable_schema = ON",
                      "UPDATE sqlite_schema SET sql = 'CREATE TABLE t(id INTEGER PRIMARY KEY, v,"
                          + " w NOT NULL CHECK(w > 0))' WHERE name = 't'",
                      "PRAGMA schema_version = " + (version + 1),
                      "PRAGMA writable_schema = OFF")))
          .containsExactly("SCHEMA t");
      capture.transaction("UPDATE t SET w = 17");
    }
  }

  @Test
  void emitsTablesThatEnterAndLeaveTheFilterByRename() throws Exception {
    try (LiveCapture capture =
        LiveCapture.of(TestDatabase.create())
            .tables(table -> table.startsWith("in"), "in*")
            .start(
                "CREATE TABLE in1(v)",
                "CREATE TABLE out(id INTEGER PRIMARY KEY, v)",
                "INSERT INTO out VALUES(1, 1), (2, 2)")) {
      assertThat(capture.transaction("UPDATE out SET v = 5")).isEmpty();
      assertThat(summary(capture.transaction("ALTER TABLE out RENAME TO inside")))
          .containsExactly("SCHEMA inside", "INSERT inside", "INSERT inside");
      assertThat(summary(capture.transaction("UPDATE inside SET v = 6 WHERE id = 1")))
          .containsExactly("UPDATE inside");
      assertThat(summary(capture.transaction("ALTER TABLE inside RENAME TO out")))
          .containsExactly("SCHEMA inside");
      assertThat(capture.transaction("DELETE FROM out")).isEmpty();
      assertThat(summary(capture.transaction("CREATE TABLE in2(v)", "INSERT INTO in2 VALUES(1)")))
          .containsExactly("SCHEMA in2", "INSERT in2");
    }
  }

  /** A virtual table has no rows of its own; its shadow tables are emitted only when named. */
  @Test
  void emitsShadowTablesOnlyWhenNamed() throws Exception {
    String[] statements = {
      "CREATE VIRTUAL TABLE f USING fts5(v)",
      "CREATE VIRTUAL TABLE r USING rtree(id, a, b)",
      "CREATE TABLE t(v)"
    };
    try (LiveCapture capture = LiveCapture.start(statements)) {
      assertThat(
              summary(
                  capture.transaction(
                      "INSERT INTO f VALUES('words')",
                      "INSERT INTO r VALUES(1, 2, 3)",
                      "INSERT INTO t VALUES(1)")))
          .containsExactly("INSERT t");
      assertThat(capture.transaction("DROP TABLE r", "CREATE VIRTUAL TABLE g USING fts5(x)"))
          .isEmpty();
    }
    List<Change> emitted = new ArrayList<>();
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open()) {
      TestDatabase.execute(connection, statements);
      TestDatabase.execute(connection, "INSERT INTO f VALUES('words')");
      try (ChangeDataCapture capture =
          Waltap.open(database.path()).tables("f_content", "t").handler(emitted::addAll).build()) {
        capture.bootstrap();
      }
    }
    assertThat(summary(emitted))
        .containsExactly(
            "SCHEMA f_content",
            "BOOTSTRAP f_content",
            "INSERT f_content",
            "SCHEMA t",
            "BOOTSTRAP t");
  }
}
