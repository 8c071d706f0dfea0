// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.CountedDatabase;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.SharedMemory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers, against bytes that SQLite wrote. */
class FormatTest {

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 4096, 32768, 65536})
  void databaseHeader(int pageSize) throws Exception {
    Path path = directory.resolve("a.db");
    try (CountedDatabase database = new CountedDatabase(path, pageSize)) {
      database.execute("PRAGMA application_id=77");
      database.execute("PRAGMA user_version=-5");
    }
    DatabaseHeader header = DatabaseHeader.parse(Files.readAllBytes(path));
    assertThat(header.pageSize()).isEqualTo(pageSize);
    assertThat(header.usableSize()).isEqualTo(pageSize);
    assertThat(header.isWal()).isTrue();
    assertThat(header.isAutoVacuum()).isFalse();
    assertThat(header.pageCount()).isEqualTo(3);
    assertThat(header.schemaFormat()).isEqualTo(4);
    assertThat(header.textEncoding()).isEqualTo(TextEncoding.UTF_8);
    assertThat(header.applicationId()).isEqualTo(77);
    assertThat(header.userVersion()).isEqualTo(-5);
    assertThat(header.sqliteVersion()).isGreaterThan(3050000);
  }

  @Test
  void damagedDatabaseHeaders() throws Exception {
    Path path = directory.resolve("a.db");
    new CountedDatabase(path, 1024).close();
    byte[] good = Arrays.copyOf(Files.readAllBytes(path), DatabaseHeader.SIZE);
    assertThatThrownBy(() -> DatabaseHeader.parse(new byte[100]))
        .isInstanceOf(CorruptDatabaseException.class)
        .hasMessageContaining("not a SQLite database, or an encrypted one");
    assertThatThrownBy(() -> DatabaseHeader.parse(Arrays.copyOf(good, 99)))
        .isInstanceOf(CorruptDatabaseException.class);
    assertThatThrownBy(() -> DatabaseHeader.parse(with(good, 19, 3)))
        .isInstanceOf(UnsupportedDatabaseException.class)
        .hasMessageContaining("WAL2");
    assertThatThrownBy(() -> DatabaseHeader.parse(with(good, 16, 3)))
        .isInstanceOf(CorruptDatabaseException.class)
        .hasMessageContaining("page size");
    assertThatThrownBy(() -> DatabaseHeader.parse(with(with(good, 16, 2), 20, 33)))
        .isInstanceOf(CorruptDatabaseException.class)
        .hasMessageContaining("480");
    assertThatThrownBy(() -> DatabaseHeader.parse(with(good, 47, 5)))
        .isInstanceOf(UnsupportedDatabaseException.class)
        .hasMessageContaining("schema format 5");
    assertThat(DatabaseHeader.parse(with(with(good, 18, 1), 19, 1)).isWal()).isFalse();
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] copy = bytes.clone();
    copy[at] = (byte) value;
    return copy;
  }

  @Test
  void walAndWalIndex() throws Exception {
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), 65536)) {
      database.write(3);
      SharedMemory memory = ChannelRegistry.acquireSharedMemory(database.shm());
      byte[] shm = new byte[136];
      memory.copy(0, shm, 0, shm.length);
      memory.release();
      byte[] wal = Files.readAllBytes(database.wal());
      WalHeader header = WalHeader.parse(wal);
      assertThat(header.pageSize()).isEqualTo(65536);

      WalIndexHeader index = new WalIndexHeader();
      index.load(shm, 0);
      assertThat(index.isWhole()).isTrue();
      assertThat(index.sameAs(shm, WalIndexHeader.SIZE)).isTrue();
      assertThat(index.version()).isEqualTo(WalHeader.VERSION);
      assertThat(index.pageSize()).isEqualTo(65536);
      assertThat(index.salts()).isEqualTo(header.salts());
      assertThat(WalHeader.salt1(index.salts())).isEqualTo(Bytes.u32(wal, 16));
      assertThat(index.databaseSize()).isEqualTo(3);
      assertThat(index.bigEndianChecksums()).isEqualTo(header.bigEndianChecksums());

      WalChecksum sum = new WalChecksum();
      sum.reset(header.checksum());
      int commits = 0;
      for (int frame = 1; frame <= index.mxFrame(); frame++) {
        int at = Math.toIntExact(FrameHeader.offset(frame, 65536));
        byte[] frameHeader = Arrays.copyOfRange(wal, at, at + FrameHeader.SIZE);
        int start = at + FrameHeader.SIZE;
        byte[] page = Arrays.copyOfRange(wal, start, start + 65536);
        FrameHeader.addTo(sum, frameHeader, page, header.bigEndianChecksums());
        assertThat(FrameHeader.checksumIs(frameHeader, sum)).isTrue();
        assertThat(FrameHeader.salts(frameHeader)).isEqualTo(header.salts());
        commits += FrameHeader.commitSize(frameHeader) == 0 ? 0 : 1;
      }
      assertThat(sum.value()).isEqualTo(index.frameChecksum());
      assertThat(index.changeCounter()).isEqualTo(commits);

      CheckpointInfo info = new CheckpointInfo();
      info.load(shm, CheckpointInfo.OFFSET);
      assertThat(info.backfilled()).isZero();
      assertThat(info.backfillAttempted()).isZero();
      assertThat(info.readMark(0)).isZero();
      assertThat(info.readMark(4)).isEqualTo(CheckpointInfo.NOT_USED);
    }
  }

  @Test
  void tornHeadersAreNotWhole() throws Exception {
    try (CountedDatabase database = new CountedDatabase(directory.resolve("a.db"), 4096)) {
      byte[] wal = Arrays.copyOf(Files.readAllBytes(database.wal()), WalHeader.SIZE);
      assertThat(WalHeader.isWhole(wal)).isTrue();
      for (int i = 0; i < wal.length; i++) {
        assertThat(WalHeader.isWhole(with(wal, i, wal[i] ^ 1))).as("byte %d", i).isFalse();
      }
      assertThat(WalHeader.isWhole(new byte[31])).isFalse();
      assertThatThrownBy(() -> WalHeader.parse(new byte[32]))
          .isInstanceOf(CorruptDatabaseException.class);
    }
  }

  @Test
  void varints() {
    long[] values = {
      0,
      1,
      127,
      128,
      16383,
      16384,
      2097151,
      2097152,
      268435455,
      268435456,
      1L << 35,
      1L << 42,
      1L << 49,
      (1L << 56) - 1,
      1L << 56,
      Long.MAX_VALUE,
      -1,
      Long.MIN_VALUE
    };
    int[] sizes = {1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 8, 9, 9, 9, 9};
    for (int i = 0; i < values.length; i++) {
      byte[] encoded = encode(values[i], sizes[i]);
      assertThat(Varint.size(encoded, 1)).as("size of %d", values[i]).isEqualTo(sizes[i]);
      assertThat(Varint.value(encoded, 1)).isEqualTo(values[i]);
    }
    assertThat(Varint.value(new byte[] {(byte) 0x80, (byte) 0x80, 5}, 0)).isEqualTo(5);
  }

  // The definition, written the other way round: from the last byte to the first.
  private static byte[] encode(long value, int size) {
    byte[] b = new byte[size + 1];
    long rest = value;
    for (int i = size; i >= 1; i--) {
      if (i == Varint.MAX_SIZE) {
        b[i] = (byte) rest;
        rest >>>= 8;
      } else {
        b[i] = (byte) ((rest & 0x7f) | (i == size ? 0 : 0x80));
        rest >>>= 7;
      }
    }
    return b;
  }

  @Test
  void numbers() {
    byte[] b = "\1\2\3\4\5\6\7\10\11".getBytes(StandardCharsets.US_ASCII);
    assertThat(Bytes.u8(b, 8)).isEqualTo(9);
    assertThat(Bytes.u16(b, 1)).isEqualTo(0x0203);
    assertThat(Bytes.u16(new byte[] {-1, -2}, 0)).isEqualTo(0xfffe);
    assertThat(Bytes.u32(b, 1)).isEqualTo(0x02030405);
    assertThat(Bytes.littleU32(b, 1)).isEqualTo(0x05040302);
    assertThat(Bytes.i64(b, 1)).isEqualTo(0x0203040506070809L);
    assertThatThrownBy(() -> Bytes.u32(b, 6)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
