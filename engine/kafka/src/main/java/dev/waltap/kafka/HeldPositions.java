// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.api.Position;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StartRules;
import dev.waltap.output.StreamStart;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What the records of the positions topic say of one database. */
final class HeldPositions {

  private HeldPositions() {}

  /** The record of this stream and database; null for none. */
  static @Nullable StreamPosition own(
      Collection<StreamPosition> held, String stream, String database) {
    return held.stream()
        .filter(each -> each.stream().equals(stream) && each.database().equals(database))
        .findFirst()
        .orElse(null);
  }

  /** The last record of this stream, under whichever name of its database; null for none. */
  static @Nullable StreamPosition last(Collection<StreamPosition> held, String stream) {
    return held.stream()
        .filter(each -> each.stream().equals(stream))
        .reduce((earlier, later) -> later)
        .orElse(null);
  }

  /** What to begin with, by {@link StartRules}. */
  static StreamStart start(
      Collection<StreamPosition> held, String database, @Nullable SavedStream state) {
    StreamPosition own = state == null ? null : own(held, state.stream(), database);
    Position position = own == null ? null : own.position();
    boolean others =
        held.stream().anyMatch(each -> each.database().equals(database) && each.position() != null);
    return StartRules.start(position, others, database, state);
  }
}
