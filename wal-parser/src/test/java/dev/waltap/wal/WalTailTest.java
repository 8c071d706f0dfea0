package dev.waltap.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CountedDatabase;
import dev.waltap.SqlProcess;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.SharedMemory;
import dev.waltap.wal.WalTail.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tail against a writer that does one thing at a time. */
class WalTailTest {

  private static final int PAGE_SIZE = 1024;
  private static final int ALL = Integer.MAX_VALUE;

  @TempDir Path directory;
  private CountedDatabase database;
  private SharedMemory memory;
  private WalIndex index;
  private WalTail tail;
  private PageCollector sink;

  @BeforeEach
  void open() throws Exception {
    open("");
  }

  private void open(String parameters) throws Exception {
    database =
        new CountedDatabase(directory.resolve("t" + parameters.length()), PAGE_SIZE, parameters);
    memory = ChannelRegistry.acquireSharedMemory(database.shm());
    index = new WalIndex(memory);
    tail = newTail();
    sink = new PageCollector(PAGE_SIZE);
    tail.startAt(now());
  }

  @AfterEach
  void close() throws Exception {
    tail.close();
    database.close();
    memory.release();
  }

  private WalTail newTail() throws Exception {
    return new WalTail(index, WalFile.open(database.wal(), PAGE_SIZE));
  }

  private WalPosition now() {
    WalIndexHeader header = new WalIndexHeader();
    assertThat(index.read(header)).isTrue();
    return WalPosition.of(header);
  }

  private Outcome poll() {
    return tail.poll(sink, ALL);
  }

  private void checkpoint(String mode) throws SQLException {
    assertThat(database.query("PRAGMA wal_checkpoint(" + mode + ")")).isEqualTo("0");
  }

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

  /** Makes an empty generation: one that a transaction began, spilled into, and rolled back. */
  private void rollBackSpilled(int rows) throws SQLException {
    database.execute("PRAGMA cache_size=5");
    database.execute("BEGIN");
    database.execute(
        "WITH r(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM r WHERE i<"
            + rows
            + ") INSERT INTO item(v) SELECT randomblob(900) FROM r");
    database.execute("ROLLBACK");
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
  void saysSoWhenLapped() throws Exception {
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
    tail.resumeAt(
        new WalPosition(
            saved.salt1(),
            saved.salt2(),
            saved.frame(),
            saved.checksum1(),
            saved.checksum2(),
            12345));
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
        new WalPosition(
            saved.salt1(),
            saved.salt2(),
            saved.frame(),
            1,
            saved.checksum2(),
            saved.changeCounter()));
    assertThat(poll()).isEqualTo(Outcome.GAP);
    database.write(1);
    assertThat(poll()).isEqualTo(Outcome.GAP);
    tail.resumeAt(
        new WalPosition(
            saved.salt1(), saved.salt2(), saved.frame() + 100, 1, 2, saved.changeCounter()));
    assertThat(poll()).isEqualTo(Outcome.GAP);
    checkpoint("PASSIVE");
    database.write(1);
    tail.resumeAt(saved);
    assertThat(poll()).isEqualTo(Outcome.GAP);
    tail.resumeAt(new WalPosition(0, 0, 0, 0, 0, 0));
    assertThat(poll()).isEqualTo(Outcome.GAP);
  }

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

  @Test
  void aRecoveryHidesNoEndOfAnOverwrittenGeneration() throws Exception {
    database.write(7);
    poll();
    int counted = now().changeCounter();
    recover();
    database.write(counted);
    checkpoint("PASSIVE");
    database.write(40);
    assertGap(GapReason.UNPROVEN);
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
      int before = now().salt1();
      checkpoint("PASSIVE");
      rollBackSpilled(30);
      try (Connection other = CountedDatabase.connect(database.path())) {
        CountedDatabase.write(other, 3);
      }
      assertThat(now().salt1() - before).isNotEqualTo(1);
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
      int before = now().salt1();
      try (Connection other = CountedDatabase.connect(database.path())) {
        CountedDatabase.write(other, 3);
      }
      assertThat(now().salt1() - before).isNotEqualTo(1);
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
