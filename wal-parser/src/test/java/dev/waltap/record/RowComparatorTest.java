// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.format.TextEncoding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowComparatorTest {

  private static final TableLayout PLAIN = rowid(-1, column("a"), column("b"));
  private static final TableLayout REAL =
      rowid(-1, new ColumnLayout("a", true, Value.NULL), column("b"));

  private final RowComparator comparator = new RowComparator();

  @Test
  void comparesWhatAUserSees() {
    assertThat(same(PLAIN, row().field(9).text("x"), PLAIN, row().field(1, 1).text("x"))).isTrue();
    assertThat(same(PLAIN, row().field(1, 5).field(0), PLAIN, row().real(5).field(0))).isFalse();
    assertThat(same(REAL, row().field(1, 5).field(0), REAL, row().real(5).field(0))).isTrue();
    assertThat(same(REAL, row().field(1, 5).field(0), PLAIN, row().real(5).field(0))).isTrue();
    assertThat(same(PLAIN, row().real(0.0).field(0), PLAIN, row().real(-0.0).field(0))).isFalse();
    assertThat(same(PLAIN, row().text("x").field(0), PLAIN, row().blob((byte) 'x').field(0)))
        .isFalse();
    assertThat(same(PLAIN, row().text("x").field(0), PLAIN, row().text("y").field(0))).isFalse();
    assertThat(same(PLAIN, row().real(Double.NaN).field(0), PLAIN, row().field(0).field(0)))
        .isTrue();
  }

  @Test
  void takesMissingFieldsForDefaults() {
    Value text = Value.text("d".getBytes(StandardCharsets.UTF_8));
    TableLayout added = rowid(-1, column("a"), new ColumnLayout("b", false, text));
    assertThat(same(added, row().field(9), added, row().field(9).text("d"))).isTrue();
    assertThat(same(added, row().field(9), added, row().field(9).text("e"))).isFalse();
    assertThat(same(added, row().field(9), added, row().field(9).field(0))).isFalse();
  }

  @Test
  void comparesColumnsOfOneNameAcrossLayouts() {
    TableLayout wider = rowid(-1, new ColumnLayout("c", true, Value.real(2)), column("A"));
    assertThat(same(PLAIN, row().field(9).field(8), wider, row().field(1, 2).field(9))).isTrue();
    assertThat(same(PLAIN, row().field(9).field(8), wider, row().field(1, 3).field(9))).isFalse();
    assertThat(same(PLAIN, row().field(9).field(8), wider, row().field(1, 2).field(8))).isFalse();
  }

  @Test
  void readsTheAliasFromTheRowid() {
    TableLayout alias = rowid(0, column("id"), column("b"));
    byte[] payload = row().field(0).field(9).record();
    images(alias, 1, payload, alias, 2, payload);
    assertThat(comparator.sameValues()).isFalse();
    assertThat(comparator.sameKey()).isFalse();
    images(PLAIN, 1, payload, PLAIN, 2, payload);
    assertThat(comparator.sameValues()).isTrue();
    images(alias, 1, payload, alias, 1, payload);
    assertThat(comparator.sameKey()).isTrue();
  }

  @Test
  void comparesDeclaredKeysByEveryByte() {
    TableLayout keyed =
        TableLayout.withoutRowid(
            "t",
            2,
            TextEncoding.UTF_8,
            List.of(column("v"), column("k")),
            new int[] {1},
            new int[] {1, 0},
            List.of(new KeyField(Collation.NOCASE, false)));
    assertThat(sameKey(keyed, row().text("a").field(9), row().text("a").field(8))).isTrue();
    assertThat(sameKey(keyed, row().text("a").field(9), row().text("A").field(9))).isFalse();
    byte[] a = row().text("a").field(9).record();
    byte[] upper = row().text("A").field(9).record();
    assertThat(new KeyComparator(keyed).compare(a, 0, a.length, upper, 0, upper.length)).isZero();
  }

  @Test
  void takesTheRowidForAKeyWithNullInIt() {
    TableLayout keyed =
        TableLayout.rowidTable(
            "t", 2, TextEncoding.UTF_8, List.of(column("a"), column("b")), -1, 1, 0);
    byte[] whole = row().field(8).field(9).record();
    byte[] holed = row().field(0).field(9).record();
    byte[] other = row().field(0).field(8).record();
    images(keyed, 1, holed, keyed, 1, other);
    assertThat(comparator.sameKey()).isTrue();
    images(keyed, 1, holed, keyed, 2, other);
    assertThat(comparator.sameKey()).isFalse();
    images(keyed, 1, whole, keyed, 1, holed);
    assertThat(comparator.sameKey()).isFalse();
    images(keyed, 1, holed, keyed, 1, whole);
    assertThat(comparator.sameKey()).isFalse();
  }

  @Test
  void comparesIntegersWithRealsExactly() {
    long big = (1L << 53) + 1;
    assertThat(KeyComparator.compareExactly(big, 0x1p53)).isPositive();
    assertThat(KeyComparator.compareExactly(Long.MAX_VALUE, 0x1p63)).isNegative();
    assertThat(KeyComparator.compareExactly(Long.MIN_VALUE, -0x1p63)).isZero();
    assertThat(KeyComparator.compareExactly(2, 2.5)).isNegative();
    assertThat(KeyComparator.compareExactly(-2, -2.5)).isPositive();
    assertThat(KeyComparator.compareExactly(0, Double.NEGATIVE_INFINITY)).isPositive();
  }

  private boolean same(TableLayout l1, RecordWriter r1, TableLayout l2, RecordWriter r2) {
    byte[] a = r1.record();
    byte[] b = r2.record();
    images(l1, 1, a, l2, 1, b);
    return comparator.sameValues();
  }

  private boolean sameKey(TableLayout layout, RecordWriter r1, RecordWriter r2) {
    images(layout, 0, r1.record(), layout, 0, r2.record());
    return comparator.sameKey();
  }

  private void images(
      TableLayout l1, long rowid1, byte[] a, TableLayout l2, long rowid2, byte[] b) {
    comparator.before(l1, rowid1, a, 0, a.length);
    comparator.after(l2, rowid2, b, 0, b.length);
  }

  private static RecordWriter row() {
    return new RecordWriter();
  }

  private static ColumnLayout column(String name) {
    return new ColumnLayout(name, false, Value.NULL);
  }

  private static TableLayout rowid(int alias, ColumnLayout... columns) {
    int[] key = alias < 0 ? new int[0] : new int[] {alias};
    return TableLayout.rowidTable("t", 2, TextEncoding.UTF_8, List.of(columns), alias, key);
  }
}
