// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Scratch;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotDiff;
import dev.waltap.testdata.model.SnapshotReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What DDL does to rows follows from SCHEMA alone, and nothing follows without it. */
class SchemaOracleTest {
  private static final String FILL =
      "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b REAL);"
          + "INSERT INTO t VALUES(1,'x',1),(2,'y',2.5),(3,NULL,NULL);"
          + "CREATE TABLE n(a, b); INSERT INTO n VALUES(1,2),(3,4);"
          + "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID;"
          + "INSERT INTO w VALUES('k',1),('l',2);";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE c(x PRIMARY KEY, y); INSERT INTO c VALUES(1,2),(NULL,3),('1',4)",
        "CREATE TABLE c AS SELECT * FROM t",
        "DROP TABLE t",
        "ALTER TABLE t RENAME TO t2",
        "ALTER TABLE t RENAME TO t2; UPDATE t2 SET a = 'new' WHERE id > 1; DELETE FROM t2"
            + " WHERE id = 1",
        "ALTER TABLE t RENAME COLUMN a TO aa",
        "ALTER TABLE t RENAME COLUMN a TO aa; UPDATE t SET aa = 'new' WHERE id = 2",
        "ALTER TABLE t RENAME COLUMN id TO ident; DELETE FROM t WHERE ident = 2",
        "ALTER TABLE w RENAME COLUMN k TO kk; UPDATE w SET v = 5 WHERE kk = 'k'",
        "ALTER TABLE t ADD COLUMN c INTEGER DEFAULT '7'",
        "ALTER TABLE t ADD COLUMN c REAL NOT NULL DEFAULT 7; UPDATE t SET c = 8 WHERE id = 1",
        "ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'Ü'; INSERT INTO t(id) VALUES(9)",
        "ALTER TABLE t ADD COLUMN c BLOB DEFAULT x'0102'; DELETE FROM t WHERE id = 1",
        "ALTER TABLE t ADD COLUMN c AS (a || b)",
        "ALTER TABLE w ADD COLUMN c DEFAULT -0.5; DELETE FROM w WHERE k = 'k'",
        "ALTER TABLE t DROP COLUMN a",
        "ALTER TABLE t DROP COLUMN a; UPDATE t SET b = 0 WHERE id = 1",
        "ALTER TABLE w DROP COLUMN v; INSERT INTO w VALUES('z')",
        "DROP TABLE t; CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES"
            + "(1,'x'),(2,'other'),(4,'new')",
        "DROP TABLE n; CREATE TABLE n(a, b); INSERT INTO n VALUES(1,2),(5,6),(7,8)",
        "DROP TABLE t; CREATE TABLE t(id TEXT PRIMARY KEY, c) WITHOUT ROWID; INSERT INTO t"
            + " VALUES('1',1)",
        "DELETE FROM n WHERE a = 1; ALTER TABLE n ADD COLUMN c DEFAULT 1; DELETE FROM t"
      })
  void followsDdl(String ddl) throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        Scratch scratch = new Scratch(StandardCharsets.UTF_8)) {
      TestDatabase.execute(connection, FILL.split(";"));
      SnapshotReader reader = new SnapshotReader(connection, table -> true);
      Snapshot before = reader.read();
      TestDatabase.execute(connection, ("BEGIN;" + ddl + ";COMMIT").split(";"));
      Snapshot after = reader.read();
      List<Change> changes =
          new ChangeFeed(1).transaction(SnapshotDiff.between(before, after, scratch));
      try (ReplicaOracle oracle = oracle(before)) {
        oracle.handleChanges(changes);
        oracle.compareWith(after);
        ExactChanges.check(
            SnapshotDiff.between(before, after, scratch), changes, StandardCharsets.UTF_8);
      }
      withoutSchemaIsWrong(before, after, changes);
    }
  }

  /** A table that nobody knows may only go where a bootstrap begins, which may be one of many. */
  @Test
  void refusesToDropWhatIsNotThere() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        Scratch scratch = new Scratch(StandardCharsets.UTF_8)) {
      TestDatabase.execute(connection, FILL.split(";"));
      SnapshotReader reader = new SnapshotReader(connection, table -> true);
      Snapshot before = reader.read();
      TestDatabase.execute(connection, "DROP TABLE t");
      Snapshot after = reader.read();
      List<Change> changes =
          new ChangeFeed(1).transaction(SnapshotDiff.between(before, after, scratch));
      for (OracleOptions options :
          List.of(OracleOptions.DEFAULT, OracleOptions.DEFAULT.withHistory())) {
        try (ReplicaOracle oracle = new ReplicaOracle(options)) {
          oracle.baseline(after);
          assertThatThrownBy(() -> oracle.handleChanges(changes))
              .isInstanceOf(AssertionError.class)
              .hasMessageContaining("not exist");
        }
      }
    }
  }

  private static ReplicaOracle oracle(Snapshot before) {
    ReplicaOracle oracle = new ReplicaOracle(OracleOptions.DEFAULT);
    oracle.baseline(before);
    return oracle;
  }

  private static void withoutSchemaIsWrong(Snapshot before, Snapshot after, List<Change> changes) {
    List<Change> rows = changes.stream().filter(c -> c.operation() != Operation.SCHEMA).toList();
    if (rows.size() == changes.size()) {
      assertThat(changes).noneMatch(c -> c.operation() == Operation.SCHEMA);
      return;
    }
    assertThatThrownBy(
            () -> {
              try (ReplicaOracle oracle = oracle(before)) {
                rows.forEach(oracle::accept);
                oracle.compareWith(after);
              }
            })
        .isInstanceOf(AssertionError.class);
  }
}
