// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import java.util.Locale;

/**
 * What the application does in a run.
 *
 * @param cores how many it shares with the capture; 0 for all there are
 * @param synchronous NORMAL or FULL
 * @param rate transactions per second; 0 for as many as it can
 */
record Scenario(int cores, String synchronous, double rate) {
  String title() {
    return "synchronous="
        + synchronous
        + ", "
        + (rate > 0 ? "paced at " + Math.round(rate) + "/s" : "as fast as it can")
        + (cores > 0 ? ", cores: " + cores : "");
  }

  /** What is left of it where only the rate differs. */
  String pace() {
    return rate > 0 ? String.format(Locale.ROOT, "%,.0f/s", rate) : "as fast as it can";
  }
}
