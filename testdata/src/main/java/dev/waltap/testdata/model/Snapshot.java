// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import java.nio.charset.Charset;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of a database at one moment.
 *
 * @param charset the encoding of its text
 * @param tables its ordinary tables by name
 */
public record Snapshot(Charset charset, SortedMap<String, Table> tables) {

  /**
   * A table with its rows.
   *
   * @param shape what it looks like
   * @param rootPage where its b-tree starts
   * @param rows its rows in b-tree order
   */
  public record Table(Shape shape, long rootPage, List<StoredRow> rows) {

    /** The number of values of all rows. */
    public long valueCount() {
      return (long) rows.size() * shape.columns().size();
    }
  }

  /**
   * A row.
   *
   * @param rowid its rowid; null if it has none or SQL has no name for it
   * @param key what consumers key it by
   * @param image its values
   */
  public record StoredRow(@Nullable Long rowid, RowKey key, Image image) {}

  /** The bytes of all texts and blobs. */
  public long byteCount() {
    long count = 0;
    for (Table table : tables.values()) {
      for (StoredRow row : table.rows()) {
        for (Value value : row.image().values()) {
          byte[] bytes = value.bytes();
          count += bytes == null ? 0 : bytes.length;
        }
      }
    }
    return count;
  }

  /** The number of values of all rows. */
  public long valueCount() {
    return tables.values().stream().mapToLong(Table::valueCount).sum();
  }
}
