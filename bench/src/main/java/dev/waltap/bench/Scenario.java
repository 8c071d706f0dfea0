// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

/**
 * What the application does in a run.
 *
 * @param synchronous NORMAL or FULL
 * @param rate transactions per second; 0 for as many as it can
 */
record Scenario(String synchronous, double rate) {
  String title() {
    return "synchronous="
        + synchronous
        + ", "
        + (rate > 0 ? "paced at " + Math.round(rate) + "/s" : "as fast as it can");
  }
}
