// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Structs as the JSON converter of Kafka Connect writes them, with their schema or without. An
 * infinity is {@code 9e999}, as in the JSON lines: that converter reads it back as what it was,
 * while it reads its own {@code "Infinity"} as 0. For one thread.
 */
final class DataJson {
  private static final int MAX_SCHEMAS = 1000;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder().enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8).build();

  private final boolean withSchema;
  private final IdentityHashMap<DataSchema, String> schemas = new IdentityHashMap<>();

  DataJson(boolean withSchema) {
    this.withSchema = withSchema;
  }

  /** A string in quotes. */
  static byte[] string(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeString(text);
    }
    return bytes.toByteArray();
  }

  byte @Nullable [] bytes(@Nullable DataStruct struct) throws IOException {
    if (struct == null) {
      return null;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      if (withSchema) {
        json.writeStartObject();
        json.writeFieldName("schema");
        json.writeRawValue(schema(struct.schema()));
        json.writeFieldName("payload");
      }
      write(struct, json);
      if (withSchema) {
        json.writeEndObject();
      }
    }
    return bytes.toByteArray();
  }

  private void write(@Nullable Object value, JsonGenerator json) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof DataStruct struct) {
      json.writeStartObject();
      List<DataField> fields = struct.schema().fields();
      for (int i = 0; i < fields.size(); i++) {
        json.writeFieldName(fields.get(i).name());
        write(struct.values().get(i), json);
      }
      json.writeEndObject();
    } else if (value instanceof List<?> items) {
      json.writeStartArray();
      for (Object item : items) {
        write(item, json);
      }
      json.writeEndArray();
    } else {
      scalar(value, json);
    }
  }

  private static void scalar(Object value, JsonGenerator json) throws IOException {
    if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof byte[] bytes) {
      json.writeBinary(bytes);
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else if (value instanceof Double number) {
      json.writeNumber(text(number));
    } else {
      json.writeNumber(((Number) value).longValue());
    }
  }

  private static String text(double number) {
    if (Double.isInfinite(number)) {
      return number > 0 ? "9e999" : "-9e999";
    }
    return NumberOutput.toString(number, true);
  }

  private String schema(DataSchema schema) throws IOException {
    String known = schemas.get(schema);
    if (known != null) {
      return known;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(2048);
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      write(schema, null, json);
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    if (schemas.size() >= MAX_SCHEMAS) {
      schemas.clear(); // Those of single messages are not met again.
    }
    schemas.put(schema, text);
    return text;
  }

  private static void write(DataSchema schema, @Nullable String field, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("type", schema.type().jsonName());
    DataSchema items = schema.items();
    if (items != null) {
      json.writeFieldName("items");
      write(items, null, json);
    }
    if (schema.type() == DataType.STRUCT) {
      json.writeArrayFieldStart("fields");
      for (DataField inner : schema.fields()) {
        write(inner.schema(), inner.name(), json);
      }
      json.writeEndArray();
    }
    json.writeBooleanField("optional", schema.isOptional());
    if (schema.name() != null) {
      json.writeStringField("name", schema.name());
    }
    if (schema.version() > 0) {
      json.writeNumberField("version", schema.version());
    }
    if (schema.allowed() != null) {
      json.writeObjectFieldStart("parameters");
      json.writeStringField("allowed", schema.allowed());
      json.writeEndObject();
    }
    if (schema.defaultValue() != null) {
      json.writeFieldName("default");
      scalar(schema.defaultValue(), json);
    }
    if (field != null) {
      json.writeStringField("field", field);
    }
    json.writeEndObject();
  }
}
