// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static dev.waltap.testdata.capture.LiveCapture.summary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Scratch;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotDiff;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.oracle.ExactChanges;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which table is which across changes of the schema, and which column: whoever applies the changes
 * as they are emitted ends with what the source holds, whatever the statements were. Each case in
 * one transaction, in a gap, and while nothing ran.
 */
@Tag("slow")
class IdentityTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** The tables before each case: {@code d} has rows older than its last column. */
  private static final String[] FILL = {
    "CREATE TABLE a(id INTEGER PRIMARY KEY, v, w)",
    "INSERT INTO a VALUES(1, 'v1', 'w1'), (2, 'v2', 'w2'), (3, 'v3', NULL)",
    "CREATE TABLE b(id INTEGER PRIMARY KEY, v, w)",
    "INSERT INTO b VALUES(2, 'b2', 'b2'), (9, 'b9', 'b9')",
    "CREATE TABLE d(id INTEGER PRIMARY KEY, v)",
    "INSERT INTO d VALUES(1, 1), (2, 2)",
    "ALTER TABLE d ADD COLUMN x DEFAULT 'old'",
    "INSERT INTO d VALUES(3, 3, 'new')",
    "CREATE TABLE k(p, q, v, PRIMARY KEY(p, q)) WITHOUT ROWID",
    "INSERT INTO k VALUES(1, 1, 'k'), ('A', 2, 'k'), ('b', 3, 'k')",
    "CREATE TABLE e(id INTEGER PRIMARY KEY, t TEXT, i INT)",
    "INSERT INTO e VALUES(1, 'one', 1), (2, 'two', 2)",
    "CREATE TABLE spare(v)"
  };

  enum Case {
    /** What a dropped table's root page serves next is that table, renamed. */
    DROPPED_ITS_ROOT_TAKEN_BY_THE_SAME_COLUMNS(
        "SCHEMA a, DELETE c, DELETE c, UPDATE c, INSERT c",
        "DROP TABLE a",
        "CREATE TABLE c(id INTEGER PRIMARY KEY, v, w)",
        "INSERT INTO c VALUES(1, 'v1', 'c1'), (4, 'v4', 'c4')"),
    DROPPED_ITS_ROOT_TAKEN_BY_OTHER_COLUMNS(
        "SCHEMA a, DELETE c, UPDATE c, UPDATE c",
        "DROP TABLE a",
        "CREATE TABLE c(id INTEGER PRIMARY KEY, w TEXT, z INT)",
        "INSERT INTO c VALUES(1, 'v1', 1), (2, 'v2', NULL)"),
    DROPPED_ITS_ROOT_TAKEN_BY_THE_SAME_NAMES_IN_ANOTHER_ORDER(
        "SCHEMA a, UPDATE c, UPDATE c",
        "DROP TABLE a",
        "CREATE TABLE c(id INTEGER PRIMARY KEY, w, v)",
        "INSERT INTO c(id, v, w) VALUES(1, 'v1', 'w1'), (2, 'w2', 'v2'), (3, 'v3', 'w3')"),
    DROPPED_ITS_ROOT_TAKEN_BY_MORE_COLUMNS_WITH_DEFAULTS(
        "SCHEMA a, DELETE c, UPDATE c",
        "DROP TABLE a",
        "CREATE TABLE c(id INTEGER PRIMARY KEY, v, w, x DEFAULT 'x', y DEFAULT 5)",
        "INSERT INTO c(id, v, w, y) VALUES(1, 'v1', 'w1', 5), (2, 'v2', 'w2', 6)"),
    DROPPED_ITS_ROOT_TAKEN_BY_A_TABLE_WITHOUT_ROWID(
        "SCHEMA a, DELETE c, DELETE c, DELETE c, INSERT c",
        "DROP TABLE a",
        "CREATE TABLE c(id INTEGER PRIMARY KEY, v, w) WITHOUT ROWID",
        "INSERT INTO c VALUES(1, 'v1', 'w1')"),
    DROPPED_ITS_ROOT_TAKEN_BY_A_ROWID_TABLE(
        "SCHEMA k, DELETE c, DELETE c, DELETE c, INSERT c",
        "DROP TABLE k",
        "CREATE TABLE c(p, q, v, PRIMARY KEY(p, q))",
        "INSERT INTO c VALUES(1, 1, 'k')"),
    /** Short records say other things where the default is another. */
    DROPPED_ITS_ROOT_TAKEN_WITH_ANOTHER_DEFAULT(
        "SCHEMA d, UPDATE c, UPDATE c",
        "DROP TABLE d",
        "CREATE TABLE c(id INTEGER PRIMARY KEY, v)",
        "INSERT INTO c VALUES(1, 1), (2, 2)",
        "ALTER TABLE c ADD COLUMN x DEFAULT 'other'",
        "INSERT INTO c VALUES(3, 3, 'new')"),
    DROPPED_AND_ADDED_A_COLUMN_OF_ITS_NAME_WITH_ANOTHER_DEFAULT(
        "SCHEMA d, UPDATE d, UPDATE d, UPDATE d",
        "ALTER TABLE d DROP COLUMN x",
        "ALTER TABLE d ADD COLUMN x DEFAULT 'other'"),
    DROPPED_AND_ADDED_A_COLUMN_OF_ANOTHER_NAME(
        "SCHEMA d, UPDATE d, UPDATE d, UPDATE d",
        "ALTER TABLE d DROP COLUMN x",
        "ALTER TABLE d ADD COLUMN y DEFAULT 'other'"),
    ADDED_A_COLUMN_AGAIN_TO_A_TABLE_RECREATED(
        "SCHEMA d, UPDATE d, UPDATE d",
        "DROP TABLE d",
        "CREATE TABLE d(id INTEGER PRIMARY KEY, v)",
        "INSERT INTO d VALUES(1, 1), (2, 2), (3, 3)",
        "ALTER TABLE d ADD COLUMN x DEFAULT 'new'"),
    SWAPPED_THE_NAMES_OF_TWO_TABLES(
        "SCHEMA a, SCHEMA b, DELETE a, DELETE a, DELETE b, UPDATE a, UPDATE b, INSERT a, INSERT b,"
            + " INSERT b",
        "ALTER TABLE a RENAME TO tmp",
        "ALTER TABLE b RENAME TO a",
        "ALTER TABLE tmp RENAME TO b"),
    RENAMED_A_TABLE_AND_GAVE_ITS_NAME_TO_A_NEW_ONE(
        "SCHEMA c, DELETE a, DELETE a, UPDATE a, INSERT c, INSERT c, INSERT c",
        "ALTER TABLE a RENAME TO c",
        "CREATE TABLE a(id INTEGER PRIMARY KEY, v, w)",
        "INSERT INTO a VALUES(1, 'other', NULL)"),
    RENAMED_A_TABLE_TO_THE_NAME_OF_A_DROPPED_ONE(
        "SCHEMA a, SCHEMA b, DELETE b, UPDATE b, INSERT b, INSERT b",
        "DROP TABLE b",
        "ALTER TABLE a RENAME TO b"),
    /** The same name to SQLite, so the same table, though its root is another's. */
    RENAMED_A_TABLE_BY_CASE_ONLY(
        "SCHEMA a", "ALTER TABLE a RENAME TO tmp", "ALTER TABLE tmp RENAME TO A"),
    RENAMED_A_TABLE_TO_A_DROPPED_ONES_NAME_BY_CASE(
        "SCHEMA a, SCHEMA b, DELETE B, UPDATE B, INSERT B, INSERT B",
        "DROP TABLE b",
        "ALTER TABLE a RENAME TO B"),
    RENAMED_A_COLUMN("SCHEMA a", "ALTER TABLE a RENAME COLUMN v TO c"),
    RENAMED_A_COLUMN_AND_ADDED_ONE(
        "SCHEMA a", "ALTER TABLE a RENAME COLUMN v TO c", "ALTER TABLE a ADD COLUMN x DEFAULT 5"),
    RENAMED_A_COLUMN_AND_DROPPED_ONE(
        "SCHEMA e", "ALTER TABLE e RENAME COLUMN i TO c", "ALTER TABLE e DROP COLUMN t"),
    /** The one that was dropped looks like the one that was renamed. */
    RENAMED_A_COLUMN_AND_DROPPED_ONE_OF_ITS_TYPE(
        "SCHEMA a, UPDATE a, UPDATE a, UPDATE a",
        "ALTER TABLE a RENAME COLUMN w TO c",
        "ALTER TABLE a DROP COLUMN v"),
    RENAMED_THE_KEY_AND_ADDED_A_COLUMN(
        "SCHEMA k", "ALTER TABLE k RENAME COLUMN q TO r", "ALTER TABLE k ADD COLUMN x DEFAULT 'x'"),
    SWAPPED_THE_NAMES_OF_TWO_COLUMNS(
        "SCHEMA a, UPDATE a, UPDATE a, UPDATE a",
        "ALTER TABLE a RENAME COLUMN v TO tmp",
        "ALTER TABLE a RENAME COLUMN w TO v",
        "ALTER TABLE a RENAME COLUMN tmp TO w"),
    SWAPPED_THE_NAMES_OF_THE_KEYS_COLUMNS(
        "SCHEMA k, DELETE k, DELETE k, DELETE k, INSERT k, INSERT k, INSERT k",
        "ALTER TABLE k RENAME COLUMN p TO tmp",
        "ALTER TABLE k RENAME COLUMN q TO p",
        "ALTER TABLE k RENAME COLUMN tmp TO q"),
    GAVE_A_COLUMNS_NAME_TO_ITS_NEIGHBOUR(
        "SCHEMA a, UPDATE a, UPDATE a, UPDATE a",
        "ALTER TABLE a DROP COLUMN v",
        "ALTER TABLE a RENAME COLUMN w TO v"),
    RECREATED_WITH_ANOTHER_COLLATION_OF_THE_KEY(
        "SCHEMA k, DELETE k, DELETE k, DELETE k, INSERT k, INSERT k, INSERT k",
        "CREATE TABLE n(p COLLATE NOCASE, q, v, PRIMARY KEY(p, q)) WITHOUT ROWID",
        "INSERT INTO n SELECT * FROM k",
        "DROP TABLE k",
        "ALTER TABLE n RENAME TO k"),
    RECREATED_WITH_A_DESCENDING_KEY(
        "SCHEMA k, DELETE k, DELETE k, DELETE k, INSERT k, INSERT k, INSERT k",
        "CREATE TABLE n(p, q, v, PRIMARY KEY(p DESC, q)) WITHOUT ROWID",
        "INSERT INTO n SELECT * FROM k",
        "DROP TABLE k",
        "ALTER TABLE n RENAME TO k"),
    /** The same integers on disk read as reals. */
    RECREATED_WITH_ANOTHER_AFFINITY(
        "SCHEMA d, UPDATE d, UPDATE d, UPDATE d",
        "CREATE TABLE n(id INTEGER PRIMARY KEY, v REAL, x)",
        "INSERT INTO n SELECT * FROM d",
        "DROP TABLE d",
        "ALTER TABLE n RENAME TO d"),
    EDITED_A_DEFAULT_IN_THE_SCHEMA_TABLE(
        "SCHEMA d, UPDATE d, UPDATE d",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, '''old''', '''edited''') WHERE name = 'd'",
        "PRAGMA schema_version = 1000",
        "PRAGMA writable_schema = OFF");

    private final String emitted;
    private final String sql;

    Case(String emitted, String... statements) {
      this.emitted = emitted;
      this.sql = String.join(";", statements);
    }

    String[] statements() {
      return sql.split(";");
    }

    List<String> expected() {
      return Arrays.asList(emitted.split(", "));
    }
  }

  @ParameterizedTest
  @EnumSource
  void inOneTransaction(Case change) throws Exception {
    isEmitted(change, LiveCapture::transaction);
  }

  @ParameterizedTest
  @EnumSource
  void acrossAGap(Case change) throws Exception {
    isEmitted(change, LiveCapture::overrun);
  }

  /** How a live capture comes to see statements. */
  private interface Way {
    List<Change> run(LiveCapture capture, String... statements) throws Exception;
  }

  private static void isEmitted(Case change, Way way) throws Exception {
    try (LiveCapture capture = LiveCapture.start(FILL)) {
      assertThat(summary(way.run(capture, change.statements())))
          .containsExactlyElementsOf(change.expected());
      capture.transaction("INSERT INTO spare VALUES(1)");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whileNothingRan(Case change, @TempDir Path directory) throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open();
        Scratch scratch = new Scratch(StandardCharsets.UTF_8);
        ReplicaOracle oracle = new ReplicaOracle(OracleOptions.DEFAULT)) {
      Markers.create(writer);
      TestDatabase.execute(writer, FILL);
      OracleHarness.CaptureFactory factory =
          (path, handler, listener) ->
              Waltap.open(path)
                  .stateDirectory(directory.resolve("state"))
                  .handler(handler)
                  .listener(listener)
                  .build();
      try (ChangeDataCapture capture =
          factory.open(database.path(), oracle, new dev.waltap.api.CaptureListener() {})) {
        capture.setup();
      }
      SnapshotReader reader = new SnapshotReader(writer, table -> true);
      Snapshot before = reader.read();
      oracle.baseline(before);
      TestDatabase.execute(writer, change.statements());
      Markers.write(writer, 1);
      TestDatabase.execute(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
      try (OracleHarness harness =
          new OracleHarness(database.path(), oracle, factory, ChangeDataCapture::cdc)) {
        harness.recording().start().awaitMarker(1, LIMIT);
        List<Change> emitted = harness.takeChanges();
        Snapshot after = reader.read();
        ExactChanges.check(
            SnapshotDiff.between(before, after, scratch), emitted, StandardCharsets.UTF_8);
        oracle.compareWith(after);
        assertThat(summary(emitted))
            .filteredOn(summary -> !summary.endsWith(Markers.TABLE))
            .containsExactlyElementsOf(change.expected());
      }
    }
  }
}
