// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/**
 * Says when to look for commits. One signal serves one capture, which closes it once, when it has
 * run or is closed; {@link #await} is called by its capture thread only, {@link #wake} by any
 * thread.
 */
public interface WakeSignal extends AutoCloseable {

  /**
   * Called once before the first {@link #await}.
   *
   * @param probe says whether there is something new to read; cheap, for the capture thread only
   * @param database the database file
   */
  default void start(java.util.function.BooleanSupplier probe, java.nio.file.Path database) {}

  /**
   * Returns when it is time to look: at the latest after {@code maxNanos}, at once after {@link
   * #wake}. May return early without cause.
   */
  void await(long maxNanos);

  /**
   * Called on the capture thread each time it rests for a while instead of waiting for this signal,
   * since commits come so fast that each look finds some. What watches files for it may stop to, as
   * long as nothing is awaited. Returns at once; by default it does nothing.
   */
  default void busy() {}

  /** Ends an {@link #await} under way, or the next one. */
  void wake();

  /** Releases what the signal holds. */
  @Override
  default void close() {}
}
