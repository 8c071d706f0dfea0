package dev.waltap.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.waltap.api.Change;
import dev.waltap.api.Position;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Which change is marked as the last, and how changes are numbered. */
class EmitterTest {
  private static final long MICROS = 1_700_000_000_123_456L;

  private final ChangeQueue queue = new ChangeQueue(1000, 4 << 20);
  private final Emitter emitter = new Emitter(queue, true, () -> {}, this::release);
  private int releases;

  private void release() {
    releases++;
    queue.release(() -> {});
  }

  private ChangeQueue.Batch take() {
    try {
      queue.release(() -> {});
      return Objects.requireNonNull(queue.take(1000, 4 << 20, 0));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void marksTheLastChangeOnly() {
    emitter.begin(3, 7, MICROS);
    emitter.bootstrap("a");
    emitter.skip(5);
    emitter.bootstrap("b");
    emitter.bootstrap("c");
    emitter.end();
    ChangeQueue.Batch batch = take();
    assertThat(batch.changes())
        .extracting(Change::table, Change::position, change -> change.transaction().last())
        .containsExactly(
            tuple("a", new Position(3, 7, 0), false),
            tuple("b", new Position(3, 7, 6), false),
            tuple("c", new Position(3, 7, 7), true));
    assertThat(batch.end()).isEqualTo(new TransactionEnd(new Position(3, 7, 7), MICROS));
  }

  @Test
  void namesAndTimesEachTransactionForItself() {
    emitter.begin(3, 7, MICROS);
    emitter.bootstrap("a");
    emitter.end();
    emitter.begin(3, 8, MICROS + 1);
    emitter.bootstrap("a");
    emitter.end();
    assertThat(take().changes())
        .extracting(change -> change.transaction().id() + " " + change.timestamp())
        .containsExactly("3:7 2023-11-14T22:13:20.123456Z", "3:8 2023-11-14T22:13:20.123457Z");
  }

  @Test
  void letsGoOfWhatIsHeldBeforeALargeRow() {
    emitter.begin(3, 7, MICROS);
    emitter.bootstrap("a");
    emitter.makeRoom(1 << 20);
    assertThat(releases).isEqualTo(1);
    assertThat(queue.oldest()).extracting(change -> change.transaction().last()).isEqualTo(false);
  }

  @Test
  void emitsTheEndOfATransactionOfWhichNothingIsEmitted() {
    emitter.begin(3, 7, MICROS);
    emitter.skip(4);
    emitter.end();
    ChangeQueue.Batch batch = take();
    assertThat(batch.changes()).isEmpty();
    assertThat(batch.end()).isEqualTo(new TransactionEnd(new Position(3, 7, 3), MICROS));
  }

  @Test
  void keepsAllBackWhileMuted() {
    emitter.mute(true);
    emitter.begin(3, 7, MICROS);
    emitter.bootstrap("a");
    emitter.end();
    assertThat(queue.hasStaged()).isFalse();
    emitter.mute(false);
    emitter.begin(3, 8, MICROS);
    emitter.bootstrap("a");
    emitter.end();
    assertThat(take().changes())
        .extracting(Change::position)
        .containsExactly(new Position(3, 8, 0));
  }
}
