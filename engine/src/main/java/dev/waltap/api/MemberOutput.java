// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.io.IOException;

/**
 * Where the changes of one database of a {@link Fleet} go: opened before its capture, closed after
 * it, as often as that is parked and opened again. Called by one thread at a time, and each call
 * sees what the one before it did; but not always by the same thread, see {@link Fleet}. {@link
 * #stop} is for any.
 */
public interface MemberOutput extends AutoCloseable {

  /** How members get theirs. */
  @FunctionalInterface
  interface Opening {

    /**
     * Opens one; may take as long as it takes.
     *
     * @throws IOException if it can't be opened; tried again later
     * @throws CaptureException likewise, with a reason
     */
    MemberOutput open(FleetMember member) throws IOException, InterruptedException;

    /**
     * Whether each member's has to be opened once when the fleet starts, since only that shows
     * whether it {@linkplain MemberOutput#startsOver starts over} (true). If not, databases that
     * are as they were when they were parked stay so.
     */
    default boolean looksAtEach() {
      return true;
    }
  }

  /** Takes the changes. */
  ChangesHandler handler();

  /** Whether all rows have to be delivered first, since the output holds another stream. */
  default boolean startsOver() {
    return false;
  }

  /** Abandons what is only retried, since the fleet is closed; for any thread. */
  default void stop() {}

  @Override
  default void close() throws IOException {}
}
