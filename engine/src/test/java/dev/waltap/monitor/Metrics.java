// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import dev.waltap.api.CaptureMetrics;
import dev.waltap.capture.MetricsSnapshot;
import java.time.Duration;

/** Metrics for tests. */
final class Metrics {
  private Metrics() {}

  /** So many changes delivered, and none waiting for longer than this. */
  static CaptureMetrics of(long changes, Duration lag) {
    Duration none = Duration.ZERO;
    return new MetricsSnapshot(
        null, 3, 2, lag, changes, changes, changes, 100, 7, 1, 0, 0, none, none, 4, 40, 5, 50, 0.5,
        600, 0);
  }
}
