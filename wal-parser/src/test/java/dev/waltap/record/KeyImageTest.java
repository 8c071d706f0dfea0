// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.TextEncoding;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Key images are the same if, and only if, the keys are, whatever their collations. */
class KeyImageTest {
  private static final KeyField UNKNOWN = new KeyField(Collation.UNKNOWN, false);

  /** Key (k1, k2) with columns v, k1, k2 in table order. */
  private static final KeyImage PLAIN = images(false);

  /** The same, k1 of REAL affinity. */
  private static final KeyImage REAL = images(true);

  private static KeyImage images(boolean real) {
    return new KeyImage(
        TableLayout.withoutRowid(
            "t",
            2,
            TextEncoding.UTF_8,
            List.of(column("v", false), column("k1", real), column("k2", false)),
            new int[] {1, 2},
            new int[] {2, 0, 1},
            List.of(UNKNOWN, UNKNOWN)));
  }

  private static ColumnLayout column(String name, boolean real) {
    return new ColumnLayout(name, real, Value.NULL);
  }

  @Test
  void looksAtTheKeyAlone() {
    assertThat(image(PLAIN, row().text("a").field(9).text("value")))
        .isEqualTo(image(PLAIN, row().text("a").field(9).text("another")))
        .isEqualTo(image(PLAIN, row().text("a").field(9)));
    assertThat(image(PLAIN, row().text("a").field(9).field(0)))
        .isNotEqualTo(image(PLAIN, row().text("b").field(9).field(0)))
        .isNotEqualTo(image(PLAIN, row().text("a").field(8).field(0)));
  }

  @Test
  void distinguishesTextsThatACollationMayHoldEqual() {
    assertThat(image(PLAIN, row().text("a").field(9)))
        .isNotEqualTo(image(PLAIN, row().text("A").field(9)))
        .isNotEqualTo(image(PLAIN, row().text("a ").field(9)));
  }

  @Test
  void distinguishesStorageClasses() {
    byte[] text = image(PLAIN, row().text("x").field(9));
    assertThat(text).isNotEqualTo(image(PLAIN, row().blob((byte) 'x').field(9)));
    assertThat(image(PLAIN, row().field(1, 5).field(9)))
        .isNotEqualTo(image(PLAIN, row().real(5).field(9)));
    assertThat(image(PLAIN, row().field(0).field(9)))
        .isNotEqualTo(image(PLAIN, row().text("").field(9)))
        .isNotEqualTo(image(PLAIN, row().blob().field(9)))
        .isNotEqualTo(image(PLAIN, row().field(8).field(9)));
  }

  /** However many bytes an integer takes on disk, it is the same one. */
  @Test
  void seesOneIntegerInAllItsWidths() {
    byte[] image = image(PLAIN, row().field(9).field(8));
    assertThat(image)
        .isEqualTo(image(PLAIN, row().field(1, 1).field(1, 0)))
        .isEqualTo(image(PLAIN, row().field(2, 0, 1).field(6, 0, 0, 0, 0, 0, 0, 0, 0)));
    assertThat(image(PLAIN, row().field(1, 0xff).field(8)))
        .isEqualTo(image(PLAIN, row().field(2, 0xff, 0xff).field(8)))
        .isNotEqualTo(image(PLAIN, row().field(2, 0, 0xff).field(8)));
  }

  @Test
  void showsAnIntegerOfARealColumnAsTheRealItIs() {
    assertThat(image(REAL, row().field(1, 5).field(9)))
        .isEqualTo(image(REAL, row().real(5).field(9)))
        .isNotEqualTo(image(REAL, row().real(5.5).field(9)));
    // The other column of the key has no such affinity.
    assertThat(image(REAL, row().real(5).field(9)))
        .isNotEqualTo(image(REAL, row().real(5).real(1)));
    assertThat(image(REAL, row().real(0.0).field(9)))
        .isNotEqualTo(image(REAL, row().real(-0.0).field(9)));
  }

  /** Where one field ends and the next begins is part of the image. */
  @Test
  void doesNotRunFieldsTogether() {
    assertThat(image(PLAIN, row().text("ab").text("c")))
        .isNotEqualTo(image(PLAIN, row().text("a").text("bc")));
    assertThat(image(PLAIN, row().text("").field(0)))
        .isNotEqualTo(image(PLAIN, row().field(0).text("")));
  }

  @Test
  void readsARecordWhereItStands() {
    byte[] record = row().text("key").field(9).record();
    byte[] page = new byte[record.length + 20];
    System.arraycopy(record, 0, page, 7, record.length);
    assertThat(PLAIN.of(page, 7, record.length)).isEqualTo(PLAIN.of(record, 0, record.length));
  }

  @Test
  void refusesAMalformedRecord() {
    byte[] record = row().text("key").field(9).record();
    assertThatThrownBy(() -> PLAIN.of(record, 0, record.length - 2))
        .isInstanceOf(CorruptDatabaseException.class);
  }

  private static RecordWriter row() {
    return new RecordWriter();
  }

  private static byte[] image(KeyImage images, RecordWriter row) {
    byte[] record = row.record();
    return images.of(record, 0, record.length);
  }
}
