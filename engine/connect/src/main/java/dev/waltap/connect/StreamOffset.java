// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.api.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * A source offset, as Connect keeps one for each database: {@code {"database":…}} to {@code
 * {"stream":…,"position":…}}.
 *
 * @param stream the stream's identity
 * @param position up to which Kafka holds it; null for nothing yet
 */
record StreamOffset(String stream, @Nullable Position position) {
  private static final String DATABASE = "database";
  private static final String STREAM = "stream";
  private static final String POSITION = "position";

  /** What offsets of this database are kept under. */
  static Map<String, String> partition(String database) {
    return Map.of(DATABASE, database);
  }

  /** As Connect keeps it. */
  Map<String, Object> map() {
    Map<String, Object> map = new HashMap<>();
    map.put(STREAM, stream);
    map.put(POSITION, position == null ? null : position.toString());
    return map;
  }

  /**
   * Reads what {@link #map} gives.
   *
   * @param offset null for none
   * @throws ConnectException if it is no such offset
   */
  static @Nullable StreamOffset of(@Nullable Map<String, ?> offset) {
    if (offset == null) {
      return null;
    }
    try {
      if (offset.get(STREAM) instanceof String stream) {
        Object position = offset.get(POSITION);
        return new StreamOffset(
            UUID.fromString(stream).toString(),
            position == null ? null : Position.parse(position.toString()));
      }
    } catch (IllegalArgumentException e) {
      throw new ConnectException(words(offset), e);
    }
    throw new ConnectException(words(offset));
  }

  private static String words(Map<String, ?> offset) {
    return "an offset is {\"stream\": UUID, \"position\": \"EPOCH:FRAME:INDEX\"}, not " + offset;
  }

  /**
   * Looks whether somebody may write this in the place of an offset.
   *
   * @param offset null to remove it
   * @throws ConnectException if not
   */
  static void check(Map<String, ?> partition, @Nullable Map<String, ?> offset) {
    if (partition.size() != 1
        || !(partition.get(DATABASE) instanceof String database)
        || database.isEmpty()) {
      throw new ConnectException("a partition is {\"database\": NAME}, not " + partition);
    }
    of(offset);
  }
}
