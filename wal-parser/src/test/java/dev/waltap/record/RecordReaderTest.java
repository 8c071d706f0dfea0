// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.TextEncoding;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordReaderTest {

  private final RecordReader reader = new RecordReader();

  @Test
  void readsEverySerialType() {
    byte[] record =
        new RecordWriter()
            .field(0)
            .field(1, 0x80)
            .field(2, 0x80, 1)
            .field(3, 0x80, 0, 1)
            .field(4, 0x80, 0, 0, 1)
            .field(5, 0x80, 0, 0, 0, 0, 1)
            .field(6, 0x80, 0, 0, 0, 0, 0, 0, 1)
            .real(-0.0)
            .field(8)
            .field(9)
            .blob((byte) 1, (byte) 2)
            .text("é")
            .record();
    byte[] padded = new byte[record.length + 10];
    System.arraycopy(record, 0, padded, 5, record.length);
    reader.wrap(padded, 5, record.length);

    assertThat(reader.fieldCount()).isEqualTo(12);
    assertThat(reader.storageClass(0)).isEqualTo(StorageClass.NULL);
    long[] integers = new long[9];
    Arrays.setAll(integers, i -> reader.longValue(i + 1));
    assertThat(integers)
        .containsExactly(
            -128,
            -32767,
            -8388607,
            -2147483647L,
            -140737488355327L,
            -9223372036854775807L,
            0, // a REAL has no long value
            0,
            1);
    assertThat(Double.doubleToRawLongBits(reader.doubleValue(7))).isEqualTo(1L << 63);
    assertThat(reader.storageClass(7)).isEqualTo(StorageClass.REAL);
    assertThat(reader.storageClass(10)).isEqualTo(StorageClass.BLOB);
    assertThat(reader.storageClass(11)).isEqualTo(StorageClass.TEXT);
    assertThat(reader.serialType(9)).isEqualTo(9);
    assertThat(reader.serialType(10)).isEqualTo(16);
    assertThat(reader.serialType(11)).isEqualTo(17);
    assertThat(reader.bytesOffset(10)).isEqualTo(5 + record.length - 4);
    assertThat(reader.bytesLength(11)).isEqualTo(2);
  }

  @Test
  void readsNotANumberAsNull() {
    byte[] record = new RecordWriter().real(Double.NaN).record();
    reader.wrap(record, 0, record.length);
    assertThat(reader.storageClass(0)).isEqualTo(StorageClass.NULL);
  }

  @Test
  void readsMoreFieldsThanBefore() {
    RecordWriter writer = new RecordWriter();
    for (int i = 0; i < 2000; i++) {
      writer.field(1, i);
    }
    byte[] record = writer.record();
    reader.wrap(record, 0, record.length);
    assertThat(reader.fieldCount()).isEqualTo(2000);
    assertThat(reader.longValue(1999)).isEqualTo((byte) 1999);
  }

  @Test
  void refusesWhatSqliteCallsCorrupt() {
    assertCorrupt(new byte[0]);
    assertCorrupt(new byte[] {3, 1});
    assertCorrupt(new byte[] {(byte) 0x80});
    assertCorrupt(new byte[] {2, 1});
    assertCorrupt(new byte[] {2, 0, 5});
    assertCorrupt(new byte[] {2, (byte) 0x80, 0});
    byte[] huge = new byte[10];
    Arrays.fill(huge, (byte) 0xff);
    huge[0] = 10;
    assertCorrupt(huge);
  }

  @Test
  void readsReservedSerialTypesAsNull() {
    byte[] record = {4, 10, 11, 9};
    reader.wrap(record, 0, record.length);
    assertThat(reader.storageClass(0)).isEqualTo(StorageClass.NULL);
    assertThat(reader.storageClass(1)).isEqualTo(StorageClass.NULL);
    assertThat(reader.longValue(2)).isEqualTo(1);
  }

  @Test
  void readsAHeaderOfNoBytesAsNoFieldsWhateverFollows() {
    byte[] record = {0, 5, 5};
    reader.wrap(record, 0, record.length);
    assertThat(reader.fieldCount()).isZero();
  }

  @Test
  void neverReadsPastThePayload() {
    long seed = Long.getLong("waltap.seed", new Random().nextLong());
    Random random = new Random(seed);
    double sum = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] garbage = new byte[random.nextInt(12)];
      random.nextBytes(garbage);
      if (garbage.length > 0) {
        garbage[0] = (byte) random.nextInt(garbage.length + 1);
      }
      try {
        reader.wrap(garbage, 0, garbage.length);
        for (int field = 0; field < reader.fieldCount(); field++) {
          assertThat(reader.bytesOffset(field) + reader.bytesLength(field))
              .as("-Dwaltap.seed=" + seed)
              .isLessThanOrEqualTo(garbage.length);
          assertThat(reader.storageClass(field)).isNotNull();
          sum += reader.longValue(field) + reader.doubleValue(field);
        }
      } catch (CorruptDatabaseException e) {
        assertThat(e).hasMessageStartingWith("record: ");
      }
    }
    assertThat(Double.toString(sum)).isNotEmpty();
  }

  @Test
  void aGlanceNeverTakesForSoundWhatCantBeRead() {
    long seed = Long.getLong("waltap.seed", new Random().nextLong());
    Random random = new Random(seed);
    int sound = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] garbage = new byte[random.nextInt(40)];
      random.nextBytes(garbage);
      for (int at = 0; at < Math.min(4, garbage.length); at++) {
        garbage[at] = (byte) random.nextInt(at == 0 ? 5 : 20);
      }
      int fields = random.nextInt(5);
      boolean surely = RecordReader.isSurelySound(garbage, 0, garbage.length, fields);
      boolean read = isRead(garbage, fields);
      assertThat(read || !surely).as("-Dwaltap.seed=" + seed + " at " + i).isTrue();
      sound += surely && garbage[0] > 2 ? 1 : 0;
    }
    assertThat(sound).isGreaterThan(1000);
  }

  @Test
  void aGlanceTakesUsualRecordsForSound() {
    byte[] record = new RecordWriter().field(0).field(1, 7).text("x".repeat(200)).record();
    assertThat(RecordReader.isSurelySound(record, 0, record.length, 3)).isTrue();
    assertThat(RecordReader.isSurelySound(record, 0, record.length - 1, 3)).isFalse();
    assertThat(RecordReader.isSurelySound(record, 0, record.length - 1, 2)).isTrue();
  }

  private boolean isRead(byte[] record, int fields) {
    try {
      reader.wrap(record, 0, record.length, fields);
      return true;
    } catch (CorruptDatabaseException e) {
      return false;
    }
  }

  @Test
  void decodesMalformedTextWithReplacements() {
    TableLayout layout =
        TableLayout.rowidTable(
            "t", 2, TextEncoding.UTF_8, List.of(new ColumnLayout("a", false, Value.NULL)), -1);
    byte[] record = new RecordWriter().field(13 + 2 * 3, 'a', 0xff, 0).record();
    StoredRow row = StoredRow.owning(layout, 1, record);
    assertThat(row.text(0)).isEqualTo("a\ufffd\u0000");
    assertThat(row.rawBytes(0)).containsExactly('a', 0xff, 0);
  }

  private void assertCorrupt(byte[] record) {
    assertThatThrownBy(() -> reader.wrap(record, 0, record.length))
        .isInstanceOf(CorruptDatabaseException.class);
  }
}
