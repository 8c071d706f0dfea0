// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fields of the database header that connections must be opened again to see changed: text encoding
 * and schema format, by whatever a file was made with; and headers in the file that are older than
 * the one in the WAL.
 */
class HeaderResumeTest {
  private static final int RESERVED_BYTES_OFFSET = 20;
  private static final int SCHEMA_FORMAT_OFFSET = 47;
  private static final int CONTENT_OFFSET = 105;
  private static final int RESERVED = 16;

  private static final String NUMBERS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) ";

  private static final String[] TABLES = {
    "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
    "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
    NUMBERS + "INSERT INTO t SELECT i, printf('%0*d', i * i % 3001, i) FROM n",
    "INSERT INTO w SELECT printf('ключ %d', id), v FROM t"
  };

  private static SteppedCapture create(int schemaFormat, String encoding, String... statements)
      throws Exception {
    TestDatabase database = TestDatabase.create(4096, encoding);
    if (schemaFormat != 0) {
      patch(database.path(), SCHEMA_FORMAT_OFFSET, schemaFormat);
    }
    return SteppedCapture.start(database, statements);
  }

  private static void patch(Path file, int offset, int... bytes) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(offset);
      for (int b : bytes) {
        out.write(b);
      }
    }
  }

  /** Another database with the same rows and a few that differ, to be restored over this one. */
  private static Path other(TestDatabase database, String encoding) throws Exception {
    Path path = database.directory().resolve("other.db");
    try (Connection connection = TestDatabase.open(path)) {
      TestDatabase.execute(connection, "PRAGMA encoding = '" + encoding + "'");
      TestDatabase.execute(connection, "CREATE TABLE seed(a)", "DROP TABLE seed", "VACUUM");
    }
    int content = 4096 - RESERVED;
    patch(path, RESERVED_BYTES_OFFSET, RESERVED);
    patch(path, CONTENT_OFFSET, content >> 8, content & 0xff);
    try (Connection connection = TestDatabase.open(path)) {
      TestDatabase.execute(connection, TABLES);
      TestDatabase.execute(
          connection,
          "DELETE FROM t WHERE id = 5",
          "UPDATE w SET v = 'Ω' WHERE k = 'ключ 9'",
          "INSERT INTO w VALUES('ключ', 1)");
    }
    return path;
  }

  /** The backup API writes each page of another database over this one, page 1 included. */
  @ParameterizedTest
  @CsvSource({"UTF-8,UTF-8", "UTF-8,UTF-16le", "UTF-16be,UTF-8", "UTF-16le,UTF-16be"})
  void emitsOnlyWhatDiffersInADatabaseRestoredOverThis(String from, String to) throws Exception {
    try (SteppedCapture capture = create(0, from, TABLES)) {
      assertThat(capture.followed("restore from " + other(capture.database(), to)))
          .containsExactly("DELETE t", "UPDATE w", "INSERT w");
      assertThat(
              capture.followed(
                  "UPDATE t SET v = 'ü' WHERE id = 7", "DELETE FROM w WHERE k = 'ключ 8'"))
          .containsExactly("UPDATE t", "DELETE w");
      assertThat(capture.reconciled("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM")).isEmpty();
    }
  }

  @Test
  void emitsOnlyWhatDiffersWhereARestoreWasMissed() throws Exception {
    try (SteppedCapture capture = create(0, "UTF-8", TABLES)) {
      String[] restored = {
        "restore from " + other(capture.database(), "UTF-16le"),
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "VACUUM"
      };
      assertThat(capture.reconciled(restored)).containsExactly("DELETE t", "UPDATE w", "INSERT w");
    }
  }

  /** Such databases come from SQLite before 3.3, or from builds that ask for the old format. */
  @Test
  void followsKeysThatBecomeDescendingInAVacuum() throws Exception {
    try (SteppedCapture capture =
        create(
            1,
            "UTF-8",
            "CREATE TABLE d(a INT, b TEXT, v, PRIMARY KEY(a DESC, b)) WITHOUT ROWID",
            NUMBERS + "INSERT INTO d SELECT i % 20, i, hex(i) FROM n")) {
      assertThat(capture.followed("DELETE FROM d WHERE b % 3 = 0"))
          .hasSize(100)
          .containsOnly("DELETE d");
      assertThat(capture.followed("ALTER TABLE d ADD COLUMN w DEFAULT 7"))
          .containsExactly("SCHEMA d");
      assertThat(capture.followed("UPDATE d SET v = 0 WHERE a > 17"))
          .hasSize(20)
          .containsOnly("UPDATE d");
      assertThat(capture.followed("VACUUM")).isEmpty();
      assertThat(capture.followed("UPDATE d SET v = 1 WHERE a = 2"))
          .hasSize(10)
          .containsOnly("UPDATE d");
      assertThat(capture.followed("INSERT INTO d SELECT a + 0.5, b, v, w FROM d WHERE a < 3"))
          .hasSize(30)
          .containsOnly("INSERT d");
      String[] gap = {"PRAGMA wal_checkpoint(TRUNCATE)", "DELETE FROM d WHERE a = 0.5", "VACUUM"};
      assertThat(capture.reconciled(gap)).hasSize(10).containsOnly("DELETE d");
    }
  }

  @Test
  void emitsTheNetChangesOfAGapInWhichKeysBecameDescending() throws Exception {
    try (SteppedCapture capture =
        create(
            1,
            "UTF-8",
            "CREATE TABLE d(a INT, v, PRIMARY KEY(a DESC)) WITHOUT ROWID",
            NUMBERS + "INSERT INTO d SELECT i, hex(i) FROM n")) {
      String[] gap = {"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)", "DELETE FROM d WHERE a = 150"};
      assertThat(capture.reconciled(gap)).containsExactly("DELETE d");
      assertThat(capture.followed("UPDATE d SET v = 1 WHERE a < 3"))
          .containsExactly("UPDATE d", "UPDATE d");
    }
  }

  /** The file's own header says UTF-8 still; the first table, and UTF-16, are in the WAL only. */
  @ParameterizedTest
  @ValueSource(strings = {"UTF-16le", "UTF-16be"})
  void resumesWhereTheEncodingWasInTheWalOnly(String encoding) throws Exception {
    try (SteppedCapture capture = create(0, "UTF-8", "PRAGMA user_version = 1")) {
      assertThat(
              capture.followed(
                  "PRAGMA encoding = '" + encoding + "'",
                  "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                  "INSERT INTO t VALUES(1, 'ä')"))
          .containsExactly("SCHEMA t", "INSERT t");
      assertThat(
              TestDatabase.number(capture.keeper(), "SELECT length(encoding) FROM pragma_encoding"))
          .as("the encoding is another one now")
          .isEqualTo(encoding.length());
      assertThat(capture.followed("PRAGMA application_id = 9", "INSERT INTO t VALUES(2, 'ö')"))
          .containsExactly("INSERT t");
      String[] gap = {"PRAGMA wal_checkpoint(TRUNCATE)", "UPDATE t SET v = 'ß'"};
      assertThat(capture.reconciled(gap)).containsExactly("UPDATE t", "UPDATE t");
    }
  }
}
