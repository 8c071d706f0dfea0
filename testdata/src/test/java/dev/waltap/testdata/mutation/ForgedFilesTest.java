// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.format.Bytes;
import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.FrameHeader;
import dev.waltap.format.TextEncoding;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.inspect.WalInspection;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.SharedMemory;
import dev.waltap.wal.CommittedRange;
import dev.waltap.wal.FrameSink;
import dev.waltap.wal.SnapshotFrameIndex;
import dev.waltap.wal.WalFile;
import dev.waltap.wal.WalIndex;
import dev.waltap.wal.WalPosition;
import dev.waltap.wal.WalTail;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Numbers in a wal-index or a WAL that nobody counted: what they lead to, mutation found. */
@Timeout(20)
class ForgedFilesTest {
  private static final int PAGE = 512;
  private static final int MX_FRAME = 16;

  @TempDir Path directory;
  private RecordedDatabase base;
  private byte[] wal;
  private byte[] index;
  private int frames;

  @BeforeEach
  void record() throws Exception {
    base = RecordedDatabase.record(PAGE, "UTF-8", "NONE");
    wal = Log.of(base.transactions(), PAGE, 6);
    frames = Log.frames(wal, PAGE);
    index = Log.index(wal, PAGE, frames, base.transactions().size());
  }

  private InspectedFiles files(boolean withIndex, byte[] info) throws Exception {
    InspectedFiles files = new InspectedFiles(directory.resolve("a.db"), withIndex);
    files.write(base.versions().get(0), wal, index, info);
    return files;
  }

  private void forgeLastFrame(int number) {
    ByteBuffer.wrap(index).order(ByteOrder.nativeOrder()).putInt(MX_FRAME, number);
    Log.sealIndex(index);
  }

  private static InspectedChanges inspect(InspectedFiles files) throws Exception {
    InspectedChanges changes = new InspectedChanges(Integer.MAX_VALUE);
    try (WalInspection inspection = WalInspection.open(files.path())) {
      inspection.describe(changes);
    }
    return changes;
  }

  @Test
  void inspectsWhatTheChecksumsSayWhereTheIndexCallsMoreFramesCommittedThanThereAre()
      throws Exception {
    InspectedChanges known;
    try (InspectedFiles files = files(true, new byte[CheckpointInfo.SIZE])) {
      known = inspect(files);
    }
    forgeLastFrame(Integer.MAX_VALUE);
    try (InspectedFiles files = files(true, new byte[CheckpointInfo.SIZE])) {
      InspectedChanges changes = inspect(files);
      assertThat(changes.changes()).hasSameSizeAs(known.changes()).isNotEmpty();
    }
  }

  @Test
  void namesAFrameOfAPageBeyondAllDatabases() throws Exception {
    ByteBuffer.wrap(wal).putInt((int) FrameHeader.offset(frames, PAGE), -2);
    Log.seal(wal, PAGE);
    try (InspectedFiles files = files(false, new byte[CheckpointInfo.SIZE])) {
      assertThatThrownBy(() -> inspect(files))
          .isInstanceOf(CorruptDatabaseException.class)
          .hasMessageContaining("says page 4294967294");
    }
  }

  @Test
  void refusesAnIndexThatCallsMoreFramesCommittedThanAWalCanHave() throws Exception {
    int salt1 = 6;
    WalPosition start = new WalPosition(Bytes.pair(salt1, salt1 * 0x9E3779B1), 0, 0, 0);
    forgeLastFrame(-5);
    try (InspectedFiles files = files(true, new byte[CheckpointInfo.SIZE])) {
      SharedMemory memory = memory(files);
      try (WalTail tail = new WalTail(new WalIndex(memory), open(files))) {
        tail.startAt(start);
        FrameSink sink = new Unread();
        assertThatThrownBy(() -> tail.poll(sink, 1))
            .isInstanceOf(CorruptDatabaseException.class)
            .hasMessageContaining("4294967291 frames committed, more than a WAL can have");
      } finally {
        memory.release();
      }
    }
  }

  @Test
  void readsASnapshotWhateverTheIndexSaysOfCheckpoints() throws Exception {
    byte[] info = new byte[CheckpointInfo.SIZE];
    Arrays.fill(info, (byte) 0xff);
    try (InspectedFiles files = files(true, info)) {
      SharedMemory memory = memory(files);
      try (WalFile file = open(files)) {
        WalIndexHeader header = new WalIndexHeader();
        CheckpointInfo read = new CheckpointInfo();
        assertThat(new WalIndex(memory).read(header, read)).isTrue();
        assertThat(read.backfilled()).isZero();
        assertThat(read.backfillAttempted()).isEqualTo(Integer.MAX_VALUE);
        CommittedRange range = new CommittedRange(file).set(header);
        assertThat(SnapshotFrameIndex.index(file, range, read.backfilled(), frames).pageCount())
            .isPositive();
        // A mark that no file reaches costs no look at each number up to it.
        int beyond = Integer.MAX_VALUE - 1;
        assertThat(SnapshotFrameIndex.index(file, range, beyond, beyond).pageCount()).isZero();
      } finally {
        memory.release();
      }
    }
  }

  @Test
  void takesEncodingAndSchemaFormatAsSqliteDoesByTheirLowestBits() {
    byte[] page = base.page(0, 1);
    page[44] = (byte) 0x8e;
    assertThat(DatabaseHeader.parse(page).schemaFormat()).isEqualTo(4);
    assertThat(TextEncoding.of(45825)).isEqualTo(TextEncoding.UTF_8);
    assertThat(TextEncoding.of(-2)).isEqualTo(TextEncoding.UTF_16LE);
  }

  /** Gets nothing. */
  private static final class Unread implements FrameSink {
    @Override
    public byte[] buffer() {
      return new byte[PAGE];
    }

    @Override
    public void frame(int pageNumber, byte[] page) {
      throw new AssertionError("a frame was handed over");
    }

    @Override
    public void commit(long generation, int frame, int databaseSize) {
      throw new AssertionError("a commit was handed over");
    }

    @Override
    public void rollback() {}
  }

  private static SharedMemory memory(InspectedFiles files) throws Exception {
    return ChannelRegistry.acquireSharedMemory(Path.of(files.path() + "-shm"));
  }

  private static WalFile open(InspectedFiles files) throws Exception {
    return WalFile.open(Path.of(files.path() + "-wal"), PAGE);
  }
}
