// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.Position;
import dev.waltap.format.Bytes;
import dev.waltap.wal.WalPosition;

/**
 * The end of a transaction: its place in the stream, and where in the WAL reading continues after
 * it.
 *
 * @param epoch the stream's epoch; 1 or more
 * @param wal its commit frame, and what proves that nothing was missed
 */
public record LogPosition(long epoch, WalPosition wal) {
  private static final int FIELDS = 7;

  public LogPosition {
    if (epoch < 1 || wal.frame() < 0) {
      throw new IllegalArgumentException("not a position: " + epoch + ":" + wal.frame());
    }
  }

  /** The position users see for this transaction, as of its first change. */
  public Position position() {
    return new Position(epoch, wal.frame(), 0);
  }

  /** Whether this transaction is the one that the position is of, or comes before that. */
  public boolean isWithin(Position position) {
    return isWithin(epoch, wal.frame(), position);
  }

  static boolean isWithin(long epoch, long frame, Position position) {
    return epoch < position.epoch() || (epoch == position.epoch() && frame <= position.frame());
  }

  /** The stored form: seven decimal numbers with colons between. */
  String store() {
    return epoch
        + (":" + storePair(wal.salts()))
        + (":" + wal.frame() + ":" + storePair(wal.checksum()))
        + (":" + wal.changeCounter());
  }

  /**
   * Reads what {@link #store} wrote.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  static LogPosition load(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != FIELDS) {
      throw new IllegalArgumentException("not a stored position: " + text);
    }
    int[] wal = new int[FIELDS - 1];
    for (int i = 0; i < wal.length; i++) {
      wal[i] = Integer.parseInt(parts[i + 1]);
    }
    return new LogPosition(
        Long.parseLong(parts[0]),
        new WalPosition(Bytes.pair(wal[0], wal[1]), wal[2], Bytes.pair(wal[3], wal[4]), wal[5]));
  }

  /** The stored form of salts, or of a checksum: two decimal numbers with a colon between. */
  static String storePair(long pair) {
    return (int) (pair >>> 32) + ":" + (int) pair;
  }
}
