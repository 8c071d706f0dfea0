// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.api.Position;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The transaction of Kafka that is open: what it holds, and when it has to end. For one thread. */
final class OpenTransaction {
  private final long maxBytes;
  private final long maxNanos;
  private long records;
  private long allBytes;
  private long bytesBefore;
  private long beganNanos;
  private long ended;
  private @Nullable Position position;
  private @Nullable Position endedPosition;

  /**
   * An empty one.
   *
   * @param maxBytes how much it holds before it is full
   * @param maxMillis how long it is open before it is full
   */
  OpenTransaction(long maxBytes, long maxMillis) {
    this.maxBytes = maxBytes;
    this.maxNanos = TimeUnit.MILLISECONDS.toNanos(maxMillis);
  }

  /** Kafka has the stream up to here already. */
  void beginAt(@Nullable Position present) {
    position = present;
    endedPosition = present;
  }

  /**
   * More records.
   *
   * @param bytes of all records that ever were
   */
  void add(List<CaptureRecord> more, long bytes) {
    if (more.isEmpty()) {
      return;
    }
    if (records == 0) {
      beganNanos = System.nanoTime();
    }
    records += more.size();
    allBytes = bytes;
    position = more.get(more.size() - 1).position();
  }

  boolean isEmpty() {
    return records == 0;
  }

  boolean isFull() {
    return allBytes - bytesBefore >= maxBytes || System.nanoTime() - beganNanos >= maxNanos;
  }

  /** It ends behind so many changes, and the next one begins. */
  void end(long changes) {
    records = 0;
    bytesBefore = allBytes;
    ended = changes;
    endedPosition = position;
  }

  /** Up to which Kafka has the stream when what has ended is committed; null for nothing. */
  @Nullable Position endedPosition() {
    return endedPosition;
  }

  /** How many changes are in transactions that ended. */
  long ended() {
    return ended;
  }
}
