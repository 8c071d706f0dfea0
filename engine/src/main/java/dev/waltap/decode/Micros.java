// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import java.time.Instant;

/** Microseconds since 1970 UTC: times as they are kept where there is one for each change. */
public final class Micros {
  private static final long PER_SECOND = 1_000_000;

  private Micros() {}

  /** The time as it is. */
  public static long now() {
    return of(Instant.now());
  }

  /** A time, cut to whole microseconds. */
  public static long of(Instant time) {
    return time.getEpochSecond() * PER_SECOND + time.getNano() / 1_000;
  }

  /** The time that this is. */
  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * 1_000);
  }
}
