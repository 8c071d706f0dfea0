// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How long after its row was written a change was seen: the time of its commit included, that of
 * its delivery not.
 *
 * @param median in microseconds, 0 if unknown
 * @param p99 the same for the slowest in a hundred
 */
record Lateness(long median, long p99) {
  static final Lateness UNKNOWN = new Lateness(0, 0);

  private static final Pattern INSERT =
      Pattern.compile("\"timestamp\":\"([^\"]+)\",\"operation\":\"INSERT\".*\"created\":(\\d+)");

  /** That of the rows that were written from a time on, out of Waltap's JSON lines. */
  static Lateness of(Path jsonLines, Instant from) throws IOException {
    long first = micros(from);
    try (Stream<String> lines = Files.lines(jsonLines)) {
      long[] late =
          lines
              .map(INSERT::matcher)
              .filter(Matcher::find)
              .filter(insert -> written(insert) >= first)
              .mapToLong(insert -> micros(Instant.parse(insert.group(1))) - written(insert))
              .toArray();
      if (late.length == 0) {
        return UNKNOWN;
      }
      Arrays.sort(late);
      return new Lateness(late[late.length / 2], late[(int) (late.length * 0.99)]);
    }
  }

  private static long written(Matcher insert) {
    return Long.parseLong(Objects.requireNonNull(insert.group(2)));
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
