// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import dev.waltap.api.Row;
import dev.waltap.format.TextEncoding;
import dev.waltap.record.RowReader;
import dev.waltap.record.StorageClass;
import dev.waltap.record.StoredColumns;
import dev.waltap.record.StoredRow;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Rows as SQLite stored them, read in place: what stands between an object's braces. For one
 * thread.
 */
final class StoredRowJson {
  private final BlobFormat blobs;
  private final JsonBytes json;
  private final JsonColumns columnNames = new JsonColumns();
  private final RowReader reader = new RowReader();

  /** The row that the reader is on: an image and its key are of the same. */
  private @Nullable StoredRow shown;

  StoredRowJson(BlobFormat blobs, JsonBytes json) {
    this.blobs = blobs;
    this.json = json;
  }

  void write(Row row, StoredColumns stored, @Nullable Row key) throws IOException {
    StoredRow current = stored.stored();
    if (shown != current) {
      current.show(reader);
      shown = current;
    }
    boolean utf8 = current.layout().encoding() == TextEncoding.UTF_8;
    byte[][] names = columnNames.of(row.names());
    int[] columns = stored.columns();
    int skipped = 1; // The comma before the first one.
    for (int i = 0; i < names.length; i++) {
      int column = columns[i];
      StorageClass storageClass = reader.storageClass(column);
      if (storageClass == StorageClass.BLOB && blobs.omits(row.names().get(i), key)) {
        continue;
      }
      json.write(names[i], skipped, names[i].length - skipped);
      skipped = 0;
      switch (storageClass) {
        case NULL -> json.writeNull();
        case INTEGER -> json.number(reader.longValue(column));
        case REAL -> json.real(reader.doubleValue(column));
        case TEXT -> writeText(column, utf8);
        case BLOB -> writeBlob(column);
      }
    }
  }

  private void writeText(int column, boolean utf8) throws IOException {
    if (utf8) {
      json.utf8(reader.bytes(column), reader.bytesOffset(column), reader.bytesLength(column));
    } else {
      json.string(reader.text(column));
    }
  }

  private void writeBlob(int column) throws IOException {
    int from = reader.bytesOffset(column);
    json.write('"');
    JsonBlob.write(reader.bytes(column), from, from + reader.bytesLength(column), blobs, json);
    json.write('"');
  }

  /** Forgets the row, which may be large. */
  void forget() {
    shown = null;
    reader.forget();
  }
}
