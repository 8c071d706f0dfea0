// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static dev.waltap.testdata.capture.LiveCapture.summary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.GapPolicy;
import dev.waltap.testdata.TestDatabase;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tables that take each other's names or root pages within one transaction: both trees are in the
 * page set, so nothing is a gap, which would end these captures.
 */
@Tag("slow")
class TableRotationTest {
  private static String rows(String table, int from, int to) {
    return String.format(
        Locale.ROOT,
        "WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO"
            + " %s(id, v, w) SELECT i, printf('%%0200d', i) || hex(zeroblob(i %% 7 * 500)), i FROM"
            + " n",
        from,
        to,
        table);
  }

  private static LiveCapture start(TestDatabase database, String options) throws Exception {
    return LiveCapture.of(database)
        .capturing(builder -> builder.onGap(GapPolicy.FAIL))
        .start(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, v, w)" + options,
            "CREATE TABLE b(id INTEGER PRIMARY KEY, v, w)" + options,
            "CREATE TABLE c(id INTEGER PRIMARY KEY, v, w)" + options,
            rows("a", 1, 300),
            rows("b", 200, 450),
            rows("c", 1, 3),
            "UPDATE b SET w = -id WHERE id % 3 = 1");
  }

  private static LiveCapture start(String options) throws Exception {
    return start(TestDatabase.create(), options);
  }

  /** Each tree can still be followed: rows change, come and go, and overflow chains do. */
  private static void requireFollowed(LiveCapture capture, String... tables) throws Exception {
    for (String table : tables) {
      assertThat(capture.transaction("UPDATE " + table + " SET w = w + 1")).isNotEmpty();
      capture.transaction(
          "DELETE FROM " + table + " WHERE id % 3 = 0", rows(table, 1000, 1200), "REINDEX");
      capture.transaction("UPDATE " + table + " SET v = v || 'x' WHERE id % 50 = 0");
    }
    capture.outside("VACUUM");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " WITHOUT ROWID"})
  void swapsTwoTables(String options) throws Exception {
    try (LiveCapture capture = start(options)) {
      assertThat(
              summary(
                  capture.transaction(
                      "ALTER TABLE a RENAME TO x",
                      "ALTER TABLE b RENAME TO a",
                      "ALTER TABLE x RENAME TO b")))
          .contains("DELETE a", "UPDATE a", "INSERT a", "DELETE b", "UPDATE b", "INSERT b");
      requireFollowed(capture, "a", "b");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " WITHOUT ROWID"})
  void rotatesThreeTablesWhileTheirRowsChange(String options) throws Exception {
    try (LiveCapture capture = start(options)) {
      capture.transaction(
          "ALTER TABLE c RENAME TO x",
          "UPDATE a SET w = -1 WHERE id IN (1, 7)",
          "ALTER TABLE b RENAME TO c",
          "ALTER TABLE a RENAME TO b",
          "ALTER TABLE x RENAME TO a",
          "DELETE FROM b WHERE id BETWEEN 100 AND 250",
          rows("c", 600, 800),
          "UPDATE a SET v = zeroblob(30000) WHERE id = 2");
      requireFollowed(capture, "a", "b", "c");
    }
  }

  @Test
  void swapsATableWithAnotherKindOfTree() throws Exception {
    try (LiveCapture capture = start("")) {
      capture.transaction("CREATE TABLE k(id PRIMARY KEY, v, w) WITHOUT ROWID", rows("k", 5, 200));
      capture.transaction(
          "ALTER TABLE a RENAME TO x", "ALTER TABLE k RENAME TO a", "ALTER TABLE x RENAME TO k");
      requireFollowed(capture, "a", "k");
    }
  }

  /** Replaces a table by a copy: new, copy, drop, rename; also from the copy of another one. */
  @ParameterizedTest
  @ValueSource(strings = {"", " WITHOUT ROWID"})
  void replacesATableByAnother(String options) throws Exception {
    try (LiveCapture capture = start(options)) {
      capture.transaction(
          "CREATE TABLE n(id INTEGER PRIMARY KEY, v, w, z DEFAULT 5)" + options,
          "INSERT INTO n(id, v, w) SELECT id, v, w FROM a",
          "DROP TABLE a",
          "ALTER TABLE n RENAME TO a");
      assertThat(capture.transaction("DROP TABLE b", "ALTER TABLE c RENAME TO b")).isNotEmpty();
      requireFollowed(capture, "a", "b");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " WITHOUT ROWID"})
  void rotatesALog(String options) throws Exception {
    try (LiveCapture capture = start(options)) {
      for (int i = 0; i < 3; i++) {
        List<String> events =
            summary(
                capture.transaction(
                    "DROP TABLE c",
                    "ALTER TABLE b RENAME TO c",
                    "ALTER TABLE a RENAME TO b",
                    "CREATE TABLE a(id INTEGER PRIMARY KEY, v, w)" + options,
                    rows("a", 10 * i, 200)));
        assertThat(events).isNotEmpty();
      }
      capture.transaction(
          "ALTER TABLE a RENAME TO a_1", "CREATE TABLE a(id INTEGER PRIMARY KEY, v, w)" + options);
      capture.transaction("INSERT INTO a VALUES(1, 1, 1)");
      requireFollowed(capture, "a", "b", "c", "a_1");
    }
  }

  /** auto_vacuum moves the last root page to one that a DROP frees, in the same transaction. */
  @ParameterizedTest
  @ValueSource(strings = {"", " WITHOUT ROWID"})
  void renamesATableWhoseRootMovesToAFreedOne(String options) throws Exception {
    TestDatabase database = TestDatabase.create(4096, "UTF-8", "PRAGMA auto_vacuum = FULL");
    try (LiveCapture capture = start(database, options)) {
      capture.transaction("DROP TABLE a", "ALTER TABLE c RENAME TO d");
      capture.transaction(
          "ALTER TABLE b RENAME TO x", "ALTER TABLE d RENAME TO b", "ALTER TABLE x RENAME TO d");
      capture.transaction("CREATE TABLE a(id INTEGER PRIMARY KEY, v, w)", rows("a", 1, 400));
      capture.transaction("DROP TABLE b", "ALTER TABLE a RENAME TO b", "UPDATE b SET w = 0");
      requireFollowed(capture, "b", "d");
    }
  }

  @Test
  void rotatesInAndOutOfTheFilter() throws Exception {
    try (LiveCapture capture =
        LiveCapture.of(TestDatabase.create())
            .tables(table -> table.startsWith("in"), "in*")
            .capturing(builder -> builder.onGap(GapPolicy.FAIL))
            .start(
                "CREATE TABLE in1(id INTEGER PRIMARY KEY, v, w)",
                "CREATE TABLE out(id INTEGER PRIMARY KEY, v, w)",
                rows("in1", 1, 300),
                rows("out", 200, 400),
                "UPDATE out SET w = -id WHERE id % 3 = 1")) {
      assertThat(
              summary(
                  capture.transaction(
                      "ALTER TABLE in1 RENAME TO x",
                      "ALTER TABLE out RENAME TO in1",
                      "ALTER TABLE x RENAME TO out")))
          .contains("DELETE in1", "UPDATE in1", "INSERT in1")
          .doesNotContain("DELETE out");
      assertThat(capture.transaction("UPDATE out SET v = 5")).isEmpty();
      capture.transaction("DROP TABLE in1", "ALTER TABLE out RENAME TO in1");
      capture.transaction(
          "ALTER TABLE in1 RENAME TO out", "CREATE TABLE in1(v)", "INSERT INTO in1 VALUES(1)");
      capture.transaction("UPDATE in1 SET v = 7");
    }
  }
}
