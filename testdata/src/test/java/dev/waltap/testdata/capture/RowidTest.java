// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static dev.waltap.testdata.capture.LiveCapture.summary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.api.Row;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What identifies the rows of tables with a rowid. */
class RowidTest {

  private static Row key(Change change) {
    return Objects.requireNonNull(change.key());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id INTEGER PRIMARY KEY, v",
        "id integer primary key asc, v",
        "id \"INTEGER\" PRIMARY KEY, v",
        "id INTEGER PRIMARY KEY AUTOINCREMENT, v",
        "id INTEGER, v, PRIMARY KEY(id)",
        "id INTEGER, v, PRIMARY KEY(id DESC)",
        "id INTEGER, v, CONSTRAINT k PRIMARY KEY(\"id\" ASC)",
        "id INTEGER NOT NULL PRIMARY KEY ON CONFLICT REPLACE, v"
      })
  void emitsTheRowidUnderItsColumnsName(String columns) throws Exception {
    try (LiveCapture capture = LiveCapture.start("CREATE TABLE t(" + columns + ")")) {
      Change insert = capture.transaction("INSERT INTO t VALUES(42, 'v')").get(0);
      assertThat(key(insert).getLong("id")).isEqualTo(42);
      assertThat(Objects.requireNonNull(insert.after()).getLong("id")).isEqualTo(42);
      assertThat(summary(capture.transaction("UPDATE t SET v = 'w'"))).containsExactly("UPDATE t");
      assertThat(summary(capture.transaction("UPDATE t SET id = 43")))
          .containsExactly("DELETE t", "INSERT t");
    }
  }

  /** DESC in the column itself makes it an ordinary one, and so do BIGINT and INT. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "id INTEGER PRIMARY KEY DESC, v",
        "id INT PRIMARY KEY, v",
        "id BIGINT, v, PRIMARY KEY(id)",
        "v, id TEXT PRIMARY KEY"
      })
  void emitsADeclaredKeyThatIsNotTheRowid(String columns) throws Exception {
    try (LiveCapture capture = LiveCapture.start("CREATE TABLE t(" + columns + ")")) {
      capture.transaction("INSERT INTO t(rowid, id, v) VALUES(7, 42, 'v'), (8, -1, 'w')");
      assertThat(summary(capture.transaction("UPDATE t SET v = 'x' WHERE rowid = 7")))
          .containsExactly("UPDATE t");
      // Another rowid is another row, even under the same declared key, and so is another key.
      assertThat(summary(capture.transaction("UPDATE t SET rowid = 9 WHERE rowid = 7")))
          .containsExactly("DELETE t", "INSERT t");
      assertThat(summary(capture.transaction("UPDATE t SET id = 43 WHERE rowid = 9")))
          .containsExactly("DELETE t", "INSERT t");
    }
  }

  @Test
  void emitsAColumnNamedRowid() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE t(rowid TEXT, v)", "CREATE TABLE u(rowid, oid, _rowid_, v)")) {
      Change insert = capture.transaction("INSERT INTO t VALUES('not it', 1)").get(0);
      assertThat(Objects.requireNonNull(insert.after()).getString("rowid")).isEqualTo("not it");
      assertThat(key(insert).getLong("rowid")).isEqualTo(1);
      capture.transaction("UPDATE t SET rowid = 'nor this'");
    }
  }

  @Test
  void emitsNegativeAndExtremeRowids() throws Exception {
    try (LiveCapture capture = LiveCapture.start("CREATE TABLE t(id INTEGER PRIMARY KEY, v)")) {
      List<Change> emitted =
          capture.transaction(
              "INSERT INTO t VALUES(9223372036854775807, 1), (-9223372036854775808, 2), (0, 3), (-1, 4)");
      assertThat(emitted.stream().map(change -> key(change).getLong("id")))
          .containsExactly(Long.MIN_VALUE, -1L, 0L, Long.MAX_VALUE);
      capture.transaction("UPDATE t SET v = v + 1");
      capture.transaction("DELETE FROM t WHERE id <= 0");
    }
  }

  /** A row with NULL in its key is keyed by its rowid: several may be there. */
  @Test
  void emitsNullsInKeys() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start("CREATE TABLE t(a TEXT, b INT, v, PRIMARY KEY(a, b))")) {
      List<Change> emitted =
          capture.transaction("INSERT INTO t VALUES(NULL, 1, 'x'), (NULL, 1, 'y'), ('k', 1, 'z')");
      assertThat(emitted.stream().map(change -> key(change).names().get(0)))
          .containsExactly("rowid", "rowid", "a");
      assertThat(summary(capture.transaction("UPDATE t SET v = v || '!'")))
          .containsExactly("UPDATE t", "UPDATE t", "UPDATE t");
      assertThat(summary(capture.transaction("UPDATE t SET a = 'now' WHERE v = 'x!'")))
          .containsExactly("DELETE t", "INSERT t");
      assertThat(summary(capture.transaction("UPDATE t SET b = 2 WHERE v = 'y!'")))
          .containsExactly("UPDATE t");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select",
        "with space",
        "qu\"\"ote",
        "Ünïcode 表 😀",
        "dot.ted",
        "semi;--",
        "new\nline",
        "[x]",
        "%_*?"
      })
  void emitsNamesThatNeedQuotes(String name) throws Exception {
    String quoted = '"' + name + '"';
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE " + quoted + "(" + quoted + " PRIMARY KEY, \"v" + name + "\")")) {
      Change insert = capture.transaction("INSERT INTO " + quoted + " VALUES(1, 2)").get(0);
      assertThat(insert.table()).isEqualTo(name.replace("\"\"", "\""));
      capture.transaction("UPDATE " + quoted + " SET \"v" + name + "\" = 3");
      capture.transaction("ALTER TABLE " + quoted + " RENAME TO \"other " + name + "\"");
    }
  }
}
