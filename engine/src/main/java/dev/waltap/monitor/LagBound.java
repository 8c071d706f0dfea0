// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import dev.waltap.api.CaptureMetrics;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far a capture may be behind and still count as ready.
 *
 * @param transactions the most that may wait; negative for any number
 * @param time the longest that a change may wait; null for any time
 */
public record LagBound(long transactions, @Nullable Duration time) {

  /** However far it is behind. */
  public static final LagBound NONE = new LagBound(-1, null);

  /** Whether a capture is further behind. */
  boolean isExceededBy(CaptureMetrics metrics) {
    return (transactions >= 0 && metrics.lagTransactions() > transactions)
        || (time != null && metrics.lag().compareTo(time) > 0);
  }
}
