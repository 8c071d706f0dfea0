// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.waltap.api.Change;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.api.Source;
import dev.waltap.api.StorageClass;
import dev.waltap.api.TableSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Changes as JSON by a library, value by value: slow, and plainly right. What {@link ChangeJson}
 * writes must be the same in every byte.
 */
final class ReferenceJson {
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder().enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8).build();

  private final BlobFormat blobs;
  private final JsonGenerator json;

  private ReferenceJson(BlobFormat blobs, JsonGenerator json) {
    this.blobs = blobs;
    this.json = json;
  }

  /** The change's object. */
  static byte[] of(Change change, BlobFormat blobs) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      new ReferenceJson(blobs, json).write(change);
    }
    return bytes.toByteArray();
  }

  /** A text as a JSON string. */
  static byte[] of(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeString(JsonText.wellFormed(text));
    }
    return bytes.toByteArray();
  }

  private void write(Change change) throws IOException {
    json.writeStartObject();
    text("table", change.table());
    text("timestamp", JsonText.timestamp(change.timestamp()));
    text("operation", change.operation().name());
    if (change.operation() == Operation.SCHEMA) {
      schema("before", change.schemaBefore());
      schema("after", change.schemaAfter());
    } else {
      row("before", change.before(), change.key());
      row("after", change.after(), change.key());
    }
    row("key", change.key(), change.key());
    text("position", change.position().toString());
    json.writeObjectFieldStart("transaction");
    text("id", change.transaction().id());
    json.writeNumberField("index", change.transaction().index());
    json.writeBooleanField("last", change.transaction().last());
    json.writeEndObject();
    if (!change.source().equals(Source.NONE)) {
      json.writeObjectFieldStart("source");
      text("database", change.source().database());
      text("stream", change.source().stream());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private void text(String name, String text) throws IOException {
    json.writeStringField(name, JsonText.wellFormed(text));
  }

  private void schema(String side, @Nullable TableSchema table) throws IOException {
    json.writeFieldName(side);
    if (table == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    text("name", table.name());
    text("sql", table.sql());
    json.writeArrayFieldStart("columns");
    for (ColumnSchema column : table.columns()) {
      json.writeStartObject();
      text("name", column.name());
      text("type", column.type());
      json.writeNumberField("key", column.key());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void row(String side, @Nullable Row row, @Nullable Row key) throws IOException {
    json.writeFieldName(side);
    if (row == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    for (int i = 0; i < row.size(); i++) {
      String column = row.names().get(i);
      boolean omitted =
          row.storageClass(i) == StorageClass.BLOB
              && blobs == BlobFormat.OMIT
              && (key == null || key.indexOf(column) < 0);
      if (!omitted) {
        json.writeFieldName(JsonText.wellFormed(column));
        value(row.getObject(i));
      }
    }
    json.writeEndObject();
  }

  private void value(@Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Double number) {
      json.writeNumber(real(number));
    } else if (value instanceof String text) {
      json.writeString(JsonText.wellFormed(text));
    } else if (blobs == BlobFormat.BASE64) {
      json.writeBinary(
          Base64Variants.MIME_NO_LINEFEEDS, (byte[]) value, 0, ((byte[]) value).length);
    } else {
      json.writeString(HexFormat.of().withUpperCase().formatHex((byte[]) value));
    }
  }

  static String real(double value) {
    if (Double.isNaN(value)) {
      return "null";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "9e999" : "-9e999";
    }
    return NumberOutput.toString(value, true);
  }
}
