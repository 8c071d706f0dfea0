// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/**
 * Where a change is in the stream, written {@code epoch:frame:index}; strictly increasing within a
 * stream, and the same when the change is emitted again.
 *
 * @param epoch grows with every WAL generation, bootstrap and reconcile; 1 or more
 * @param frame the commit frame of the transaction within its generation; 0 or more
 * @param index counts the changes of the transaction from 0, before any filter
 */
public record Position(long epoch, long frame, long index) implements Comparable<Position> {

  public Position {
    if (epoch < 1 || frame < 0 || index < 0) {
      throw new IllegalArgumentException("not a position: " + epoch + ":" + frame + ":" + index);
    }
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException if the text is not a position
   */
  public static Position parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a position: " + text);
    }
    return new Position(
        Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
  }

  @Override
  public int compareTo(Position other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    if (byEpoch != 0) {
      return byEpoch;
    }
    int byFrame = Long.compare(frame, other.frame);
    return byFrame != 0 ? byFrame : Long.compare(index, other.index);
  }

  @Override
  public String toString() {
    return epoch + ":" + frame + ":" + index;
  }
}
