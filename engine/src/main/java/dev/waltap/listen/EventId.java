// SPDX-License-Identifier: Apache-2.0
package dev.waltap.listen;

import dev.waltap.api.Change;
import dev.waltap.api.Position;

/**
 * What a client has come to, {@code STREAM/POSITION}, with {@code /last} behind it at the end of a
 * transaction: a client that has a whole one is up to date with a state that says so.
 *
 * @param last whether the transaction has no more changes
 */
record EventId(String stream, Position position, boolean last) {
  private static final String LAST = "/last";

  static EventId of(Change change) {
    return new EventId(change.source().stream(), change.position(), change.transaction().last());
  }

  /**
   * Reads what {@link #toString} gives.
   *
   * @throws IllegalArgumentException if it is no such id
   */
  static EventId parse(String text) {
    boolean last = text.endsWith(LAST);
    String rest = last ? text.substring(0, text.length() - LAST.length()) : text;
    int slash = rest.lastIndexOf('/');
    if (slash <= 0) {
      throw new IllegalArgumentException("no id of an event");
    }
    return new EventId(rest.substring(0, slash), Position.parse(rest.substring(slash + 1)), last);
  }

  /** Whether nothing of the transaction that ends here, or of any before it, is missing. */
  boolean covers(Position end) {
    int order = transaction(position).compareTo(transaction(end));
    return order > 0 || (order == 0 && last);
  }

  /** Whether it is of the same stream as the other, and not after it. */
  boolean isWithin(EventId other) {
    return stream.equals(other.stream) && position.compareTo(other.position) <= 0;
  }

  /** Whether its transaction comes after the one of that position. */
  boolean isBeyond(Position end) {
    return transaction(position).compareTo(transaction(end)) > 0;
  }

  private static Position transaction(Position position) {
    return new Position(position.epoch(), position.frame(), 0);
  }

  @Override
  public String toString() {
    return stream + "/" + position + (last ? LAST : "");
  }
}
