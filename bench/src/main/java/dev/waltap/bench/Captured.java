// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

/**
 * What was seen of the capture in a run.
 *
 * @param delivered how many changes were delivered
 * @param gaps how often history was lost and emitted as net changes
 * @param lagMillis from the last commit to its delivery
 * @param seen how long after its row was written a change was seen by Waltap
 * @param processors how many processors the capture kept busy
 * @param wakeUps how often a second a thread of it was woken
 */
record Captured(
    long delivered, long gaps, double lagMillis, Lateness seen, double processors, double wakeUps) {

  /** Without a capture. */
  static final Captured NOTHING = new Captured(0, 0, 0, Lateness.UNKNOWN, 0, 0);
}
