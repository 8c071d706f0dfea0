// SPDX-License-Identifier: Apache-2.0
package dev.waltap.handler;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before an attempt: doubling from the first pause to the longest, half of it
 * random, so that many clients of one server do not come back all at once.
 */
public record RetryDelay(long firstMillis, long longestMillis) {

  /** What a server may ask for at most; beyond it, its clock or ours is wrong. */
  private static final long MAX_RETRY_AFTER = Duration.ofHours(1).toMillis();

  /** From a quarter of a second to half a minute. */
  public static RetryDelay standard() {
    return new RetryDelay(250, 30_000);
  }

  /**
   * The pause after the attempt of this number, from 0; never shorter than the server asked for.
   */
  public long millis(int attempt, long retryAfter) {
    long full = attempt >= 20 ? longestMillis : Math.min(longestMillis, firstMillis << attempt);
    long half = full / 2;
    return Math.max(retryAfter, half + ThreadLocalRandom.current().nextLong(half + 1));
  }

  /** What a {@code Retry-After} header asks for: seconds or a date; 0 for anything else. */
  public static long retryAfterMillis(String header) {
    String text = header.strip();
    long millis = 0;
    try {
      millis = Math.multiplyExact(Long.parseLong(text), 1000L);
    } catch (NumberFormatException notSeconds) {
      millis = millisUntil(text);
    } catch (ArithmeticException far) {
      millis = MAX_RETRY_AFTER;
    }
    return Math.min(Math.max(millis, 0), MAX_RETRY_AFTER);
  }

  private static long millisUntil(String date) {
    try {
      Instant then = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Duration.between(Instant.now(), then).toMillis();
    } catch (DateTimeException e) {
      return 0;
    }
  }
}
