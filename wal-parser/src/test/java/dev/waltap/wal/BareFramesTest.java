// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.CountedDatabase;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseGoneException;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.SharedMemory;
import dev.waltap.wal.WalTail.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Committed frames without salts and checksum, in every place where they can be. */
class BareFramesTest {

  private static final int PAGE_SIZE = 1024;
  private static final long STALE = 0x0123456789abcdefL;

  @TempDir Path directory;
  private CountedDatabase database;
  private SharedMemory memory;
  private WalIndex index;
  private WalTail tail;
  private PageCollector sink;
  private WalIndexForger forger;

  @BeforeEach
  void open() throws Exception {
    database = new CountedDatabase(directory.resolve("t"), PAGE_SIZE);
    memory = ChannelRegistry.acquireSharedMemory(database.shm());
    index = new WalIndex(memory);
    tail = new WalTail(index, WalFile.open(database.wal(), PAGE_SIZE));
    sink = new PageCollector(PAGE_SIZE);
    forger = new WalIndexForger(database.path(), PAGE_SIZE);
    tail.startAt(now());
  }

  @AfterEach
  void close() throws Exception {
    tail.close();
    database.close();
    memory.release();
  }

  private WalIndexHeader header() {
    WalIndexHeader header = new WalIndexHeader();
    assertThat(index.read(header)).isTrue();
    return header;
  }

  private WalPosition now() {
    return WalPosition.of(header());
  }

  private Outcome poll() {
    return tail.poll(sink, Integer.MAX_VALUE);
  }

  /** A counted transaction without checksums; aFrameCksum is what a stale frame stored. */
  private void writeBare() throws Exception {
    writeBare(STALE);
  }

  private void writeBare(long checksum) throws Exception {
    int before = now().frame();
    database.write(1);
    forger.strip(before + 1, now().frame(), checksum);
  }

  private void checkpoint(String mode) throws Exception {
    assertThat(database.query("PRAGMA wal_checkpoint(" + mode + ")")).isEqualTo("0");
  }

  private void assertFollows(long counter) {
    assertThat(poll()).isEqualTo(Outcome.TRANSACTIONS);
    assertThat(sink.counter()).isEqualTo(counter);
    assertThat(tail.position()).isEqualTo(now());
    assertThat(poll()).isEqualTo(Outcome.NOTHING);
  }

  private void assertGap(GapReason reason) {
    assertThat(poll()).isEqualTo(Outcome.GAP);
    assertThat(tail.gapReason()).isEqualTo(reason);
  }

  @Test
  void areReadBetweenOthers() throws Exception {
    database.write(2);
    writeBare();
    database.write(1);
    writeBare(0);
    writeBare();
    database.write(2);
    assertFollows(8);
    assertThat(tail.bareFrames()).isGreaterThanOrEqualTo(6);
  }

  @Test
  void areReadOneAtATime() throws Exception {
    for (int i = 1; i <= 5; i++) {
      if (i % 2 == 0) {
        writeBare(0);
      } else {
        writeBare();
      }
      assertFollows(i);
    }
    database.write(1);
    assertFollows(6);
    assertThat(tail.position()).isEqualTo(now());
  }

  @Test
  void areReadWhereAPollEndsAtThem() throws Exception {
    writeBare();
    writeBare();
    database.write(3);
    for (int i = 1; i <= 5; i++) {
      assertThat(tail.poll(sink, 1)).isEqualTo(Outcome.TRANSACTIONS);
      assertThat(sink.counter()).isEqualTo(i);
    }
  }

  @Test
  void areReadWhereOnlyTheFirstFramesOfATransactionAreBare() throws Exception {
    int before = now().frame();
    database.write(1);
    forger.stripAndChain(before + 1, now().frame(), now().frame());
    assertFollows(1);
    database.write(2);
    assertFollows(3);
  }

  @Test
  void areReadWhereTheNextTransactionMakesItsChecksumsUpFromThem() throws Exception {
    writeBare();
    assertFollows(1);
    int before = now().frame();
    database.write(1);
    forger.chain(before + 1, now().frame(), 0);
    assertFollows(2);
  }

  @Test
  void areReadAtTheStartOfAGeneration() throws Exception {
    database.write(10);
    assertFollows(10);
    checkpoint("RESTART");
    writeBare();
    assertFollows(11);
    checkpoint("RESTART");
    writeBare();
    database.write(1);
    assertFollows(13);
  }

  @Test
  void crossIntoTheNextGenerationFromAPositionAtThem() throws Exception {
    database.write(10);
    writeBare();
    assertFollows(11);
    database.write(2);
    checkpoint("PASSIVE");
    database.write(1);
    assertFollows(14);
  }

  @Test
  void crossFromAPositionAtThemWhereTheRestIsChainedFromZero() throws Exception {
    database.write(10);
    writeBare();
    assertFollows(11);
    int before = now().frame();
    database.write(1);
    forger.chain(before + 1, now().frame(), 0);
    checkpoint("PASSIVE");
    database.write(1);
    assertFollows(13);
  }

  @Test
  void inTheRestOfAnOldGenerationAreAGap() throws Exception {
    database.write(10);
    assertFollows(10);
    writeBare();
    database.write(1);
    checkpoint("PASSIVE");
    database.write(1);
    assertGap(GapReason.UNCHECKED_FRAMES);
    assertThat(sink.counter()).isEqualTo(10);
  }

  @Test
  void areReadWhereReadingStartsAtThem() throws Exception {
    writeBare();
    tail.startAt(now());
    assertThat(poll()).isEqualTo(Outcome.NOTHING);
    database.write(1);
    writeBare();
    assertFollows(3);
  }

  @Test
  void areReadOnAfterAResumeAtThem() throws Exception {
    writeBare();
    assertFollows(1);
    WalPosition saved = tail.position();
    database.write(1);
    writeBare();
    tail.resumeAt(saved);
    assertFollows(3);
    tail.resumeAt(saved);
    sink.forget();
    assertFollows(3);
  }

  @Test
  void areReadOnAfterAResumeBeforeThem() throws Exception {
    database.write(1);
    assertFollows(1);
    WalPosition saved = tail.position();
    writeBare();
    database.write(1);
    tail.resumeAt(saved);
    assertFollows(3);
  }

  @Test
  void areNotResumedAtWhereTheCounterDoesNotExplainThem() throws Exception {
    writeBare();
    assertFollows(1);
    WalPosition saved = tail.position();
    database.write(2);
    tail.resumeAt(
        new WalPosition(saved.salts(), saved.frame(), saved.checksum(), saved.changeCounter() - 1));
    assertGap(GapReason.RECOVERED);
  }

  /** Drops the bare frames, as any reader does that finds the header torn. */
  private void recover() throws Exception {
    WalIndexForger.tear(database.shm());
    database.query("SELECT count(*) FROM counter");
    assertThat(header().changeCounter()).isZero();
  }

  @Test
  void droppedByARecoveryAreAGap() throws Exception {
    database.write(3);
    writeBare();
    assertFollows(4);
    recover();
    assertThat(database.counter()).isEqualTo(3);
    assertGap(GapReason.RECOVERED);
  }

  @Test
  void droppedAndWrittenInTheSamePlaceOnceMoreAreAGap() throws Exception {
    database.write(3);
    writeBare();
    assertFollows(4);
    WalPosition before = tail.position();
    recover();
    writeBare();
    assertThat(now().frame()).isEqualTo(before.frame());
    assertGap(GapReason.RECOVERED);
    database.write(1);
    assertGap(GapReason.RECOVERED);
  }

  @Test
  void writtenInTheSamePlaceOnceMoreAreAGapThoughTheCounterFits() throws Exception {
    int counted = header().changeCounter();
    int before = now().frame();
    // One commit of as many frames as counted + 1 small ones take.
    database.execute("BEGIN");
    for (int i = 0; i < counted + 1; i++) {
      database.execute("INSERT INTO item(v) VALUES(randomblob(700))");
      database.execute("INSERT INTO item(v) VALUES(randomblob(700))");
    }
    database.execute("UPDATE counter SET n=printf('%012d', n+1)");
    database.execute("COMMIT");
    int last = now().frame();
    forger.strip(before + 1, last, STALE);
    assertFollows(1);
    WalPosition position = tail.position();
    recover();
    while (now().frame() < last - 2) {
      database.write(1);
    }
    writeBare();
    if (now().frame() == last) {
      assertThat(now().checksum()).isEqualTo(position.checksum());
    }
    assertGap(GapReason.RECOVERED);
    database.write(1);
    assertGap(GapReason.RECOVERED);
  }

  @Test
  void belongToASnapshot() throws Exception {
    database.write(2);
    writeBare();
    try (WalFile wal = WalFile.open(database.wal(), PAGE_SIZE)) {
      WalIndexHeader header = header();
      CommittedRange range = new CommittedRange(wal).set(header);
      SnapshotFrameIndex frames = SnapshotFrameIndex.index(wal, range, 0, header.mxFrame());
      assertThat(frames.bareFrames()).isEqualTo(2);
      byte[] page = new byte[PAGE_SIZE];
      frames.copy(CountedDatabase.COUNTER_PAGE, frames.frameOf(CountedDatabase.COUNTER_PAGE), page);
      assertThat(CountedDatabase.counterOn(page)).isEqualTo(3);
      assertThat(
              SnapshotFrameIndex.index(wal, range, header.mxFrame(), header.mxFrame()).bareFrames())
          .isEqualTo(2);
    }
  }

  @Test
  void endWhatACopiedPairHasCommitted() throws Exception {
    database.write(2);
    writeBare();
    database.write(1);
    Path copy = directory.resolve("copy-wal");
    Files.copy(database.wal(), copy);
    RecoveredWal found = RecoveredWal.read(copy).orElseThrow();
    assertThat(found.commits()).isEqualTo(3 + 2);
    assertThat(found.endsAtBareFrame()).isTrue();
  }

  @Test
  void framesOfAnotherGenerationInTheCommittedRangeAreAGapAndNoDamage() throws Exception {
    database.write(2);
    forger.overwrite(now().frame() - 1, 8, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    assertGap(GapReason.FOREIGN_FRAMES);
    try (WalFile wal = WalFile.open(database.wal(), PAGE_SIZE)) {
      CommittedRange range = new CommittedRange(wal).set(header());
      assertThatThrownBy(() -> SnapshotFrameIndex.index(wal, range, 0, range.last()))
          .isInstanceOf(DatabaseGoneException.class);
    }
  }

  @Test
  void checksumsWithinTheCommittedRangeAreNotAsked() throws Exception {
    database.write(2);
    int last = now().frame();
    forger.overwrite(last - 2, 16, new byte[] {9, 9, 9, 9, 9, 9, 9, 9});
    assertFollows(2);
  }

  @Test
  void aPageNumberOfZeroOrANonsensicalSizeIsCorrupt() throws Exception {
    database.write(2);
    int last = now().frame();
    forger.overwrite(last - 1, 0, new byte[4]);
    assertThatThrownBy(this::poll)
        .isInstanceOf(CorruptDatabaseException.class)
        .hasMessageContaining("-wal: frame " + (last - 1) + " (at byte ")
        .hasMessageContaining("says page 0");
    database.write(1);
    tail.startAt(now());
    database.write(1);
    last = now().frame();
    forger.overwrite(last, 4, new byte[] {0, 0, 1, 0});
    assertThatThrownBy(this::poll)
        .isInstanceOf(CorruptDatabaseException.class)
        .hasMessageContaining("frame " + last)
        .hasMessageContaining("256 pages after it, the wal-index of 3");
  }
}
