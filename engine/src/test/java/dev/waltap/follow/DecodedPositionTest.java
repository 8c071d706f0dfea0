// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.wal.WalPosition;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The check of where decoding is finds a transaction that was left out, or came twice. */
class DecodedPositionTest {
  private final DecodedPosition decoded = new DecodedPosition();

  private static WalPosition at(long salts, int frame) {
    return new WalPosition(salts, frame, 7, 1);
  }

  private static void assertBroken(ThrowingCallable check, WalPosition position) {
    assertThatThrownBy(check)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(position.toString());
  }

  @Test
  void followsTheTailThroughGenerations() {
    decoded.startAt(at(1, 4));
    decoded.requireAt(at(1, 4));
    decoded.moveTo(at(1, 5), at(1, 9));
    decoded.moveTo(at(1, 9), at(1, 9));
    decoded.requireAt(at(1, 9));
    decoded.moveTo(at(1, 12), at(2, 3));
    decoded.moveTo(at(2, 3), at(2, 3));
    decoded.requireAt(at(2, 3));
    decoded.requireAt(at(3, 0));
    decoded.moveTo(at(4, 1), at(4, 1));
  }

  @Test
  void findsATransactionThatIsDecodedTwice() {
    decoded.startAt(at(1, 4));
    decoded.moveTo(at(1, 5), at(1, 9));
    assertBroken(() -> decoded.moveTo(at(1, 5), at(1, 9)), at(1, 5));
    assertBroken(() -> decoded.moveTo(at(1, 4), at(1, 9)), at(1, 4));
  }

  @Test
  void findsOneThatWasNotCopied() {
    decoded.startAt(at(1, 4));
    assertBroken(() -> decoded.moveTo(at(1, 7), at(1, 6)), at(1, 7));
  }

  @Test
  void findsOneThatWasCopiedAndLeftOut() {
    decoded.startAt(at(1, 4));
    assertBroken(() -> decoded.requireAt(at(1, 6)), at(1, 4));
    assertBroken(() -> decoded.requireAt(at(2, 1)), at(1, 4));
  }
}
