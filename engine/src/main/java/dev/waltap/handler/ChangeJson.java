// SPDX-License-Identifier: Apache-2.0
package dev.waltap.handler;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.waltap.api.Change;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.api.Source;
import dev.waltap.api.StorageClass;
import dev.waltap.api.TableSchema;
import dev.waltap.api.Transaction;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes a change as one JSON object on one line, in UTF-8, streaming: a BLOB never becomes a
 * string of its own, so a row costs little more memory than it has bytes.
 *
 * <p>An object's keys come in the order {@code table, timestamp, operation, before, after, key,
 * position, transaction, source}, the last one left out of a change that no capture made. A REAL
 * always has a fraction or an exponent, which distinguishes it from an INTEGER; infinities are
 * {@code 9e999} and {@code -9e999}, as in SQLite's own JSON. May be used by any number of threads.
 */
public final class ChangeJson {

  /** Closing must not close or flush the target, nor complete an object that broke off. */
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .rootValueSeparator((String) null)
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
          .build();

  /** Schemas come and go; what they were called is not kept for ever. */
  private static final int MAX_NAMES = 10_000;

  private static final SerializableString TABLE = new SerializedString("table");
  private static final SerializableString TIMESTAMP = new SerializedString("timestamp");
  private static final SerializableString OPERATION = new SerializedString("operation");
  private static final SerializableString BEFORE = new SerializedString("before");
  private static final SerializableString AFTER = new SerializedString("after");
  private static final SerializableString KEY = new SerializedString("key");
  private static final SerializableString POSITION = new SerializedString("position");
  private static final SerializableString TRANSACTION = new SerializedString("transaction");
  private static final SerializableString ID = new SerializedString("id");
  private static final SerializableString INDEX = new SerializedString("index");
  private static final SerializableString SOURCE = new SerializedString("source");
  private static final SerializableString DATABASE = new SerializedString("database");
  private static final SerializableString STREAM = new SerializedString("stream");
  private static final SerializableString LAST = new SerializedString("last");

  private final BlobFormat blobs;

  /** Columns' names as they are written: each is in every line, and escaped once. */
  private final ConcurrentMap<String, SerializableString> names = new ConcurrentHashMap<>();

  private final Timestamps timestamps = new Timestamps();

  public ChangeJson(BlobFormat blobs) {
    this.blobs = blobs;
  }

  /** A generator that writes to the stream; the caller closes both, the generator first. */
  JsonGenerator generator(OutputStream out) throws IOException {
    return FACTORY.createGenerator(out, JsonEncoding.UTF8);
  }

  /**
   * Writes the change's object and nothing after it. Neither flushes nor closes the stream.
   *
   * @throws IOException if the stream does
   */
  public void write(Change change, OutputStream out) throws IOException {
    try (JsonGenerator json = generator(out)) {
      write(change, json);
    }
  }

  void write(Change change, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeFieldName(TABLE);
    json.writeString(name(change.table()));
    json.writeFieldName(TIMESTAMP);
    json.writeString(timestamps.text(change.timestamp()));
    json.writeFieldName(OPERATION);
    json.writeString(change.operation().name());
    if (change.operation() == Operation.SCHEMA) {
      writeSchema(BEFORE, change.schemaBefore(), json);
      writeSchema(AFTER, change.schemaAfter(), json);
    } else {
      writeRow(BEFORE, change.before(), change.key(), json);
      writeRow(AFTER, change.after(), change.key(), json);
    }
    writeRow(KEY, change.key(), change.key(), json);
    json.writeFieldName(POSITION);
    json.writeString(change.position().toString());
    json.writeFieldName(TRANSACTION);
    writeTransaction(change.transaction(), json);
    writeSource(change.source(), json);
    json.writeEndObject();
  }

  private void writeSource(Source source, JsonGenerator json) throws IOException {
    if (source.equals(Source.NONE)) {
      return;
    }
    json.writeFieldName(SOURCE);
    json.writeStartObject();
    json.writeFieldName(DATABASE);
    json.writeString(name(source.database()));
    json.writeFieldName(STREAM);
    json.writeString(source.stream());
    json.writeEndObject();
  }

  private static void writeTransaction(Transaction transaction, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeFieldName(ID);
    json.writeString(transaction.id());
    json.writeFieldName(INDEX);
    json.writeNumber(transaction.index());
    json.writeFieldName(LAST);
    json.writeBoolean(transaction.last());
    json.writeEndObject();
  }

  private void writeRow(
      SerializableString side, @Nullable Row row, @Nullable Row key, JsonGenerator json)
      throws IOException {
    json.writeFieldName(side);
    if (row == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    for (int i = 0; i < row.size(); i++) {
      String column = row.names().get(i);
      StorageClass storageClass = row.storageClass(i);
      if (storageClass == StorageClass.BLOB
          && blobs == BlobFormat.OMIT
          && (key == null || key.indexOf(column) < 0)) {
        continue;
      }
      json.writeFieldName(name(column));
      writeValue(row, i, storageClass, json);
    }
    json.writeEndObject();
  }

  private SerializableString name(String name) {
    SerializableString known = names.get(name);
    if (known == null) {
      known = new SerializedString(JsonText.wellFormed(name));
      if (names.size() < MAX_NAMES) {
        names.put(name, known);
      }
    }
    return known;
  }

  private void writeValue(Row row, int index, StorageClass storageClass, JsonGenerator json)
      throws IOException {
    switch (storageClass) {
      case NULL -> json.writeNull();
      case INTEGER -> json.writeNumber(row.getLong(index));
      case REAL -> writeReal(row.getDouble(index), json);
      case TEXT -> writeText(row.getString(index), json);
      case BLOB -> writeBlob(row.getByteBuffer(index), json);
    }
  }

  /** The shortest digits that read back as the same number, alike on every JDK. */
  private static void writeReal(double value, JsonGenerator json) throws IOException {
    if (Double.isNaN(value)) {
      json.writeNull();
    } else if (Double.isInfinite(value)) {
      json.writeNumber(value > 0 ? "9e999" : "-9e999");
    } else {
      json.writeNumber(NumberOutput.toString(value, true));
    }
  }

  private static void writeText(@Nullable String text, JsonGenerator json) throws IOException {
    json.writeString(text == null ? null : JsonText.wellFormed(text));
  }

  private void writeBlob(@Nullable ByteBuffer bytes, JsonGenerator json) throws IOException {
    if (bytes == null) {
      json.writeNull();
    } else if (blobs == BlobFormat.BASE64) {
      json.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, new BufferInput(bytes), bytes.remaining());
    } else {
      json.writeString(new HexReader(bytes), -1);
    }
  }

  private static void writeSchema(
      SerializableString side, @Nullable TableSchema table, JsonGenerator json) throws IOException {
    json.writeFieldName(side);
    if (table == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeStringField("name", JsonText.wellFormed(table.name()));
    json.writeStringField("sql", JsonText.wellFormed(table.sql()));
    json.writeArrayFieldStart("columns");
    for (ColumnSchema column : table.columns()) {
      json.writeStartObject();
      json.writeStringField("name", JsonText.wellFormed(column.name()));
      json.writeStringField("type", JsonText.wellFormed(column.type()));
      json.writeNumberField("key", column.key());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
