package dev.waltap.capture;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.wal.WalPosition;
import org.junit.jupiter.api.Test;

/** The check of where decoding is finds a transaction that was left out, or came twice. */
class DecodedPositionTest {
  private final DecodedPosition decoded = new DecodedPosition();

  private static WalPosition at(long salts, int frame) {
    return new WalPosition(salts, frame, 7, 1);
  }

  private void assertBroken(WalPosition position, WalPosition tail, boolean allDecoded) {
    assertThatThrownBy(() -> decoded.moveTo(position, tail, allDecoded))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(position.toString());
  }

  @Test
  void followsTheTailThroughGenerations() {
    decoded.startAt(at(1, 4));
    decoded.moveTo(at(1, 5), at(1, 9), false);
    decoded.moveTo(at(1, 9), at(1, 9), true);
    decoded.moveTo(at(1, 12), at(2, 3), false);
    decoded.moveTo(at(2, 3), at(2, 3), true);
    decoded.moveTo(at(2, 6), at(3, 0), true);
    decoded.moveTo(at(4, 1), at(4, 1), true);
  }

  @Test
  void findsATransactionThatIsDecodedTwice() {
    decoded.startAt(at(1, 4));
    decoded.moveTo(at(1, 5), at(1, 9), false);
    assertBroken(at(1, 5), at(1, 9), false);
    assertBroken(at(1, 4), at(1, 9), false);
  }

  @Test
  void findsOneThatWasNotCopied() {
    decoded.startAt(at(1, 4));
    assertBroken(at(1, 7), at(1, 6), false);
  }

  @Test
  void findsOneThatWasCopiedAndLeftOut() {
    decoded.startAt(at(1, 4));
    assertBroken(at(1, 5), at(1, 6), true);
    decoded.startAt(at(1, 4));
    assertBroken(at(1, 5), at(2, 1), true);
  }
}
