// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static dev.waltap.testdata.capture.LiveCapture.summary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.Collation;

/** Tables without a rowid: rows are in interior cells, too, in the order of their keys. */
class WithoutRowidTest {
  private static final String NUMBERS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) ";

  private static void churn(LiveCapture capture) throws Exception {
    capture.transaction(
        NUMBERS + "INSERT OR IGNORE INTO w SELECT hex(i * 7919 % 2003), i, i FROM n");
    capture.transaction("UPDATE w SET v = v + 1 WHERE n % 50 = 0");
    capture.transaction("DELETE FROM w WHERE n % 3 = 0");
    capture.transaction("UPDATE OR REPLACE w SET k = lower(k) WHERE n % 7 = 0");
    capture.transaction("UPDATE OR IGNORE w SET k = k || ' ' WHERE n % 11 = 0");
    capture.transaction("UPDATE w SET v = printf('%0400d', n) WHERE n % 100 = 1");
    capture.overrun("DELETE FROM w WHERE n % 5 = 0", "UPDATE w SET v = 7 WHERE n % 6 = 1");
    capture.transaction("DELETE FROM w");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PRIMARY KEY(k)",
        "PRIMARY KEY(k DESC)",
        "PRIMARY KEY(n DESC, k)",
        "PRIMARY KEY(k COLLATE NOCASE, n)",
        "PRIMARY KEY(k COLLATE RTRIM DESC, n DESC)",
        "PRIMARY KEY(v, k, k, n)",
        "PRIMARY KEY(k, k COLLATE NOCASE, k COLLATE RTRIM)"
      })
  void emitsRowsInInteriorAndLeafCells(String key) throws Exception {
    try (LiveCapture capture =
        LiveCapture.of(TestDatabase.create(512, "UTF-8"))
            .start("CREATE TABLE w(k TEXT, n INT, v ANY NOT NULL, " + key + ") WITHOUT ROWID")) {
      churn(capture);
    }
  }

  /** One key to its collation, another byte by byte. */
  @Test
  void emitsAKeyThatChangedByCaseAsDeleteAndInsert() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE w(k TEXT COLLATE NOCASE PRIMARY KEY, v) WITHOUT ROWID",
            "INSERT INTO w VALUES('a', 1)")) {
      assertThat(summary(capture.transaction("UPDATE w SET k = 'A'")))
          .containsExactly("DELETE w", "INSERT w");
    }
  }

  /** Equal numbers of another type are the same to the b-tree, but not to who keys by them. */
  @Test
  void emitsAKeyThatChangedTypeAsDeleteAndInsert() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE w(k PRIMARY KEY, v) WITHOUT ROWID", "INSERT INTO w VALUES(1, 1)")) {
      assertThat(summary(capture.transaction("UPDATE w SET k = 1.0")))
          .containsExactly("DELETE w", "INSERT w");
    }
  }

  /** Orders text by its characters from the last to the first. */
  private static void collate(Connection connection, String name) throws SQLException {
    Collation.create(
        connection,
        name,
        new Collation() {
          @Override
          protected int xCompare(String one, String other) {
            return fold(one).compareTo(fold(other));
          }

          private String fold(String text) {
            return new StringBuilder(text.toLowerCase(Locale.ROOT)).reverse().toString();
          }
        });
  }

  /** The application's own collation: rows are matched by the bytes of their keys instead. */
  @ParameterizedTest
  @ValueSource(strings = {"PRIMARY KEY(k)", "PRIMARY KEY(k DESC, n)", "PRIMARY KEY(n, k)"})
  void emitsRowsUnderACollationThatNobodyKnows(String key) throws Exception {
    TestDatabase database = TestDatabase.create(512, "UTF-8");
    try (LiveCapture capture =
        LiveCapture.of(database)
            .prepare(connection -> collate(connection, "MINE"))
            .withoutBootstrap()
            .start(
                "CREATE TABLE w(k TEXT COLLATE MINE, n INT, v ANY, " + key + ") WITHOUT ROWID")) {
      churn(capture);
    }
  }

  @Test
  void emitsAnUnknownCollationsKeyThatChangedByCase() throws Exception {
    try (LiveCapture capture =
        LiveCapture.of(TestDatabase.create())
            .prepare(connection -> collate(connection, "MINE"))
            .withoutBootstrap()
            .start(
                "CREATE TABLE w(k TEXT COLLATE MINE PRIMARY KEY, v) WITHOUT ROWID",
                "INSERT INTO w VALUES('ab', 1), ('ba', 2)")) {
      assertThat(summary(capture.transaction("UPDATE w SET k = 'AB' WHERE v = 1")))
          .containsExactly("DELETE w", "INSERT w");
      assertThat(summary(capture.transaction("UPDATE w SET v = 3")))
          .containsExactly("UPDATE w", "UPDATE w");
    }
  }
}
