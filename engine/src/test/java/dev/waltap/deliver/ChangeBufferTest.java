// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import static dev.waltap.json.Changes.insert;
import static dev.waltap.json.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.api.Position;
import java.util.ArrayDeque;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** First in, first out, while it grows and goes round. */
class ChangeBufferTest {
  private record Place(@Nullable Change change, long bytes, boolean last, @Nullable Position end) {}

  private final Random random = new Random(1);
  private final ArrayDeque<Place> expected = new ArrayDeque<>();
  private final ChangeBuffer buffer = new ChangeBuffer();
  private int added;

  @Test
  void givesBackWhatWasPutInOrder() {
    for (int i = 0; i < 20_000; i++) {
      if (random.nextInt(100) < (i % 2_000 < 1_000 ? 70 : 30)) {
        add();
      } else if (!expected.isEmpty() && random.nextInt(20) == 0) {
        assertThat(buffer.endsWithoutChange()).isEqualTo(expected.getLast().change() == null);
        expected.removeLast();
        buffer.removeLast();
      } else if (!expected.isEmpty()) {
        assertFirst(buffer, expected.removeFirst());
        buffer.removeFirst();
      }
      assertThat(buffer.size()).isEqualTo(expected.size());
    }
    assertThat(added).isGreaterThan(9_000);
  }

  @Test
  void holdsNothingWhenItIsEmpty() {
    add();
    buffer.removeFirst();
    assertThat(buffer.isEmpty()).isTrue();
    assertThat(buffer.firstChange()).isNull();
    assertThat(buffer.firstEnd()).isNull();
    assertThat(buffer.endsWithoutChange()).isFalse();
  }

  @Test
  void movesTheFirstBehindAllOfAnother() {
    add();
    add();
    ChangeBuffer other = new ChangeBuffer();
    buffer.moveFirst(other);
    buffer.moveFirst(other);
    assertThat(buffer.isEmpty()).isTrue();
    assertFirst(other, expected.removeFirst());
    other.removeFirst();
    assertFirst(other, expected.removeFirst());
  }

  private void add() {
    boolean last = random.nextInt(3) == 0;
    if (last && random.nextBoolean()) {
      Position end = new Position(1, added, 0);
      expected.addLast(new Place(null, 0, true, end));
      buffer.addEnd(end);
    } else {
      Change change = insert(row("id", (long) added));
      int bytes = random.nextInt(1_000);
      expected.addLast(new Place(change, bytes, last, null));
      buffer.add(change, bytes, last);
    }
    added++;
  }

  private static void assertFirst(ChangeBuffer buffer, Place place) {
    assertThat(buffer.firstChange()).isSameAs(place.change());
    assertThat(buffer.firstBytes()).isEqualTo(place.bytes());
    assertThat(buffer.firstEndsTransaction()).isEqualTo(place.last());
    assertThat(buffer.firstEnd()).isSameAs(place.end());
  }
}
