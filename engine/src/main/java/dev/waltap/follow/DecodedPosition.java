// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

import dev.waltap.page.ExpensiveChecks;
import dev.waltap.wal.WalPosition;

/**
 * Where decoding is in the log, to be compared with where copying is: all that is copied is decoded
 * in order, and once nothing waits any more, up to the same commit. One of the {@link
 * ExpensiveChecks}. For the capture thread.
 */
final class DecodedPosition {
  private WalPosition last = new WalPosition(0, 0, 0, 0);

  /** Decoding goes on after this. */
  void startAt(WalPosition position) {
    last = position;
  }

  /**
   * Checks where decoding has come to.
   *
   * @param decoded the position after the transaction that was decoded
   * @param tail the position after the last one that was copied
   * @throws AssertionError if it was not copied, or decoded twice
   */
  void moveTo(WalPosition decoded, WalPosition tail) {
    if (decoded.salts() == last.salts() && decoded.frame() <= last.frame()) {
      throw new AssertionError(decoded + " was decoded after " + last);
    }
    last = decoded;
    if (decoded.salts() == tail.salts() && decoded.frame() > tail.frame()) {
      throw new AssertionError(decoded + " was decoded, and copied up to " + tail + " only");
    }
  }

  /**
   * Checks that nothing was left out, when nothing waits any more.
   *
   * @throws AssertionError if something was
   */
  void requireAt(WalPosition tail) {
    // Of a generation that the tail has come to, nothing may be committed yet.
    if (tail.frame() != (last.salts() == tail.salts() ? last.frame() : 0)) {
      throw new AssertionError(last + " was decoded last, and " + tail + " does not wait");
    }
  }
}
