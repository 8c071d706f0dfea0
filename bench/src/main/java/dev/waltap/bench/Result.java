// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

/**
 * One measured run.
 *
 * @param rate transactions per second
 * @param meanMicros how long a transaction took the application, without waiting for its pace
 * @param processorMicros how much processor time of its own that was
 * @param p99Micros the same for the slowest in a hundred
 * @param changes how many rows were changed in all
 * @param delivered how many of them were delivered
 * @param gaps how often history was lost and emitted as net changes
 * @param lagMillis from the last commit to its delivery
 * @param processors how many processors the capture kept busy
 */
record Result(
    Scenario scenario,
    int round,
    Way way,
    double rate,
    double meanMicros,
    double processorMicros,
    long p99Micros,
    long changes,
    long delivered,
    long gaps,
    double lagMillis,
    double processors) {

  static final String CSV_HEADER =
      "synchronous,pace,round,way,rate,mean_us,cpu_us,p99_us,changes,delivered,gaps,lag_ms,processors";

  String csv() {
    return String.format(
        java.util.Locale.ROOT,
        "%s,%.0f,%d,%s,%.1f,%.3f,%.3f,%d,%d,%d,%d,%.1f,%.3f",
        scenario.synchronous(),
        scenario.rate(),
        round,
        way.name().toLowerCase(java.util.Locale.ROOT),
        rate,
        meanMicros,
        processorMicros,
        p99Micros,
        changes,
        delivered,
        gaps,
        lagMillis,
        processors);
  }
}
