// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.format.TextEncoding;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is said of two rows by their leading bytes is never other than what their values say. */
class RecordDifferenceTest {
  private static final long SEED = 3;

  private final Random random = new Random(SEED);
  private final RowComparator comparator = new RowComparator();
  private final RecordDifference difference = new RecordDifference();
  private final TableLayout layout =
      TableLayout.rowidTable(
          "t",
          2,
          TextEncoding.UTF_8,
          List.of(
              new ColumnLayout("a", false, Value.NULL),
              new ColumnLayout("b", true, Value.NULL),
              new ColumnLayout("c", false, Value.NULL)),
          -1);

  @Test
  void isSureOnlyOfWhatDiffers() {
    int sure = 0;
    int unsure = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] a = record();
      byte[] b = record();
      comparator.before(layout, 1, a, 0, a.length);
      comparator.after(layout, 1, b, 0, b.length);
      boolean differs = !comparator.sameValues();
      boolean said = isSure(a, b);
      assertThat(!said || differs)
          .as(() -> "seed " + SEED + ": " + Arrays.toString(a) + " and " + Arrays.toString(b))
          .isTrue();
      sure += said ? 1 : 0;
      unsure += differs && !said ? 1 : 0;
    }
    assertThat(sure).isGreaterThan(unsure);
  }

  @Test
  void doesNotTakeTwoWaysToStoreANumberForTwoNumbers() {
    assertThat(isSure(record(9), record(1, 1))).isFalse();
    assertThat(isSure(record(9), record(1, 2))).isTrue();
    assertThat(isSure(record(2, 0, 1), record(1, 1))).isFalse();
  }

  private boolean isSure(byte[] a, byte[] b) {
    int at = Arrays.mismatch(a, b);
    if (at < 0) {
      return false;
    }
    byte[] headA = Arrays.copyOf(a, a[0]);
    byte[] headB = Arrays.copyOf(b, b[0]);
    difference.find(headA, 0, headB, 0, layout.columnCount(), at);
    if (difference.isSure() || difference.extent() < 0) {
      return difference.isSure();
    }
    int extent = (int) difference.extent();
    byte[] leadingA = Arrays.copyOf(a, Math.min(a.length, extent));
    byte[] leadingB = Arrays.copyOf(b, Math.min(b.length, extent));
    return difference.differs(layout, leadingA, 0, a.length, leadingB, 0, b.length);
  }

  private static byte[] record(int type, int... bytes) {
    return new RecordWriter().field(0).field(type, bytes).text("long").record();
  }

  /** A record of few different values, so that they are often the same, of up to four fields. */
  private byte[] record() {
    RecordWriter record = new RecordWriter();
    for (int fields = random.nextInt(5); fields > 0; fields--) {
      switch (random.nextInt(8)) {
        case 0 -> record.field(0);
        case 1 -> record.field(8);
        case 2 -> record.field(1, random.nextInt(2));
        case 3 -> record.field(2, 0, random.nextInt(2));
        case 4 -> record.real(random.nextInt(2));
        case 5 -> record.real(random.nextBoolean() ? Double.NaN : Double.longBitsToDouble(-1));
        case 6 -> record.text(random.nextBoolean() ? "x" : "y");
        default -> record.blob((byte) 'x');
      }
    }
    return record.record();
  }
}
