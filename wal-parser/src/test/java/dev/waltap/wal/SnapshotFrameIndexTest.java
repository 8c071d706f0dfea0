// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.CountedDatabase;
import dev.waltap.SqlProcess;
import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.DatabaseGoneException;
import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalChecksum;
import dev.waltap.format.WalHeader;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.SharedMemory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames for snapshots, the horizon without a wal-index, and torn wal-index headers. */
class SnapshotFrameIndexTest {

  private static final int PAGE_SIZE = 1024;

  @TempDir Path directory;

  @Test
  void newestFrameOfEachPage() throws Exception {
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), PAGE_SIZE);
        WalFile wal = WalFile.open(database.wal(), PAGE_SIZE)) {
      database.write(5);
      SharedMemory memory = ChannelRegistry.acquireSharedMemory(database.shm());
      WalIndexHeader header = new WalIndexHeader();
      CheckpointInfo info = new CheckpointInfo();
      assertThat(new WalIndex(memory).read(header, info)).isTrue();
      memory.release();
      int last = header.mxFrame();
      CommittedRange range = new CommittedRange(wal).set(header);
      SnapshotFrameIndex frames = SnapshotFrameIndex.index(wal, range, info.backfilled(), last);
      assertThat(frames.pages()).containsExactly(1, 2, 3);
      assertThat(frames.pageCount()).isEqualTo(3);
      assertThat(frames.databaseSize()).isEqualTo(3);
      assertThat(frames.frameOf(4)).isZero();
      byte[] page = new byte[PAGE_SIZE];
      frames.copy(CountedDatabase.COUNTER_PAGE, frames.frameOf(CountedDatabase.COUNTER_PAGE), page);
      assertThat(CountedDatabase.counterOn(page)).isEqualTo(5);

      SnapshotFrameIndex tail = SnapshotFrameIndex.index(wal, range, last - 2, last);
      assertThat(tail.pages()).containsExactly(2, 3);
      assertThat(database.query("PRAGMA wal_checkpoint(PASSIVE)")).isEqualTo("0");
      database.write(1);
      assertThatThrownBy(() -> SnapshotFrameIndex.index(wal, range, 0, last))
          .isInstanceOf(DatabaseGoneException.class);
      assertThat(SnapshotFrameIndex.index(wal, range, last, last).pageCount()).isZero();
    }
  }

  @Test
  void horizonOfACopiedPair() throws Exception {
    Path copy = directory.resolve("copy.db");
    copyWithUncommittedFrames(copy);
    RecoveredWal found = RecoveredWal.read(wal(copy)).orElseThrow();
    assertThat(found.commits()).isEqualTo(3 + 9); // One for the header, tables and first row each.
    assertThat(found.databaseSize()).isEqualTo(3);
    assertThat(SqlProcess.run(copy, "SELECT n FROM counter")).containsExactly("000000000009");
    assertThat(RecoveredWal.read(directory.resolve("none"))).isEmpty();
  }

  @Test
  void horizonInEitherByteOrderIsSqlites() throws Exception {
    Path copy = directory.resolve("copy.db");
    copyWithUncommittedFrames(copy);
    byte[] bytes = Files.readAllBytes(wal(copy));
    boolean bigEndian = WalHeader.parse(bytes).bigEndianChecksums();
    Files.write(wal(copy), resigned(bytes, !bigEndian));
    RecoveredWal found = RecoveredWal.read(wal(copy)).orElseThrow();
    assertThat(found.header().bigEndianChecksums()).isNotEqualTo(bigEndian);
    assertThat(found.commits()).isEqualTo(3 + 9);
    assertThat(SqlProcess.run(copy, "SELECT n FROM counter")).containsExactly("000000000009");
  }

  @Test
  void horizonEndsBeforeTheFirstDamagedFrame() throws Exception {
    Path copy = directory.resolve("copy.db");
    copyWithUncommittedFrames(copy);
    byte[] bytes = Files.readAllBytes(wal(copy));
    int whole = RecoveredWal.read(wal(copy)).orElseThrow().lastCommit();
    bytes[(int) FrameHeader.offset(whole - 2, PAGE_SIZE) + 500] ^= 1;
    Files.write(wal(copy), bytes);
    RecoveredWal found = RecoveredWal.read(wal(copy)).orElseThrow();
    assertThat(found.lastCommit()).isEqualTo(whole - 4);
    assertThat(found.commits()).isEqualTo(3 + 7);
    assertThat(SqlProcess.run(copy, "SELECT n FROM counter")).containsExactly("000000000007");
  }

  private static Path wal(Path database) {
    return Path.of(database + "-wal");
  }

  private void copyWithUncommittedFrames(Path copy) throws Exception {
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), PAGE_SIZE)) {
      database.write(9);
      database.execute("PRAGMA cache_size=5");
      database.execute("BEGIN");
      database.execute(
          "WITH r(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM r WHERE i<100)"
              + " INSERT INTO item(v) SELECT randomblob(900) FROM r");
      Files.copy(database.path(), copy);
      Files.copy(database.wal(), wal(copy));
      database.execute("ROLLBACK");
    }
  }

  private static byte[] resigned(byte[] wal, boolean bigEndian) {
    byte[] result = wal.clone();
    ByteBuffer buffer = ByteBuffer.wrap(result);
    buffer.putInt(0, 0x377f0682 | (bigEndian ? 1 : 0));
    WalChecksum sum = new WalChecksum();
    sum.update(result, 0, 24, bigEndian);
    buffer.putLong(24, sum.value());
    for (int at = 32; at + FrameHeader.SIZE + PAGE_SIZE <= result.length; at += 24 + PAGE_SIZE) {
      byte[] header = Arrays.copyOfRange(result, at, at + FrameHeader.SIZE);
      byte[] page = Arrays.copyOfRange(result, at + 24, at + 24 + PAGE_SIZE);
      FrameHeader.addTo(sum, header, page, bigEndian);
      buffer.putLong(at + 16, sum.value());
    }
    return result;
  }

  @Test
  void tornWalIndexHeadersAreNotBelieved() throws Exception {
    byte[] shm = new byte[32 << 10];
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), PAGE_SIZE)) {
      SharedMemory memory = ChannelRegistry.acquireSharedMemory(database.shm());
      memory.copy(0, shm, 0, shm.length);
      memory.release();
    }
    assertThat(isBelieved(shm, "whole")).isTrue();
    for (int at : new int[] {8, 12, 16, 24, 32, 40, 48 + 16, 48 + 40}) {
      byte[] torn = shm.clone();
      torn[at] ^= 1;
      assertThat(isBelieved(torn, "torn" + at)).as("byte %d", at).isFalse();
      torn[at < 48 ? at + 48 : at - 48] ^= 1;
      assertThat(isBelieved(torn, "alike" + at)).as("byte %d in both", at).isFalse();
    }
  }

  private boolean isBelieved(byte[] shm, String name) throws Exception {
    SharedMemory memory =
        ChannelRegistry.acquireSharedMemory(Files.write(directory.resolve(name), shm));
    try {
      return new WalIndex(memory).read(new WalIndexHeader());
    } finally {
      memory.release();
    }
  }
}
