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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of the positions topic. Its key is {@code {"stream":…,"database":…}}, its value {@code
 * {"position":…,"writer":…,"state":…}}; a tombstone once a run without state is over and forgotten.
 *
 * @param position of the last change committed; null for none
 * @param writer the run that wrote it
 * @param state whether the stream goes on in later runs
 */
record StreamPosition(
    String stream, String database, @Nullable Position position, String writer, boolean state) {
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
        });
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
      Map<String, String> names = fields(key);
      Map<String, String> values = fields(value);
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
              "true".equals(values.get("state")));
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  private static Map<String, String> fields(byte[] object) throws IOException {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = JSON.createParser(object)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return fields;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        if (token.isStructStart()) {
          parser.skipChildren();
        } else if (token != JsonToken.VALUE_NULL) {
          fields.put(name, parser.getText());
        }
      }
    }
    return fields;
  }
}
