// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static dev.waltap.testdata.capture.LiveCapture.summary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of pages that are no leaves: overflow chains, what auto-vacuum moves, the lock byte. */
@Tag("slow")
class PagesTest {
  private static final String NUMBERS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) ";

  /**
   * An update of equal length writes the one overflow page that differs, and nothing else, as
   * {@link #emitsIncrementalBlobWrites} does.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 700, 20_000, 39_999})
  void emitsAnOverflowPageChangedAlone(int at) throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)",
            "INSERT INTO t VALUES(1, zeroblob(40000)), (2, zeroblob(40000))",
            "CREATE TABLE w(k PRIMARY KEY, v BLOB) WITHOUT ROWID",
            "INSERT INTO w SELECT * FROM t")) {
      String change =
          " SET v = substr(v, 1, " + (at - 1) + ") || x'07' || substr(v, " + (at + 1) + ")";
      assertThat(summary(capture.transaction("UPDATE t" + change + " WHERE id = 2")))
          .containsExactly("UPDATE t");
      assertThat(summary(capture.transaction("UPDATE w" + change + " WHERE k = 2")))
          .containsExactly("UPDATE w");
      assertThat(summary(capture.overrun("UPDATE t" + change + " WHERE id = 1")))
          .containsExactly("UPDATE t");
      assertThat(capture.transaction("UPDATE t SET v = v")).isEmpty();
    }
  }

  /** Of the local part of a row, of the first and the last page of its chain, and of two rows. */
  @Test
  void emitsIncrementalBlobWrites() throws Exception {
    assumeTrue(BlobWriter.isAvailable(), "needs python3 with sqlite3.Connection.blobopen");
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB, w)",
            "INSERT INTO t VALUES(1, zeroblob(40000), 'a'), (2, randomblob(40000), 'b'), (3, 0, 0)",
            // Blob writes fire no triggers, so these would notice nothing.
            "CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE t SET w = 1 WHERE id = 3; END")) {
      Path database = capture.database().path();
      assertThat(summary(capture.emittedBy(() -> BlobWriter.write(database, "1:0:7"))))
          .containsExactly("UPDATE t");
      assertThat(summary(capture.emittedBy(() -> BlobWriter.write(database, "1:20000:7"))))
          .containsExactly("UPDATE t");
      assertThat(summary(capture.emittedBy(() -> BlobWriter.write(database, "1:39999:7"))))
          .containsExactly("UPDATE t");
      assertThat(capture.emittedBy(() -> BlobWriter.write(database, "1:39999:7"))).isEmpty();
      assertThat(
              summary(
                  capture.emittedBy(
                      () -> BlobWriter.write(database, "1:100:1", "2:9:1", "2:30000:2"))))
          .containsExactly("UPDATE t", "UPDATE t");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"FULL", "INCREMENTAL"})
  void emitsNothingForPagesThatAutoVacuumMoves(String mode) throws Exception {
    try (LiveCapture capture =
        LiveCapture.of(TestDatabase.create(512, "UTF-8", "PRAGMA auto_vacuum = " + mode))
            .start(
                "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
                "CREATE TABLE w(k PRIMARY KEY, v) WITHOUT ROWID",
                NUMBERS + "INSERT INTO a SELECT i, printf('%0*d', i, i) FROM n",
                "INSERT INTO w SELECT id, v FROM a")) {
      for (int i = 0; i < 6; i++) {
        assertThat(summary(capture.transaction("DELETE FROM a WHERE id % 10 = " + i)))
            .containsOnly("DELETE a");
        assertThat(capture.outside("PRAGMA incremental_vacuum(100)")).isEmpty();
      }
      capture.transaction("CREATE TABLE c(v)", "DROP TABLE a", "INSERT INTO c SELECT v FROM w");
      assertThat(capture.outside("PRAGMA incremental_vacuum")).isEmpty();
      capture.overrun("DELETE FROM w WHERE k % 2 = 0", "PRAGMA incremental_vacuum");
    }
  }

  @Test
  void emitsNothingForVacuum() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
            "CREATE TABLE w(k PRIMARY KEY, v) WITHOUT ROWID",
            NUMBERS + "INSERT INTO a SELECT i, printf('%0*d', i, i) FROM n",
            "INSERT INTO w SELECT id, v FROM a",
            "DELETE FROM a WHERE id % 2 = 0")) {
      assertThat(capture.outside("VACUUM")).isEmpty();
      capture.transaction("UPDATE w SET v = 1 WHERE k % 100 = 0");
      assertThat(capture.outside("VACUUM")).isEmpty();
    }
  }

  /** VACUUM gives new rowids to rows of tables that have no name for them. */
  @Test
  void emitsRowsThatVacuumGaveAnotherRowid() throws Exception {
    try (LiveCapture capture =
        LiveCapture.start("CREATE TABLE t(v)", "INSERT INTO t VALUES('a'), ('b'), ('c')")) {
      capture.transaction("DELETE FROM t WHERE v = 'a'");
      assertThat(capture.outside("VACUUM")).allMatch(change -> change.table().equals("t"));
    }
  }

  /** The page that holds offset 1 GiB is in no tree: rows before and behind it are. */
  @Test
  void emitsRowsBehindTheLockBytePage() throws Exception {
    // Pages of 65536 bytes get there soonest; the rows are in a table that is not captured.
    try (LiveCapture capture =
        LiveCapture.of(TestDatabase.create(65536, "UTF-8", "PRAGMA synchronous = OFF"))
            .tables(table -> !table.equals("filler"), "t")
            .start(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)",
                "CREATE TABLE filler(v BLOB)",
                "INSERT INTO filler VALUES(zeroblob(268000000)), (zeroblob(268000000))",
                "PRAGMA wal_checkpoint(TRUNCATE)",
                "INSERT INTO filler VALUES(zeroblob(268000000)), (zeroblob(268000000))",
                "PRAGMA wal_checkpoint(TRUNCATE)")) {
      long lockPage = (1L << 30) / 65536 + 1;
      assertThat(TestDatabase.number(capture.writer(), "PRAGMA page_count")).isLessThan(lockPage);
      capture.transaction("INSERT INTO t VALUES(1, zeroblob(3000000)), (2, randomblob(60000))");
      assertThat(TestDatabase.number(capture.writer(), "PRAGMA page_count"))
          .isGreaterThan(lockPage);
      capture.transaction("UPDATE t SET v = substr(v, 1, length(v) - 1) || x'01'");
      capture.overrun("INSERT INTO t VALUES(3, randomblob(600000))", "DELETE FROM t WHERE id = 1");
    }
  }
}
