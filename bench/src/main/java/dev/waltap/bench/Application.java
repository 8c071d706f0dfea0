// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the application says of itself after a run.
 *
 * @param rate transactions per second
 * @param meanMicros how long a transaction took, without waiting for its pace
 * @param processorMicros how much processor time of its own that was
 * @param p99Micros the same for the slowest in a hundred
 * @param changes how many rows were changed in all
 */
record Application(
    double rate, double meanMicros, double processorMicros, long p99Micros, long changes) {

  /** Reads a line of {@link WriterMain}. */
  static Application of(String figures) {
    return new Application(
        figure(figures, "rate"),
        figure(figures, "mean"),
        figure(figures, "cpu"),
        (long) figure(figures, "p99"),
        (long) figure(figures, "changes"));
  }

  private static double figure(String figures, String name) {
    Matcher matcher = Pattern.compile("\\b" + name + "=([0-9.]+)").matcher(figures);
    if (!matcher.find()) {
      throw new IllegalStateException("no " + name + " in " + figures);
    }
    return Double.parseDouble(Objects.requireNonNull(matcher.group(1)));
  }
}
