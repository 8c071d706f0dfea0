// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

/** How closely the wal-index is looked at while commits come. For the capture thread. */
interface PollingPace {

  /** A look found news. */
  void news(long now);

  /** News come so fast that nothing is waited for. */
  default void busy() {}

  /** Whether news are so rare that it is worth it to be notified of writes to the file. */
  boolean isSparse();

  /**
   * How long not to look again after a look that found nothing.
   *
   * @param now from {@link System#nanoTime}
   * @param quiet nanoseconds since the last news, or since the file was written to
   * @return nanoseconds, more than 0
   */
  long pause(long now, long quiet);

  /** So often it looks again at once, where nothing was found; for who must not wait. */
  default int spins() {
    return 20;
  }

  /** How long not to look while commits come so fast that each look finds some; 0 to look on. */
  default long briskRest() {
    return 0;
  }
}
