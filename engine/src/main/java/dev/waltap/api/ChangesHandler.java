package dev.waltap.api;

import java.util.List;

/** Receives changes. */
@FunctionalInterface
public interface ChangesHandler {

  /**
   * Takes the next changes, in order; one call at a time, always from the same thread. Returning
   * means delivered.
   *
   * @param changes at least one, at most the batch size; immutable, may be kept
   * @throws Exception to stop the engine with this cause; the batch is delivered again on the next
   *     start
   */
  void handleChanges(List<Change> changes) throws Exception;
}
