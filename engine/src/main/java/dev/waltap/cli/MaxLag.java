// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.inspect.CaptureStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/**
 * How far a capture may be behind: a number of transactions, or a time.
 *
 * @param text as it was typed
 * @param transactions the number; -1 if it is a time
 * @param time the time; null if it is a number
 */
record MaxLag(String text, long transactions, @Nullable Duration time) {

  /** {@code 1000} are transactions, {@code 30s} is a time. */
  static final class Converter implements CommandLine.ITypeConverter<MaxLag> {
    @Override
    public MaxLag convert(String text) {
      String value = text.strip();
      if (!value.matches("\\d{1,18}")) {
        try {
          return new MaxLag(value, -1, OptionConverters.duration(value));
        } catch (TypeConversionException e) {
          throw new TypeConversionException(
              "'" + text + "' is no lag: write a number of transactions, or a time (30s, 5m)");
        }
      }
      return new MaxLag(value, Long.parseLong(value), null);
    }
  }

  /** Whether the capture is further behind. What can't be counted is more than any number. */
  boolean isExceededBy(CaptureStatus status, Instant now) {
    return time != null
        ? status.age(now).compareTo(time) > 0
        : status.transactions() < 0 || status.transactions() > transactions;
  }
}
