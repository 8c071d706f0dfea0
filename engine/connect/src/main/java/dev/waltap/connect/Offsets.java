// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.api.Position;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StartRules;
import dev.waltap.output.StreamStart;
import org.jspecify.annotations.Nullable;

/** Compares the offset that Connect keeps of a database with the saved state. */
final class Offsets {

  private Offsets() {}

  /**
   * What to begin with, by {@link StartRules}. Where records are not committed together with their
   * offsets, an offset may come before what Kafka has: a state that is ahead of it has lost
   * nothing.
   *
   * @param held null for no offset
   * @param exact whether they are committed together
   * @param state null if there is none
   */
  static StreamStart start(
      @Nullable StreamOffset held, boolean exact, String database, @Nullable SavedStream state) {
    boolean own = held != null && state != null && held.stream().equals(state.stream());
    Position position = held == null ? null : held.position();
    if (own && !exact) {
      position = later(position, delivered(state));
    }
    return StartRules.start(own ? position : null, !own && position != null, database, state);
  }

  private static @Nullable Position delivered(@Nullable SavedStream state) {
    if (state == null) {
      return null;
    }
    return state.delivered().known() ? state.delivered().position() : state.acknowledged();
  }

  private static @Nullable Position later(@Nullable Position one, @Nullable Position other) {
    if (one == null || other == null) {
      return one;
    }
    return one.compareTo(other) >= 0 ? one : other;
  }
}
