// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CountedDatabase;
import dev.waltap.SqlProcess;
import dev.waltap.wal.WalTail.Outcome;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

/** The tail against a writer that does one thing at a time. */
class WalTailTest extends TailTestCase {
  @Test
  void handsOverEveryCommitOnce() throws Exception {
    assertThat(poll()).isEqualTo(Outcome.NOTHING);
    database.write(7);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.commits()).isEqualTo(7);
    assertThat(sink.counter()).isEqualTo(7);
    assertThat(tail.position()).isEqualTo(now());
    assertThat(poll()).isEqualTo(Outcome.NOTHING);
    database.write(1);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.commits()).isEqualTo(8);
    assertThat(sink.databaseSize())
        .isEqualTo(Integer.parseInt(database.query("PRAGMA page_count")));
  }

  @Test
  void stopsAtATransactionsEnd() throws Exception {
    database.write(10);
    assertThat(tail.poll(sink, 1)).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.commits()).isEqualTo(1);
    assertThat(tail.poll(sink, 3)).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.commits()).isEqualTo(3);
    assertThat(tail.position().changeCounter()).isEqualTo(now().changeCounter() - 7);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.commits()).isEqualTo(10);
    assertThat(poll()).isEqualTo(Outcome.NOTHING);
  }

  @Test
  void followsRestartsWhenUpToDate() throws Exception {
    for (int i = 1; i <= 20; i++) {
      database.write(3);
      assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
      checkpoint(i % 2 == 0 ? "PASSIVE" : "RESTART");
    }
    assertThat(sink.commits()).isEqualTo(60);
    assertThat(sink.counter()).isEqualTo(60);
    assertThat(tail.generation()).isGreaterThanOrEqualTo(20);
    assertThat(sink.rollbacks()).isZero();
  }

  @Test
  void readsTheRestOfAnOverwrittenGeneration() throws Exception {
    database.write(20);
    poll();
    database.write(5);
    checkpoint("PASSIVE");
    database.write(2);
    assertThat(now().frame()).isLessThan(tail.position().frame());
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(27);
    assertThat(sink.commits()).isEqualTo(27);
    assertThat(sink.generations().subList(20, 25)).containsOnly(1L);
    assertThat(sink.generations().subList(25, 27)).containsOnly(2L);
    assertThat(tail.position()).isEqualTo(now());
  }

  @Test
  void readsTheOldGenerationThoughTheNewOneIsEmpty() throws Exception {
    database.write(100);
    poll();
    database.write(3);
    checkpoint("PASSIVE");
    rollBackSpilled(30);
    assertThat(now().frame()).isZero();
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(103);
    assertThat(tail.position()).isEqualTo(now());
    assertThat(poll()).isEqualTo(Outcome.NOTHING);
    database.write(1);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(104);
  }

  @Test
  void saysSoWhenAGenerationWasMissedFromItsFirstFrame() throws Exception {
    database.write(40);
    poll();
    checkpoint("PASSIVE");
    rollBackSpilled(30);
    poll();
    assertThat(tail.position().frame()).isZero();
    database.write(4);
    checkpoint("PASSIVE");
    rollBackSpilled(30);
    assertThat(now().frame()).isZero();
    assertThat(poll()).isEqualTo(Outcome.GAP);
  }

  @Test
  void saysSoWhenOverrun() throws Exception {
    database.write(2);
    poll();
    WalPosition before = tail.position();
    database.write(20);
    checkpoint("PASSIVE");
    database.write(25);
    assertThat(poll()).isEqualTo(Outcome.GAP);
    assertThat(poll()).isEqualTo(Outcome.GAP);
    assertThat(tail.position()).isEqualTo(before);
    assertThat(sink.counter()).isEqualTo(2);
    tail.startAt(now());
    sink.forget();
    database.write(1);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(48);
  }

  @Test
  void saysSoWhenAWholeGenerationWasMissed() throws Exception {
    database.write(20);
    poll();
    checkpoint("PASSIVE");
    database.write(1);
    checkpoint("PASSIVE");
    database.write(1);
    assertThat(poll()).isEqualTo(Outcome.GAP);
  }

  @Test
  void truncationLosesWhatWasNotReadAndNothingElse() throws Exception {
    database.write(3);
    poll();
    checkpoint("TRUNCATE");
    database.write(3);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(6);
    database.write(1);
    checkpoint("TRUNCATE");
    assertThat(poll()).isEqualTo(Outcome.GAP);
  }

  @Test
  void rolledBackFramesAreNotHandedOver() throws Exception {
    database.write(1);
    poll();
    WalPosition before = tail.position();
    database.execute("PRAGMA cache_size=5");
    database.execute("BEGIN");
    database.execute(
        "WITH r(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM r WHERE i<300)"
            + " INSERT INTO item(v) SELECT randomblob(900) FROM r");
    try (WalFile wal = WalFile.open(database.wal(), PAGE_SIZE)) {
      assertThat(wal.capacity()).isGreaterThan(before.frame() + 100);
    }
    assertThat(poll()).isEqualTo(Outcome.NOTHING);
    database.execute("ROLLBACK");
    assertThat(poll()).isEqualTo(Outcome.NOTHING);
    database.write(2);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.commits()).isEqualTo(3);
    assertThat(sink.counter()).isEqualTo(3);
  }

  @Test
  void aCommitThatRewroteItsSpilledFramesIsRead() throws Exception {
    database.execute("PRAGMA cache_size=5");
    database.execute("BEGIN");
    for (int round = 0; round < 3; round++) {
      database.execute(
          "WITH r(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM r WHERE i<100)"
              + " INSERT OR REPLACE INTO item(id,v) SELECT i, randomblob(900) FROM r");
    }
    database.execute("COMMIT");
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.commits()).isEqualTo(1);
    database.write(1);
    checkpoint("PASSIVE");
    database.write(1);
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.commits()).isEqualTo(3);
  }

  @Test
  void resumesWithinTheGeneration() throws Exception {
    database.write(5);
    poll();
    WalPosition saved = tail.position();
    tail.close();
    database.write(4);
    tail = newTail();
    tail.resumeAt(new WalPosition(saved.salts(), saved.frame(), saved.checksum(), 12345));
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(9);
    assertThat(tail.position()).isEqualTo(now());
  }

  @Test
  void resumesNeitherAcrossGenerationsNorAtAnotherFrame() throws Exception {
    database.write(5);
    poll();
    WalPosition saved = tail.position();
    tail.resumeAt(
        new WalPosition(saved.salts(), saved.frame(), saved.checksum() ^ 1, saved.changeCounter()));
    assertThat(poll()).isEqualTo(Outcome.GAP);
    database.write(1);
    assertThat(poll()).isEqualTo(Outcome.GAP);
    tail.resumeAt(new WalPosition(saved.salts(), saved.frame() + 100, 12, saved.changeCounter()));
    assertThat(poll()).isEqualTo(Outcome.GAP);
    checkpoint("PASSIVE");
    database.write(1);
    tail.resumeAt(saved);
    assertThat(poll()).isEqualTo(Outcome.GAP);
    tail.resumeAt(new WalPosition(0, 0, 0, 0));
    assertThat(poll()).isEqualTo(Outcome.GAP);
  }

  @Test
  void aKilledWritersUnpublishedFramesAreNotHandedOver() throws Exception {
    database.write(3);
    poll();
    SqlProcess.run(
        database.path(),
        "PRAGMA wal_autocheckpoint=0",
        "PRAGMA cache_size=5",
        "WRITE 3",
        "BEGIN",
        "WITH r(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM r WHERE i<300)"
            + " INSERT INTO item(v) SELECT randomblob(900) FROM r",
        "HALT");
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(6);
    try (Connection other = CountedDatabase.connect(database.path())) {
      CountedDatabase.write(other, 2);
    }
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(8);
    assertThat(sink.commits()).isEqualTo(8);
  }
}
