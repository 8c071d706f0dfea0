// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import java.util.Locale;

/** One measured run. */
record Result(Scenario scenario, int round, Way way, Application application, Captured captured) {

  static final String CSV_HEADER =
      "cores,synchronous,pace,round,way,rate,mean_us,cpu_us,p99_us,changes,delivered,gaps,lag_ms,"
          + "seen_p50_us,seen_p99_us,processors,wakeups";

  String csv() {
    return String.format(
        Locale.ROOT,
        "%d,%s,%.0f,%d,%s,%.1f,%.3f,%.3f,%d,%d,%d,%d,%.1f,%d,%d,%.3f,%.0f",
        scenario.cores(),
        scenario.synchronous(),
        scenario.rate(),
        round,
        way.name().toLowerCase(Locale.ROOT),
        application.rate(),
        application.meanMicros(),
        application.processorMicros(),
        application.p99Micros(),
        application.changes(),
        captured.delivered(),
        captured.gaps(),
        captured.lagMillis(),
        captured.seen().median(),
        captured.seen().p99(),
        captured.processors(),
        captured.wakeUps());
  }
}
