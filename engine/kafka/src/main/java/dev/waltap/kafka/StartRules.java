// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.api.Position;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamStart;
import dev.waltap.output.StreamStart.Kind;
import java.util.Collection;
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
final class StartRules {

  private StartRules() {}

  /** The record of this stream and database; null for none. */
  static @Nullable StreamPosition own(
      Collection<StreamPosition> held, String stream, String database) {
    return held.stream()
        .filter(each -> each.stream().equals(stream) && each.database().equals(database))
        .findFirst()
        .orElse(null);
  }

  /** What to begin with. */
  static StreamStart start(
      Collection<StreamPosition> held, String database, @Nullable SavedStream state) {
    StreamPosition own = state == null ? null : own(held, state.stream(), database);
    Position position = own == null ? null : own.position();
    if (state != null) {
      String gap = gap(position, state);
      if (gap != null) {
        return new StreamStart(Kind.GAP, gap);
      }
    }
    boolean others =
        held.stream().anyMatch(each -> each.database().equals(database) && each.position() != null);
    return position == null && others
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
