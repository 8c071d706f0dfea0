// SPDX-License-Identifier: Apache-2.0
package dev.waltap.output;

import dev.waltap.api.Position;
import dev.waltap.output.StreamStart.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Compares what Kafka holds of a database with the saved state.
 *
 * <table>
 *   <caption>What a capture begins with</caption>
 *   <tr><th>Kafka holds</th><th>the state</th><th>then</th></tr>
 *   <tr><td>this stream, up to P</td><td>gave out P, delivered no more than P</td>
 *       <td>go on, leave out what is not after P</td></tr>
 *   <tr><td>this stream, up to P</td><td>delivered more, here or elsewhere</td><td>gap</td></tr>
 *   <tr><td>this stream, up to P</td><td>never came to P: an older copy</td><td>gap</td></tr>
 *   <tr><td>nothing of this stream</td><td>delivered something elsewhere</td><td>gap</td></tr>
 *   <tr><td>another stream of this database</td><td>none, or delivered nothing yet</td>
 *       <td>start over</td></tr>
 *   <tr><td>nothing</td><td>none, or delivered nothing yet</td><td>go on</td></tr>
 * </table>
 */
public final class StartRules {

  private StartRules() {}

  /**
   * What to begin with.
   *
   * @param held the position up to which Kafka holds the state's stream; null for none
   * @param others whether Kafka holds changes of another stream of this database
   * @param database what the changes' source is called
   * @param state null for a run without state
   */
  public static StreamStart start(
      @Nullable Position held, boolean others, String database, @Nullable SavedStream state) {
    if (state != null) {
      String gap = gap(held, state);
      if (gap != null) {
        return new StreamStart(Kind.GAP, gap);
      }
    }
    return held == null && others
        ? new StreamStart(
            Kind.START_OVER, "Kafka holds changes of another stream of the database " + database)
        : StreamStart.CONTINUE;
  }

  private static @Nullable String gap(@Nullable Position held, SavedStream state) {
    SavedStream.Delivered delivered = state.delivered();
    Position given = delivered.known() ? delivered.position() : state.acknowledged();
    if (given != null && (held == null || comesBefore(held, given, delivered.known()))) {
      return held == null
          ? "Kafka holds nothing of what this state counts as delivered (up to " + given + ")"
          : "Kafka holds changes up to "
              + held
              + ", this state counts more as delivered (up to "
              + given
              + ")";
    }
    return held != null && transaction(held).compareTo(transaction(state.end())) > 0
        ? "Kafka holds changes up to "
            + held
            + ", which this state never came to ("
            + state.end()
            + "): it is an older copy"
        : null;
  }

  /** The saved position may be of a transaction's end rather than of its last change. */
  private static boolean comesBefore(Position held, Position given, boolean exact) {
    return exact ? held.compareTo(given) < 0 : transaction(held).compareTo(transaction(given)) < 0;
  }

  private static Position transaction(Position position) {
    return new Position(position.epoch(), position.frame(), 0);
  }
}
