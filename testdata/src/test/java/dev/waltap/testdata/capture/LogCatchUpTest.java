// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.MemberState;
import dev.waltap.api.Position;
import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A parked database that is written to by a connection which stays open, and keeps its WAL. */
class LogCatchUpTest extends ParkedTestCase {
  @Test
  void whatAConnectionCommitsThatStaysIsReadFromItsLog() throws Exception {
    startWith();
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      for (int i = 1; i <= 5; i++) {
        TestDatabase.execute(connection, "INSERT INTO t VALUES (" + i + ", 'v')");
        int expected = i;
        await(() -> delivered.size() == expected);
        awaitParked();
      }
      assertThat(moves).containsOnly(MemberState.PARKING);
      assertThat(positions).isSorted().doesNotHaveDuplicates();
      assertThat(positions).extracting(Position::epoch).containsOnly(positions.get(0).epoch());
    }
    execute(NAME, "INSERT INTO t VALUES (6, 'v')");
    awaitDelivered("INSERT 1", "INSERT 2", "INSERT 3", "INSERT 4", "INSERT 5", "INSERT 6");
  }

  @Test
  void eachOfItsTransactionsIsEmittedAsItWasCommitted() throws Exception {
    startWith();
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      TestDatabase.execute(
          connection,
          "INSERT INTO t VALUES (1, 'v')",
          "UPDATE t SET v = 'w'",
          "DELETE FROM t",
          "INSERT INTO t VALUES (2, 'v')");
      awaitDelivered("INSERT 1", "UPDATE 1", "DELETE 1", "INSERT 2");
      awaitParked();
    }
  }

  @Test
  void aLogThatWasBegunAgainIsReadFromItsStart() throws Exception {
    startWith();
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      TestDatabase.execute(connection, "INSERT INTO t VALUES (1, 'v')");
      await(() -> delivered.size() == 1);
      awaitParked();
      TestDatabase.execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
      await(
          () -> moves.contains(MemberState.RUNNING)); // Who wrote to the file has to be found out.
      park();
      TestDatabase.execute(connection, "INSERT INTO t VALUES (2, 'v')");
      awaitDelivered("INSERT 1", "INSERT 2");
      awaitParked();
      assertThat(moves).containsOnly(MemberState.PARKING);
      assertThat(positions.get(1).epoch()).isGreaterThan(positions.get(0).epoch());
      assertThat(positions.get(1).frame()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void aConnectionWhoseTransactionWasRolledBackIsFollowed() throws Exception {
    startWith();
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      TestDatabase.execute(connection, "INSERT INTO t VALUES (1, 'v')");
      await(() -> delivered.size() == 1);
      TestDatabase.execute(
          connection,
          "PRAGMA cache_size = 5",
          "BEGIN",
          "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
              + " WHERE i < 400) SELECT i, randomblob(500) FROM n",
          "ROLLBACK");
      awaitParked();
      TestDatabase.execute(connection, "INSERT INTO t VALUES (2, 'v')");
      awaitDelivered("INSERT 1", "INSERT 2");
    }
  }

  /**
   * Two transactions that are found by one look, of which the second is larger than what is held of
   * it, and than what its connection holds of it: its page 1 comes late in it.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 5, 20})
  void aLargeTransactionBehindASmallOneIsSavedAsItIs(int cachedPages) throws Exception {
    startWith(
        "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 2000) SELECT i, hex(randomblob(100)) FROM n");
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      TestDatabase.execute(
          connection,
          "PRAGMA wal_autocheckpoint = 0",
          "PRAGMA cache_size = " + cachedPages,
          "UPDATE t SET v = 'y' WHERE id = 7");
      await(() -> delivered.size() == 1);
      park();
      AtomicBoolean first = new AtomicBoolean(true);
      handler =
          batch -> {
            if (first.getAndSet(false)) {
              writeTwo(connection);
            }
          };
      TestDatabase.execute(connection, "UPDATE t SET v = 'z' WHERE id = 7");
      await(() -> delivered.size() == 2 + 50 + 801);
      awaitParked();
      assertThat(moves).containsOnly(MemberState.PARKING);
      // By a session, which takes in what was saved.
      TestDatabase.execute(
          connection, "ALTER TABLE t ADD COLUMN w", "INSERT INTO t VALUES (9999, 'v', 'w')");
      await(() -> delivered.contains("INSERT 9999"));
      assertThat(member().failure()).isNull();
    }
  }

  private static void writeTwo(Connection connection) {
    try {
      TestDatabase.execute(
          connection,
          "UPDATE t SET v = v || 'x' WHERE id % 40 = 1",
          "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 5000 UNION ALL SELECT i + 1 FROM n"
              + " WHERE i < 5800) SELECT i, hex(randomblob(400)) FROM n");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void manyTransactionsOfAConnectionThatStaysComeInOrder() throws Exception {
    startWith();
    String[] expected = new String[100];
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      for (int i = 0; i < expected.length; i++) {
        TestDatabase.execute(connection, "INSERT INTO t VALUES (" + i + ", 'v')");
        expected[i] = "INSERT " + i;
      }
      awaitDelivered(expected);
    }
    close();
    start();
    assertThat(delivered).hasSize(expected.length);
  }

  @Test
  void whatTheHandlerRefusedOfALogIsDeliveredByTheNextRun() throws Exception {
    startWith();
    handler =
        batch -> {
          throw new IllegalStateException("refused");
        };
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      TestDatabase.execute(
          connection, "INSERT INTO t VALUES (1, 'v')", "INSERT INTO t VALUES (2, 'v')");
      thread.join();
      assertThat(failure.get()).hasMessageContaining("the handler failed");
      handler = batch -> {};
      start();
      awaitDelivered("INSERT 1", "INSERT 2");
    }
  }
}
