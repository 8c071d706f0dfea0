// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.api.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The messages of the Kafka transaction that is open, kept until it is committed: what failed is
 * sent again whole. For the handler's thread.
 */
final class OpenTransaction {

  /** Half of what Kafka gives it: sending it again takes time, too. */
  private static final long MAX_NANOS =
      TimeUnit.MILLISECONDS.toNanos(KafkaSession.TRANSACTION_TIMEOUT_MILLIS / 2);

  private final long maxBytes;
  private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
  private long bytes;
  private long begun;
  private @Nullable Position end;

  /** An empty one, full at so many bytes of keys and values. */
  OpenTransaction(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Adds a message of the change at this position. */
  void add(ProducerRecord<byte[], byte[]> message, Position position) {
    if (records.isEmpty()) {
      begun = System.nanoTime();
    }
    records.add(message);
    end = position;
    bytes += length(message.key()) + length(message.value());
  }

  private static long length(byte @Nullable [] part) {
    return part == null ? 0 : part.length;
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  /** Whether it has to end, even within a transaction of the source. */
  boolean isFull() {
    return bytes >= maxBytes || (!isEmpty() && System.nanoTime() - begun >= MAX_NANOS);
  }

  List<ProducerRecord<byte[], byte[]>> records() {
    return records;
  }

  /** The position of the last change in it; null if it is empty. */
  @Nullable Position end() {
    return end;
  }

  /** It was committed. */
  void clear() {
    records.clear();
    bytes = 0;
    end = null;
  }
}
