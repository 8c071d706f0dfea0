// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static dev.waltap.testdata.capture.LiveCapture.summary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.api.Change;
import dev.waltap.api.Row;
import dev.waltap.api.StorageClass;
import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Applications define their own NOCASE, for their language. The b-tree of a WITHOUT ROWID table is
 * in an order then that its declaration does not say, and keys that SQLite's NOCASE holds equal may
 * be two.
 */
@Tag("slow")
class OwnCollationTest {
  private static final String LETTERS = "aAbBzZ ";

  @BeforeEach
  void requirePython() throws InterruptedException {
    assumeTrue(OwnCollation.isAvailable(), "needs python3 with sqlite3");
  }

  /** Under it 'a' and 'A' are two rows, which a merge by SQLite's NOCASE would take for one. */
  @Test
  void emitsOnlyTheRowsThatDifferWhereNocaseDistinguishesLetters() throws Exception {
    TestDatabase database = TestDatabase.create();
    try (SteppedCapture capture =
        SteppedCapture.start(
            database, "CREATE TABLE w(k TEXT COLLATE NOCASE PRIMARY KEY, v) WITHOUT ROWID")) {
      OwnCollation.write(
          database.path(),
          "NOCASE",
          "case",
          "INSERT INTO w VALUES('A', 1), ('B', 2), ('a', 3), ('b', 4)");
      assertThat(summary(capture.follow())).hasSize(4).containsOnly("INSERT w");
      OwnCollation.write(
          database.path(), "NOCASE", "case", "UPDATE w SET v = 5 WHERE k IN ('a', 'B')");
      assertThat(summary(capture.follow())).containsExactly("UPDATE w", "UPDATE w");
      OwnCollation.write(
          database.path(),
          "NOCASE",
          "case",
          "BEGIN",
          "DELETE FROM w WHERE k = 'A'",
          "UPDATE w SET v = v || 'x'",
          "COMMIT");
      assertThat(summary(capture.follow()))
          .containsExactly("DELETE w", "UPDATE w", "UPDATE w", "UPDATE w");
      OwnCollation.write(
          database.path(),
          "NOCASE",
          "case",
          "PRAGMA wal_checkpoint(TRUNCATE)",
          "INSERT INTO w VALUES('A', 6)",
          "VACUUM");
      assertThat(summary(capture.reconcile())).containsExactly("INSERT w");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "NOCASE;case;PRIMARY KEY(k)",
        "NOCASE;reversed;PRIMARY KEY(k DESC, n)",
        "NOCASE;length;PRIMARY KEY(n, k)",
        "RTRIM;case;PRIMARY KEY(k)",
        "RTRIM;length;PRIMARY KEY(k DESC)"
      })
  void emitsEachChangeExactlyOnce(String name, String order, String key) throws Exception {
    long seed = Long.getLong("waltap.seed", new Random().nextLong());
    Random random = new Random(seed);
    String ddl = "CREATE TABLE w(k TEXT COLLATE " + name + ", n INT, v, " + key + ") WITHOUT ROWID";
    TestDatabase database = TestDatabase.create(512, "UTF-8");
    try (SteppedCapture capture = SteppedCapture.start(database, ddl)) {
      Map<String, String> rows = new HashMap<>();
      for (int step = 0; step < 12; step++) {
        List<String> statements = new ArrayList<>(List.of("BEGIN"));
        for (int i = random.nextInt(step % 4 == 0 ? 60 : 6); i >= 0; i--) {
          statements.add(statement(random));
        }
        statements.add("COMMIT");
        OwnCollation.write(database.path(), name, order, statements.toArray(String[]::new));
        Map<String, String> expected = scan(capture.keeper());
        apply(capture.follow(), rows, "-Dwaltap.seed=" + seed + ", step " + step);
        assertThat(rows).as("-Dwaltap.seed=%s, step %s", seed, step).isEqualTo(expected);
      }
    }
  }

  private static String statement(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    int number = random.nextInt(4);
    return switch (random.nextInt(5)) {
      case 0 -> "DELETE FROM w WHERE n = " + number + " AND k = '" + text + "'";
      case 1 ->
          "UPDATE w SET v = hex(zeroblob(" + random.nextInt(400) + ")) WHERE k > '" + text + "'";
      case 2 -> "UPDATE OR REPLACE w SET k = '" + text + "' WHERE n = " + number + " AND k < 'b'";
      default ->
          "REPLACE INTO w VALUES('%s', %d, %d)".formatted(text, number, random.nextInt(1 << 20));
    };
  }

  private static Map<String, String> scan(Connection connection) throws Exception {
    Map<String, String> rows = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT k, n, v FROM w")) {
      while (result.next()) {
        rows.put(result.getString(1) + "/" + result.getInt(2), result.getString(3));
      }
    }
    return rows;
  }

  /** Each change must fit the rows as they are; the deletes come first, as they are emitted. */
  private static void apply(List<Change> changes, Map<String, String> rows, String when) {
    for (Change change : changes) {
      Row before = change.before();
      Row after = change.after();
      if (before != null) {
        assertThat(rows.remove(key(before))).as("%s: %s", when, change).isEqualTo(value(before));
      }
      if (after != null) {
        assertThat(rows.put(key(after), value(after))).as("%s: %s", when, change).isNull();
      }
      if (before != null && after != null) {
        assertThat(after.getString("k")).as(when).isEqualTo(before.getString("k"));
      }
    }
  }

  private static String key(Row row) {
    return row.getString("k") + "/" + row.getLong("n");
  }

  private static String value(Row row) {
    return row.storageClass("v") == StorageClass.INTEGER
        ? String.valueOf(row.getLong("v"))
        : String.valueOf(row.getString("v"));
  }
}
