// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.waltap.api.Change;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import dev.waltap.json.BlobFormat;
import dev.waltap.json.ChangeJson;
import dev.waltap.json.JsonText;
import dev.waltap.text.ChangedColumns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A change as an event has it, without what only a capture knows, and with the names of the columns
 * that an update changed. For one thread.
 */
final class InspectedChangeJson {
  private final JsonFactory factory = new JsonFactory();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ChangeJson rows = new ChangeJson(BlobFormat.HEX, bytes);

  /** The object. */
  String of(Change change) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = factory.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("table", text(change.table()));
      json.writeStringField("operation", change.operation().name());
      if (change.operation() == Operation.SCHEMA) {
        schema(json, "before", change.schemaBefore());
        schema(json, "after", change.schemaAfter());
      } else {
        row(json, "key", change.key());
        row(json, "before", change.before());
        row(json, "after", change.after());
      }
      changed(json, change.before(), change.after());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private void row(JsonGenerator json, String name, @Nullable Row row) throws IOException {
    json.writeFieldName(name);
    if (row == null) {
      json.writeNull();
      return;
    }
    bytes.reset();
    rows.writeKey(row);
    rows.flush();
    json.writeRawValue(bytes.toString(StandardCharsets.UTF_8));
  }

  private static void schema(JsonGenerator json, String name, @Nullable TableSchema table)
      throws IOException {
    json.writeFieldName(name);
    if (table == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeStringField("name", text(table.name()));
    json.writeStringField("sql", text(table.sql()));
    json.writeArrayFieldStart("columns");
    for (ColumnSchema column : table.columns()) {
      json.writeStartObject();
      json.writeStringField("name", text(column.name()));
      json.writeStringField("type", text(column.type()));
      json.writeNumberField("key", column.key());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void changed(JsonGenerator json, @Nullable Row before, @Nullable Row after)
      throws IOException {
    if (before == null || after == null) {
      return;
    }
    json.writeArrayFieldStart("changed");
    for (int index : ChangedColumns.of(before, after)) {
      json.writeString(text(after.names().get(index)));
    }
    json.writeEndArray();
  }

  /** A name as JSON can have it. */
  static String text(String name) {
    return JsonText.wellFormed(name);
  }
}
