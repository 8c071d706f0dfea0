// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.util.List;

/** Receives changes. */
@FunctionalInterface
public interface ChangesHandler {

  /**
   * Takes the next changes, in order; one call at a time, always from the same thread except in a
   * {@link Fleet}. Returning means delivered, unless {@link #flush} has something to do.
   *
   * @param changes at least one, at most the batch size; immutable, may be kept
   * @throws Exception to stop the engine with this cause; the batch is delivered again on the next
   *     start
   */
  void handleChanges(List<Change> changes) throws Exception;

  /**
   * Makes durable what was handled; for a handler whose batches aren't by the time it returns, such
   * as one that writes to a file and syncs it for several of them. Nothing counts as delivered
   * before this returns. Called from the thread of the last batch, or, in a {@link Fleet}, as
   * batches are: at once after a batch that follows a pause, within 20 ms otherwise, and at the
   * end.
   *
   * @throws Exception to stop the engine with this cause; what was handled since the last call that
   *     returned is delivered again on the next start
   */
  default void flush() throws Exception {}
}
