// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.btree.Tree;
import dev.waltap.diff.RowCursor;
import dev.waltap.diff.TreeRows;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TextEncoding;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageSource;
import dev.waltap.record.RecordReader;
import dev.waltap.record.StorageClass;
import dev.waltap.schema.Schema;
import dev.waltap.schema.SchemaParser;
import dev.waltap.schema.SchemaRow;
import dev.waltap.schema.SchemaUpdate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code sqlite_schema}, the table at root page 1, out of pages. Has a parser of its own,
 * which is an SQLite in memory; whoever made it closes it. For one thread.
 */
public final class SchemaReader implements AutoCloseable {
  /** The schema table itself; every database has it. */
  public static final Tree TREE = new Tree(0, 1, TreeKind.TABLE, "sqlite_schema");

  private static final int TYPE = 0;
  private static final int NAME = 1;
  private static final int TABLE_NAME = 2;
  private static final int ROOT_PAGE = 3;
  private static final int SQL = 4;

  // Of the header: change counter, size, freelist and schema cookie; SQLite's version at the end.
  private static final int COUNTERS = 24;
  private static final int COUNTERS_END = 44;
  private static final int VERSIONS = 92;

  private final SchemaParser parser = new SchemaParser();
  private final RecordReader record = new RecordReader();

  /**
   * The schema as these pages have it, and as page 1 among them says that they are read.
   *
   * @throws dev.waltap.format.DatabaseException if they can't be read as one
   */
  public Schema read(PageSource source) {
    DatabaseHeader header = DatabaseHeader.parse(source.page(1));
    return parser.parse(rows(source), header.textEncoding(), header.schemaFormat());
  }

  /**
   * Whether two images of page 1 are read as the same schema, if all other pages of the table are
   * the same: only what the header says of commits and of the database's size may differ.
   */
  static boolean isSame(byte[] page1, byte[] other) {
    int end = page1.length;
    return other.length == end
        && Arrays.equals(page1, 0, COUNTERS, other, 0, COUNTERS)
        && Arrays.equals(page1, COUNTERS_END, VERSIONS, other, COUNTERS_END, VERSIONS)
        && Arrays.equals(page1, DatabaseHeader.SIZE, end, other, DatabaseHeader.SIZE, end);
  }

  /**
   * What a transaction made of a schema.
   *
   * @param schema the schema before; stays as it is
   * @param rows the rows of the schema table that changed
   * @param after the pages after the transaction
   * @return null if it is the same still
   */
  @Nullable SchemaUpdate update(Schema schema, SchemaRows rows, PageSource after) {
    byte[] first = after.page(1);
    if (!SchemaParser.canUpdate(
        schema, DatabaseHeader.textEncoding(first), DatabaseHeader.schemaFormat(first))) {
      return SchemaUpdate.between(schema, read(after));
    }
    if (rows.isEmpty()) {
      return null;
    }
    SchemaUpdate update = parser.update(schema, rows.gone(), rows.came());
    // Only all rows together say which entry a name with two belongs to.
    return update.isAmbiguous() ? SchemaUpdate.between(schema, read(after)) : update;
  }

  /** All rows of the schema table: tables, indexes, views and triggers. */
  public List<SchemaRow> rows(PageSource source) {
    byte[] page1 = source.page(1);
    TextEncoding encoding = DatabaseHeader.parse(page1).textEncoding();
    List<SchemaRow> rows = new ArrayList<>();
    new TreeRows(PageFormat.of(page1), source)
        .forEach(
            TREE,
            row -> {
              rows.add(decode(row, encoding));
              return true;
            });
    return rows;
  }

  SchemaRow decode(RowCursor row, TextEncoding encoding) {
    record.wrap(row.payload(), row.payloadOffset(), row.payloadSize(), SQL + 1);
    byte[] payload = row.payload();
    String type = text(payload, TYPE, encoding);
    String name = text(payload, NAME, encoding);
    String tableName = text(payload, TABLE_NAME, encoding);
    long rootPage =
        record.fieldCount() > ROOT_PAGE && record.storageClass(ROOT_PAGE) == StorageClass.INTEGER
            ? record.longValue(ROOT_PAGE)
            : 0;
    return new SchemaRow(
        row.rowid(),
        type == null ? "" : type,
        name == null ? "" : name,
        tableName == null ? "" : tableName,
        rootPage,
        text(payload, SQL, encoding));
  }

  private @Nullable String text(byte[] payload, int field, TextEncoding encoding) {
    if (field >= record.fieldCount() || record.storageClass(field) != StorageClass.TEXT) {
      return null;
    }
    return new String(
        payload, record.bytesOffset(field), record.bytesLength(field), encoding.charset());
  }

  @Override
  public void close() {
    parser.close();
  }
}
