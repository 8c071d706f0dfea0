// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import java.util.Arrays;
import java.util.Locale;

/** How long the events of the last transactions took, from commit to handler. */
final class Latencies {

  private static final int MOST = 100_000;
  private static final double NANOS_PER_MILLI = 1e6;

  private final long[] nanos = new long[MOST];
  private long added;

  void add(long nanosTaken) {
    nanos[(int) (added % MOST)] = nanosTaken;
    added++;
  }

  boolean isEmpty() {
    return added == 0;
  }

  /** The one that this share of all is not longer than; 0.5 for the median, 1 for the longest. */
  long quantile(double share) {
    int count = (int) Math.min(added, MOST);
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * count) - 1)];
  }

  static String text(long nanos) {
    double millis = nanos / NANOS_PER_MILLI;
    if (millis >= 1000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000);
    }
    return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%.0f ms", millis);
  }
}
