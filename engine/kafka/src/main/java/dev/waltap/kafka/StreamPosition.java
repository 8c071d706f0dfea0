// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.waltap.api.Position;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A record of the positions topic. Its key is {@code {"stream":…,"database":…}}, its value {@code
 * {"position":…,"writer":…,"state":…,"checked":…,"ends":{"TOPIC-PARTITION":OFFSET,…},
 * "missed":["TOPIC-PARTITION",…]}}; a tombstone once a run without state is over and forgotten.
 *
 * @param position of the last change committed; null for none
 * @param writer the run that wrote it
 * @param state whether the stream goes on in later runs
 * @param checked whether all that came before it was seen to be ended by Kafka; not by earlier
 *     builds
 * @param ends offsets of the last messages of the same Kafka transaction, by partition; of a record
 *     that was read, its own, too
 * @param missed partitions of which Kafka did not show what it had not ended, and has not since
 */
record StreamPosition(
    String stream,
    String database,
    @Nullable Position position,
    String writer,
    boolean state,
    boolean checked,
    Map<TopicPartition, Long> ends,
    Set<TopicPartition> missed) {
  private static final JsonFactory JSON = new JsonFactory();

  byte[] key() {
    return object(
        json -> {
          json.writeStringField("stream", stream);
          json.writeStringField("database", database);
        });
  }

  byte[] value() {
    return object(
        json -> {
          json.writeStringField("position", position == null ? null : position.toString());
          json.writeStringField("writer", writer);
          json.writeBooleanField("state", state);
          json.writeBooleanField("checked", checked);
          json.writeObjectFieldStart("ends");
          for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            json.writeNumberField(end.getKey().toString(), end.getValue());
          }
          json.writeEndObject();
          if (!missed.isEmpty()) {
            json.writeArrayFieldStart("missed");
            for (TopicPartition each : missed) {
              json.writeString(each.toString());
            }
            json.writeEndArray();
          }
        });
  }

  /** The same, with these ends and those that it has. */
  StreamPosition with(Map<TopicPartition, Long> more) {
    Map<TopicPartition, Long> all = new HashMap<>(ends);
    all.putAll(more);
    return new StreamPosition(
        stream, database, position, writer, state, checked, Map.copyOf(all), missed);
  }

  /** The same, with what Kafka did not show. */
  StreamPosition with(boolean areChecked, Set<TopicPartition> areMissed) {
    return new StreamPosition(
        stream, database, position, writer, state, areChecked, ends, Set.copyOf(areMissed));
  }

  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private static byte[] object(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #key} and {@link #value} give.
   *
   * @return null for what is not such a record
   */
  static @Nullable StreamPosition of(byte[] key, byte[] value) {
    try {
      Map<TopicPartition, Long> ends = new HashMap<>();
      Set<TopicPartition> missed = new HashSet<>();
      Map<String, String> names = fields(key, ends, missed);
      Map<String, String> values = fields(value, ends, missed);
      String stream = names.get("stream");
      String database = names.get("database");
      String writer = values.get("writer");
      String position = values.get("position");
      return stream == null || database == null || writer == null
          ? null
          : new StreamPosition(
              stream,
              database,
              position == null ? null : Position.parse(position),
              writer,
              "true".equals(values.get("state")),
              "true".equals(values.get("checked")),
              Map.copyOf(ends),
              Set.copyOf(missed));
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  private static Map<String, String> fields(
      byte[] object, Map<TopicPartition, Long> ends, Set<TopicPartition> missed)
      throws IOException {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = JSON.createParser(object)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return fields;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        if (name.equals("ends") && token == JsonToken.START_OBJECT) {
          readEnds(parser, ends);
        } else if (name.equals("missed") && token == JsonToken.START_ARRAY) {
          while (parser.nextToken() == JsonToken.VALUE_STRING) {
            missed.add(partition(parser.getText()));
          }
        } else if (token.isStructStart()) {
          parser.skipChildren();
        } else if (token != JsonToken.VALUE_NULL) {
          fields.put(name, parser.getText());
        }
      }
    }
    return fields;
  }

  private static void readEnds(JsonParser parser, Map<TopicPartition, Long> ends)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      ends.put(partition(name), parser.getLongValue());
    }
  }

  private static TopicPartition partition(String text) {
    int dash = text.lastIndexOf('-');
    return new TopicPartition(
        text.substring(0, Math.max(dash, 0)), Integer.parseInt(text.substring(dash + 1)));
  }
}
