// SPDX-License-Identifier: Apache-2.0
package dev.waltap.output;

import dev.waltap.api.Position;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a state directory knows of its stream.
 *
 * @param stream its identity
 * @param acknowledged the saved position; null until something counts as delivered
 * @param end of the last transaction that this state has given a position
 * @param delivered what outputs that keep positions were given last by this state
 * @param delivering takes each position once the output has everything up to it for good; null when
 *     it has begun and has nothing yet
 */
public record SavedStream(
    String stream,
    @Nullable Position acknowledged,
    Position end,
    Delivered delivered,
    Consumer<@Nullable Position> delivering) {

  /**
   * The last position that was delivered to an output that keeps positions.
   *
   * @param known whether all that this state acknowledged went to such an output
   * @param position null if that was nothing yet
   */
  public record Delivered(boolean known, @Nullable Position position) {}
}
