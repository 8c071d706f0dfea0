// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import java.time.Instant;

/** A time since 1970 UTC in the three units that Debezium gives it in. */
record DebeziumTime(long millis, long micros, long nanos) {

  @SuppressWarnings("JavaInstantGetSecondsGetNano") // Both are used.
  static DebeziumTime of(Instant time) {
    long nanos = time.getEpochSecond() * 1_000_000_000 + time.getNano();
    return new DebeziumTime(time.toEpochMilli(), Math.floorDiv(nanos, 1000L), nanos);
  }
}
