// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.waltap.api.Change;
import dev.waltap.api.Position;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which change is marked as the last, and how changes are numbered. */
class EmitterTest {
  private static final long MICROS = 1_700_000_000_123_456L;

  private final List<Change> changes = new ArrayList<>();
  private final List<Position> ends = new ArrayList<>();
  private final List<Long> rooms = new ArrayList<>();
  private final ChangeSink sink =
      new ChangeSink() {
        @Override
        public void add(Change change, long bytes) {
          changes.add(change);
        }

        @Override
        public void addLast(Change change, long bytes) {
          changes.add(change);
          ends.add(change.position());
        }

        @Override
        public void addEnd(Position commit) {
          ends.add(commit);
        }

        @Override
        public void makeRoom(long bytes) {
          rooms.add(bytes);
        }
      };
  private final Emitter emitter = new Emitter(sink, true, () -> {});

  @Test
  void marksTheLastChangeOnly() {
    emitter.begin(3, 7, MICROS);
    emitter.bootstrap("a");
    emitter.skip(5);
    emitter.bootstrap("b");
    emitter.bootstrap("c");
    emitter.end();
    assertThat(changes)
        .extracting(Change::table, Change::position, change -> change.transaction().last())
        .containsExactly(
            tuple("a", new Position(3, 7, 0), false),
            tuple("b", new Position(3, 7, 6), false),
            tuple("c", new Position(3, 7, 7), true));
    assertThat(ends).containsExactly(new Position(3, 7, 7));
  }

  @Test
  void namesAndTimesEachTransactionForItself() {
    emitter.begin(3, 7, MICROS);
    emitter.bootstrap("a");
    emitter.end();
    emitter.begin(3, 8, MICROS + 1);
    emitter.bootstrap("a");
    emitter.end();
    assertThat(changes)
        .extracting(change -> change.transaction().id() + " " + change.timestamp())
        .containsExactly("3:7 2023-11-14T22:13:20.123456Z", "3:8 2023-11-14T22:13:20.123457Z");
  }

  @Test
  void addsWhatIsHeldBackBeforeItMakesRoomForALargeRow() {
    emitter.begin(3, 7, MICROS);
    emitter.bootstrap("a");
    emitter.makeRoom(1 << 20);
    assertThat(rooms).containsExactly(1L << 20);
    assertThat(changes).extracting(change -> change.transaction().last()).containsExactly(false);
  }

  @Test
  void emitsTheEndOfATransactionOfWhichNothingIsEmitted() {
    emitter.begin(3, 7, MICROS);
    emitter.skip(4);
    emitter.end();
    assertThat(changes).isEmpty();
    assertThat(ends).containsExactly(new Position(3, 7, 3));
  }

  @Test
  void keepsAllBackWhileMuted() {
    emitter.mute(true);
    emitter.begin(3, 7, MICROS);
    emitter.bootstrap("a");
    emitter.end();
    assertThat(changes).isEmpty();
    assertThat(ends).isEmpty();
    emitter.mute(false);
    emitter.begin(3, 8, MICROS);
    emitter.bootstrap("a");
    emitter.end();
    assertThat(changes).extracting(Change::position).containsExactly(new Position(3, 8, 0));
  }
}
