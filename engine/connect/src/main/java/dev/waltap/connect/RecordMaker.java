// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.api.Change;
import dev.waltap.api.Position;
import dev.waltap.message.DataMessage;
import dev.waltap.message.DataStruct;
import dev.waltap.message.DebeziumMapping;
import dev.waltap.message.TopicNames;
import dev.waltap.message.TypeMismatchException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Changes of one database as records. The offset of a record is that of its change if it is the
 * last one of it, else that of the change before: what was sent of a change in part is sent again.
 * For one thread.
 */
final class RecordMaker {

  /** What a record takes beside its values; about. */
  private static final int OVERHEAD = 512;

  private final DatabaseCapture capture;
  private final DebeziumMapping mapping;
  private final TopicNames topics;
  private final ConnectSchemas schemas;
  private final boolean tombstones;
  private final Map<String, String> partition;

  /** What Kafka has from an earlier run, and need not be sent again. */
  private final @Nullable Position floor;

  private @Nullable StreamOffset offset;
  private long changes;
  private long bytes;

  /**
   * Records of a database.
   *
   * @param nothingBefore whether none was ever sent
   */
  RecordMaker(
      DatabaseCapture capture,
      ConnectSettings settings,
      String database,
      @Nullable Position floor,
      boolean nothingBefore) {
    this.capture = capture;
    this.mapping = new DebeziumMapping(settings.messages());
    if (nothingBefore) {
      mapping.nothingBefore();
    }
    this.topics = settings.topics(database);
    this.schemas = settings.schemas();
    this.tombstones = settings.tombstones();
    this.partition = StreamOffset.partition(database);
    this.floor = floor;
  }

  /** Adds the records of a change. */
  void add(Change change, List<CaptureRecord> to) throws TypeMismatchException {
    changes++;
    // The mapping is given all, since it counts; what Kafka has is left out.
    List<DataMessage> messages = mapping.messages(change);
    Position position = change.position();
    StreamOffset before = offset;
    if (before == null) {
      before = new StreamOffset(change.source().stream(), floor);
    }
    StreamOffset after = new StreamOffset(change.source().stream(), position);
    offset = before;
    if (floor != null && position.compareTo(floor) <= 0) {
      return;
    }
    int last = messages.size() - 1;
    while (last >= 0 && !isSent(messages.get(last))) {
      last--;
    }
    for (int i = 0; i <= last; i++) {
      if (isSent(messages.get(i))) {
        offset = i == last ? after : before;
        to.add(record(messages.get(i), offset));
      }
    }
  }

  private boolean isSent(DataMessage message) {
    return tombstones || message.value() != null;
  }

  private CaptureRecord record(DataMessage message, StreamOffset at) {
    Struct key = schemas.struct(message.key());
    Struct value = schemas.struct(message.value());
    bytes += OVERHEAD + size(message.value());
    return new CaptureRecord(
        capture,
        changes,
        partition,
        at,
        topics.of(message.kind(), message.table()),
        key == null ? null : key.schema(),
        key,
        value == null ? null : value.schema(),
        value);
  }

  private static long size(@Nullable Object value) {
    if (value instanceof DataStruct struct) {
      long size = 0;
      for (Object each : struct.values()) {
        size += size(each);
      }
      return size;
    }
    if (value instanceof byte[] blob) {
      return blob.length;
    }
    return value instanceof String text ? text.length() : 8;
  }

  /** How many changes were added. */
  long changes() {
    return changes;
  }

  /** Bytes of all records so far, about. */
  long bytes() {
    return bytes;
  }

  /** The offset of the last record; null before the first. */
  @Nullable StreamOffset offset() {
    return offset;
  }
}
