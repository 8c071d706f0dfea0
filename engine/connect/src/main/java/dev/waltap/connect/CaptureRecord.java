// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.api.Position;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** A record that knows where it comes from, for when the worker says that it is committed. */
final class CaptureRecord extends SourceRecord {
  private final DatabaseCapture capture;
  private final long change;
  private final @Nullable Position position;
  private boolean done;

  /**
   * A record.
   *
   * @param change the number of the change it is of, in this run of the capture
   * @param offset up to which Kafka has everything with this record
   */
  CaptureRecord(
      DatabaseCapture capture,
      long change,
      Map<String, ?> sourcePartition,
      StreamOffset offset,
      String topic,
      @Nullable Schema keySchema,
      @Nullable Object key,
      @Nullable Schema valueSchema,
      @Nullable Object value) {
    super(sourcePartition, offset.map(), topic, null, keySchema, key, valueSchema, value);
    this.capture = capture;
    this.change = change;
    this.position = offset.position();
  }

  DatabaseCapture capture() {
    return capture;
  }

  long change() {
    return change;
  }

  /** Up to which Kafka has everything with this record; null for nothing. */
  @Nullable Position position() {
    return position;
  }

  /** Whether it is committed; under the lock of its capture. */
  boolean isDone() {
    return done;
  }

  /** It is committed; under the lock of its capture. */
  void done() {
    done = true;
  }

  // Records are the same if they are the same object, whatever they hold.

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
