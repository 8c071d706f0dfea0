// SPDX-License-Identifier: Apache-2.0
package dev.waltap.live;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import dev.waltap.text.ChangedColumns;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes as the page gets them. A value is a string whose first character is its type, since a
 * browser's numbers don't hold 64 bits: {@code n} NULL, {@code i12} INTEGER, {@code r0.5} REAL,
 * {@code tAda} TEXT, {@code b16:0A0B} BLOB, with its length; a long text is cut, {@code T5000:Ada},
 * with how long it was. Stateless.
 */
public final class LiveJson {
  private static final int TEXT_SHOWN = 200;
  private static final int SQL_SHOWN = 2000;
  private static final int BYTES_SHOWN = 16;
  private static final int COLUMNS_SHOWN = 100;
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private LiveJson() {}

  /** Writes an object. */
  public static void write(LiveChange live, JsonGenerator json) throws IOException {
    Change change = live.change();
    json.writeStartObject();
    json.writeNumberField("n", live.number());
    json.writeStringField("db", live.database());
    json.writeStringField("table", change.table());
    json.writeStringField("op", change.operation().name());
    json.writeNumberField("at", change.timestamp().toEpochMilli());
    json.writeStringField("tx", change.transaction().id());
    json.writeBooleanField("last", change.transaction().last());
    if (!live.whole()) {
      json.writeBooleanField("large", true);
    } else if (change.operation() == Operation.SCHEMA) {
      writeSchema("from", change.schemaBefore(), json);
      writeSchema("to", change.schemaAfter(), json);
    } else {
      writeRows(change, json);
    }
    json.writeEndObject();
  }

  private static void writeSchema(String name, @Nullable TableSchema table, JsonGenerator json)
      throws IOException {
    json.writeStringField(name, table == null ? null : cut(table.sql(), SQL_SHOWN));
  }

  private static void writeRows(Change change, JsonGenerator json) throws IOException {
    Row before = change.before();
    Row after = change.after();
    Row shown = after != null ? after : before;
    if (shown == null) {
      return;
    }
    int columns = Math.min(shown.size(), COLUMNS_SHOWN);
    json.writeNumberField("more", shown.size() - columns);
    json.writeArrayFieldStart("cols");
    for (String column : shown.names().subList(0, columns)) {
      json.writeString(cut(column, TEXT_SHOWN));
    }
    json.writeEndArray();
    writeKey(change.key(), shown, columns, json);
    writeRow("before", before, shown, columns, json);
    writeRow("after", after, shown, columns, json);
    if (before != null && after != null) {
      json.writeArrayFieldStart("changed");
      for (int index : ChangedColumns.of(before, after)) {
        if (index < columns) {
          json.writeNumber(index);
        }
      }
      json.writeEndArray();
    }
  }

  private static void writeKey(@Nullable Row key, Row shown, int columns, JsonGenerator json)
      throws IOException {
    if (key == null) {
      return;
    }
    json.writeArrayFieldStart("key");
    for (String name : key.names()) {
      int index = shown.indexOf(name);
      if (index >= 0 && index < columns) {
        json.writeNumber(index);
      }
    }
    json.writeEndArray();
    if (key.size() == 1 && shown.indexOf(key.names().get(0)) < 0) {
      json.writeStringField("rowid", value(key, 0).substring(1));
    }
  }

  /** The values of a row, in the columns of another of the same table. */
  private static void writeRow(
      String name, @Nullable Row row, Row columnsOf, int columns, JsonGenerator json)
      throws IOException {
    if (row == null) {
      return;
    }
    json.writeArrayFieldStart(name);
    List<String> names = columnsOf.names();
    for (int i = 0; i < columns; i++) {
      int index = row == columnsOf ? i : row.indexOf(names.get(i));
      if (index < 0) {
        json.writeNull();
      } else {
        json.writeString(value(row, index));
      }
    }
    json.writeEndArray();
  }

  private static String value(Row row, int index) {
    return switch (row.storageClass(index)) {
      case NULL -> "n";
      case INTEGER -> "i" + row.getLong(index);
      case REAL -> "r" + row.getDouble(index);
      case TEXT -> text(String.valueOf(row.getString(index)));
      case BLOB -> blob(row.getByteBuffer(index));
    };
  }

  private static String text(String text) {
    int length = text.codePointCount(0, text.length());
    return length <= TEXT_SHOWN
        ? "t" + text
        : "T" + length + ":" + text.substring(0, text.offsetByCodePoints(0, TEXT_SHOWN));
  }

  private static String cut(String text, int most) {
    return text.codePointCount(0, text.length()) <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most)) + "…";
  }

  private static String blob(@Nullable ByteBuffer bytes) {
    int length = bytes == null ? 0 : bytes.remaining();
    byte[] shown = new byte[Math.min(length, BYTES_SHOWN)];
    if (bytes != null) {
      bytes.get(shown);
    }
    return "b" + length + ":" + HEX.formatHex(shown);
  }
}
