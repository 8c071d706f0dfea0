// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CountedDatabase;
import dev.waltap.format.WalHeader;
import dev.waltap.wal.WalTail.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/**
 * Whether what the tail reads is proven to be all: padding, recoveries, restarts and salts that
 * could hide commits.
 */
class WalContinuityTest extends TailTestCase {
  @Test
  void paddingIsNotCounted() throws Exception {
    close();
    open("?psow=0");
    sink.allowUnchanged();
    database.execute("PRAGMA synchronous=FULL");
    database.write(4);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.commits()).isGreaterThan(4); // Else this test tests nothing.
    assertThat(tail.position()).isEqualTo(now());
    for (int i = 0; i < 5; i++) {
      database.write(10);
      poll();
      database.write(4);
      checkpoint("PASSIVE");
      database.write(1);
      assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
      assertThat(tail.position()).isEqualTo(now());
    }
    database.write(1);
    checkpoint("PASSIVE");
    database.write(30);
    assertThat(poll()).isEqualTo(Outcome.GAP);
  }

  private void recover() throws Exception {
    WalIndexForger.tear(database.shm());
    database.query("SELECT count(*) FROM counter");
    assertThat(now().changeCounter()).isZero();
  }

  private void assertGap(GapReason reason) {
    WalPosition before = tail.position();
    assertThat(poll()).isEqualTo(Outcome.GAP);
    assertThat(tail.gapReason()).isEqualTo(reason);
    assertThat(tail.position()).isEqualTo(before);
  }

  @Test
  void aRecoveryThatSetsTheCounterBackHidesNoMissedGeneration() throws Exception {
    database.write(7);
    poll();
    int counted = now().changeCounter();
    recover();
    checkpoint("PASSIVE");
    database.write(counted);
    checkpoint("PASSIVE");
    database.write(1);
    assertGap(GapReason.UNPROVEN);
  }

  @Test
  void aRecoveryHidesNoMissedGenerationsOfOneCommitEach() throws Exception {
    database.write(7);
    poll();
    int counted = now().changeCounter();
    recover();
    for (int i = 0; i < counted; i++) {
      checkpoint("PASSIVE");
      database.write(1);
    }
    checkpoint("PASSIVE");
    database.write(1);
    assertGap(GapReason.UNPROVEN);
  }

  @Test
  void aRecoveryHidesNoGenerationThatWasTruncated() throws Exception {
    database.write(7);
    poll();
    int counted = now().changeCounter();
    recover();
    checkpoint("TRUNCATE");
    database.write(counted);
    checkpoint("TRUNCATE");
    database.write(1);
    assertGap(GapReason.UNPROVEN);
  }

  /** One counted transaction of more frames than rows. */
  private static void writeLarge(Connection connection, int rows) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      statement.execute("UPDATE counter SET n=printf('%012d', n+1)");
      statement.execute(insertRows(rows));
      statement.execute("COMMIT");
    }
  }

  @Test
  void aYoungDatabaseFilledInLargeTransactionsIsNoGap() throws Exception {
    for (int i = 1; i <= 8; i++) {
      writeLarge(database.connection(), 40 * i);
      assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
      assertThat(sink.counter()).isEqualTo(i);
      checkpoint("PASSIVE");
    }
  }

  @Test
  void aYoungDatabaseFilledByAConnectionForEachLargeTransactionIsNoGap() throws Exception {
    for (int i = 1; i <= 8; i++) {
      try (Connection other = CountedDatabase.connect(database.path())) {
        writeLarge(other, 40 * i);
      }
      assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
      assertThat(sink.counter()).isEqualTo(i);
      checkpoint(i % 2 == 0 ? "PASSIVE" : "TRUNCATE");
    }
  }

  @Test
  void followsOnAfterARecoveryWithinTheGeneration() throws Exception {
    database.write(7);
    poll();
    recover();
    database.write(3);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(10);
    checkpoint("PASSIVE");
    database.write(1);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(11);
  }

  @Test
  void saltsDrawnByAConnectionThatDidNotRestartAreNoGap() throws Exception {
    for (int i = 1; i <= 5; i++) {
      database.write(40);
      poll();
      int before = WalHeader.salt1(now().salts());
      checkpoint("PASSIVE");
      rollBackSpilled(30);
      try (Connection other = CountedDatabase.connect(database.path())) {
        CountedDatabase.write(other, 3);
      }
      assertThat(WalHeader.salt1(now().salts()) - before).isNotEqualTo(1);
      assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
      assertThat(sink.counter()).isEqualTo(43L * i);
    }
  }

  @Test
  void saltsDrawnForAnEmptyGenerationAreNoGap() throws Exception {
    database.write(20);
    poll();
    for (int i = 1; i <= 5; i++) {
      checkpoint("TRUNCATE");
      assertThat(poll()).isEqualTo(Outcome.NOTHING);
      int before = WalHeader.salt1(now().salts());
      try (Connection other = CountedDatabase.connect(database.path())) {
        CountedDatabase.write(other, 3);
      }
      assertThat(WalHeader.salt1(now().salts()) - before).isNotEqualTo(1);
      assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
      assertThat(sink.counter()).isEqualTo(20 + 3 * i);
    }
  }

  @Test
  void emptyGenerationsInBetweenAreNoGap() throws Exception {
    database.write(20);
    poll();
    for (int i = 0; i < 3; i++) {
      checkpoint("TRUNCATE");
      assertThat(poll()).isEqualTo(Outcome.NOTHING);
    }
    checkpoint("TRUNCATE");
    database.write(2);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(22);
  }

  @Test
  void paddingNotSeenBeforeHidesNoMissedCommit() throws Exception {
    close();
    open("?psow=0");
    sink.allowUnchanged();
    database.write(3);
    poll();
    database.execute("PRAGMA synchronous=FULL");
    checkpoint("PASSIVE");
    database.write(1);
    checkpoint("PASSIVE");
    database.write(1);
    assertGap(GapReason.UNPROVEN);
  }

  @Test
  void aPollThatEndsBeforeACommitsPaddingHidesNoMissedCommit() throws Exception {
    close();
    open("?psow=0");
    sink.allowUnchanged();
    database.execute("PRAGMA synchronous=FULL");
    database.write(30);
    poll();
    database.write(1);
    tail.poll(sink, 1);
    assertThat(tail.position().frame()).isLessThan(now().frame());
    checkpoint("PASSIVE");
    database.write(1);
    checkpoint("PASSIVE");
    database.write(1);
    assertGap(GapReason.UNPROVEN);
  }

  @Test
  void aPollThatEndsBeforeACommitsPaddingGoesOnBehindIt() throws Exception {
    close();
    open("?psow=0");
    sink.allowUnchanged();
    database.execute("PRAGMA synchronous=FULL");
    database.write(30);
    poll();
    database.write(1);
    tail.poll(sink, 1);
    checkpoint("PASSIVE");
    database.write(1);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(32);
    assertThat(tail.position()).isEqualTo(now());
  }

  // The page is written, but with the bytes that it had.
  private void commitUnchanged() throws SQLException {
    database.execute("BEGIN");
    database.execute("UPDATE counter SET n=n+100000000000");
    database.execute("UPDATE counter SET n=printf('%012d', n-100000000000)");
    database.execute("COMMIT");
  }

  @Test
  void commitsThatChangeNothingAreCounted() throws Exception {
    sink.allowUnchanged();
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 6; j++) {
        commitUnchanged();
      }
      assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
      commitUnchanged(); // The first after what a poll saw repeats nothing.
      checkpoint("PASSIVE");
      commitUnchanged();
      assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
      assertThat(tail.position()).isEqualTo(now());
    }
  }

  @Test
  void commitsThatMayBePaddingAreAGapWhereOneMoreMayBeMissing() throws Exception {
    sink.allowUnchanged();
    for (int i = 0; i < 6; i++) {
      commitUnchanged();
    }
    poll();
    commitUnchanged();
    commitUnchanged();
    checkpoint("PASSIVE");
    commitUnchanged();
    assertThat(poll()).isEqualTo(Outcome.GAP);
    assertThat(tail.gapReason()).isEqualTo(GapReason.UNPROVEN);
  }
}
