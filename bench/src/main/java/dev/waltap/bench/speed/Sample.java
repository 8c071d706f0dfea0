// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one run took.
 *
 * @param seconds by the clock
 * @param processorSeconds of all threads, the JVM's compiler and collector included
 */
record Sample(double seconds, double processorSeconds) {
  private static final Pattern LINE = Pattern.compile("seconds=([0-9.]+) processor=([0-9.]+)");

  /** Finds it in what a process printed. */
  static Sample in(String printed) {
    Matcher matcher = LINE.matcher(printed);
    if (!matcher.find()) {
      throw new IllegalStateException("no figures, but: " + printed);
    }
    return new Sample(
        Double.parseDouble(Objects.requireNonNull(matcher.group(1))),
        Double.parseDouble(Objects.requireNonNull(matcher.group(2))));
  }

  /** As {@link #in} reads it. */
  String line() {
    return String.format(Locale.ROOT, "seconds=%.4f processor=%.4f", seconds, processorSeconds);
  }
}
