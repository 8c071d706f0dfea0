// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static dev.waltap.testdata.capture.LiveCapture.summary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.api.Change;
import dev.waltap.testdata.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The database header changes while the database is captured, by what applications do in WAL mode:
 * reserved bytes, auto-vacuum, application id. {@link HeaderResumeTest} has the rarer fields.
 */
class HeaderChangeTest {
  private static final String NUMBERS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) ";

  /** Rows of all sizes, in both kinds of trees, some of them with overflow chains. */
  private static final String[] TABLES = {
    "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
    "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
    NUMBERS + "INSERT INTO t SELECT i, printf('%0*d', i * i % 3001, i) FROM n",
    "INSERT INTO w SELECT printf('ключ %d', id), v FROM t"
  };

  private static void change(LiveCapture capture) throws Exception {
    assertThat(capture.transaction("UPDATE t SET v = v || 'x' WHERE id % 50 = 7")).hasSize(6);
    assertThat(capture.transaction("DELETE FROM w WHERE length(v) % 40 = 9")).isNotEmpty();
    assertThat(capture.transaction(NUMBERS + "INSERT INTO w SELECT i, zeroblob(i * 7) FROM n"))
        .hasSize(300);
    assertThat(capture.transaction("DELETE FROM w WHERE k = 77")).hasSize(1);
  }

  private static void vacuumReserving(LiveCapture capture, int bytes) throws Exception {
    capture.database().shell(".filectrl reserve_bytes " + bytes, "VACUUM");
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void emitsNothingForAVacuumThatChangesReservedBytes(int pageSize) throws Exception {
    assumeTrue(TestDatabase.hasShell(), "no sqlite3 shell");
    try (LiveCapture capture =
        LiveCapture.of(TestDatabase.create(pageSize, "UTF-8")).start(TABLES)) {
      for (int reserved : new int[] {24, 32, 8}) {
        assertThat(capture.emittedBy(() -> vacuumReserving(capture, reserved))).isEmpty();
        change(capture);
        capture.transaction("DELETE FROM w", "INSERT INTO w SELECT 'k' || id, v FROM t");
      }
    }
  }

  @Test
  void emitsTheNetChangesOfAGapInWhichReservedBytesChanged() throws Exception {
    assumeTrue(TestDatabase.hasShell(), "no sqlite3 shell");
    try (LiveCapture capture = LiveCapture.start(TABLES)) {
      List<Change> net =
          capture.overrunBy(
              () -> {
                vacuumReserving(capture, 32);
                TestDatabase.execute(
                    capture.writer(), "UPDATE t SET v = 'gap' WHERE id IN (3, 299)");
              });
      assertThat(summary(net)).containsExactly("UPDATE t", "UPDATE t");
      change(capture);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"FULL", "INCREMENTAL"})
  void emitsNothingForAVacuumThatTurnsAutoVacuumOnOrOff(String mode) throws Exception {
    try (LiveCapture capture = LiveCapture.start(TABLES)) {
      for (String next : List.of(mode, "NONE", mode)) {
        TestDatabase.execute(capture.writer(), "PRAGMA auto_vacuum = " + next);
        assertThat(capture.outside("VACUUM")).isEmpty();
        change(capture);
        capture.transaction("DELETE FROM w", "INSERT INTO w SELECT 'k' || id, v FROM t");
        TestDatabase.execute(capture.writer(), "PRAGMA incremental_vacuum");
      }
    }
  }

  @Test
  void emitsNothingForOtherFieldsOfTheHeader() throws Exception {
    try (LiveCapture capture = LiveCapture.start(TABLES)) {
      for (String pragma : List.of("application_id = 77", "user_version = 5")) {
        assertThat(capture.outside("PRAGMA " + pragma)).isEmpty();
      }
      change(capture);
    }
  }
}
