// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.api.StorageClass;
import dev.waltap.api.TableSchema;
import dev.waltap.api.TransactionContext;
import dev.waltap.record.StoredColumns;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes as JSON objects, each on one line, in UTF-8, streaming: a BLOB never becomes a
 * string of its own, so a row costs little more memory than it has bytes. Rows that are stored as
 * SQLite wrote them are read where they are.
 *
 * <p>An object's keys come in the order {@code table, timestamp, operation, before, after, key,
 * position, transaction, source}, the last one left out of a change that no capture made. A REAL
 * always has a fraction or an exponent, which distinguishes it from an INTEGER; infinities are
 * {@code 9e999} and {@code -9e999}, as in SQLite's own JSON. For one thread.
 */
public final class ChangeJson {
  private static final byte[] TABLE = ascii("{\"table\":");
  private static final byte[] TIMESTAMP = ascii(",\"timestamp\":\"");
  private static final byte[] OPERATION = ascii("\",\"operation\":\"");
  private static final byte[] BEFORE = ascii("\",\"before\":");
  private static final byte[] AFTER = ascii(",\"after\":");
  private static final byte[] KEY = ascii(",\"key\":");
  private static final byte[] POSITION = ascii(",\"position\":\"");
  private static final byte[] TRANSACTION = ascii("\",\"transaction\":{\"id\":");
  private static final byte[] INDEX = ascii(",\"index\":");
  private static final byte[] LAST = ascii(",\"last\":true}");
  private static final byte[] NOT_LAST = ascii(",\"last\":false}");

  private final BlobFormat blobs;
  private final JsonBytes json;
  private final Timestamps timestamps = new Timestamps();
  private final JsonSource source = new JsonSource();
  private final StoredRowJson storedRows;

  /** A line up to its images. */
  private final RepeatedText head = new RepeatedText();

  /** Behind the key, up to the position's index, and from there to the transaction's. */
  private final RepeatedText beforePosition = new RepeatedText();

  private final RepeatedText beforeIndex = new RepeatedText();

  /** Writes to a stream, which the caller closes. */
  public ChangeJson(BlobFormat blobs, OutputStream out) {
    this.blobs = blobs;
    this.json = new JsonBytes(out);
    this.storedRows = new StoredRowJson(blobs, json);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Hands the stream what was written; does not flush the stream.
   *
   * @throws IOException if the stream does; nothing of what was written is written again then
   */
  public void flush() throws IOException {
    json.flush();
  }

  /** Drops what the stream has not been handed, for whoever could not write all that he wanted. */
  public void drop() {
    json.drop();
  }

  /** Writes what stands around the objects, in ASCII. */
  public void around(String text) throws IOException {
    json.ascii(text);
  }

  /**
   * Writes the change's object and nothing after it.
   *
   * @throws IOException if the stream does
   */
  public void write(Change change) throws IOException {
    writeHead(change);
    Row key = change.key();
    if (change.operation() == Operation.SCHEMA) {
      writeSchema(change.schemaBefore());
      json.write(AFTER);
      writeSchema(change.schemaAfter());
    } else {
      writeRow(change.before(), key);
      json.write(AFTER);
      writeRow(change.after(), key);
    }
    json.write(KEY);
    writeRow(key, key);
    writePlace(change);
    source.write(change.source(), json);
    json.write('}');
    storedRows.forget();
  }

  /**
   * Writes a key's object alone, as {@link #write} has it.
   *
   * @throws IOException if the stream does
   */
  public void writeKey(Row key) throws IOException {
    writeRow(key, key);
    storedRows.forget();
  }

  private void writeSchema(@Nullable TableSchema table) throws IOException {
    if (table == null) {
      json.writeNull();
    } else {
      SchemaJson.write(table, json);
    }
  }

  private void writeHead(Change change) throws IOException {
    Operation operation = change.operation();
    if (head.write(change.table(), change.timestamp(), operation, 0, 0, json)) {
      return;
    }
    json.write(TABLE);
    json.string(change.table());
    json.write(TIMESTAMP);
    json.write(timestamps.ascii(change.timestamp()));
    json.write(OPERATION);
    json.ascii(operation.name());
    json.write(BEFORE);
    head.written(json);
  }

  /** Position and transaction, without the objects that the change would make of them. */
  private void writePlace(Change change) throws IOException {
    TransactionContext transaction = change.context();
    if (!beforePosition.write(transaction, transaction, transaction, 0, 0, json)) {
      json.write(POSITION);
      writeNumbers(transaction);
      json.write(':');
      beforePosition.written(json);
    }
    json.number(change.index());
    if (!beforeIndex.write(transaction, transaction, transaction, 0, 0, json)) {
      json.write(TRANSACTION);
      writeId(transaction);
      json.write(INDEX);
      beforeIndex.written(json);
    }
    json.number(change.transactionIndex());
    json.write(change.isLast() ? LAST : NOT_LAST);
  }

  private void writeNumbers(TransactionContext transaction) throws IOException {
    json.number(transaction.epoch());
    json.write(':');
    json.number(transaction.frame());
  }

  private void writeId(TransactionContext transaction) throws IOException {
    if (transaction.isNumbered()) {
      json.write('"');
      writeNumbers(transaction);
      json.write('"');
    } else {
      json.string(transaction.transactionId());
    }
  }

  private void writeRow(@Nullable Row row, @Nullable Row key) throws IOException {
    if (row == null) {
      json.writeNull();
      return;
    }
    json.write('{');
    if (row instanceof StoredColumns stored) {
      storedRows.write(row, stored, key);
    } else {
      writeAny(row, key);
    }
    json.write('}');
  }

  private void writeAny(Row row, @Nullable Row key) throws IOException {
    boolean first = true;
    for (int i = 0; i < row.size(); i++) {
      String column = row.names().get(i);
      StorageClass storageClass = row.storageClass(i);
      if (storageClass == StorageClass.BLOB && blobs.omits(column, key)) {
        continue;
      }
      if (!first) {
        json.write(',');
      }
      first = false;
      json.string(column);
      json.write(':');
      switch (storageClass) {
        case NULL -> json.writeNull();
        case INTEGER -> json.number(row.getLong(i));
        case REAL -> json.real(row.getDouble(i));
        case TEXT -> writeText(row.getString(i));
        case BLOB -> writeBlob(row.getByteBuffer(i));
      }
    }
  }

  private void writeText(@Nullable String text) throws IOException {
    if (text == null) {
      json.writeNull();
    } else {
      json.string(text);
    }
  }

  private void writeBlob(@Nullable ByteBuffer bytes) throws IOException {
    if (bytes == null) {
      json.writeNull();
      return;
    }
    json.write('"');
    JsonBlob.write(bytes, blobs, json);
    json.write('"');
  }
}
