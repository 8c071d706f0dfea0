// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

/**
 * Which transactions are shown, and how much of them.
 *
 * @param skip so many are left out first
 * @param limit so many are shown
 * @param rows so many changes of each
 * @param frames whether every frame is shown
 */
record InspectRange(long skip, long limit, int rows, boolean frames) {

  /** Whether the transaction of this number, from 1, is shown. */
  boolean shows(long transaction) {
    return transaction > skip && transaction - skip <= limit;
  }

  /** How many of so many come behind those that are shown. */
  long behind(long transactions) {
    return Math.max(0, transactions - skip - limit);
  }
}
