// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.btree.Tree;
import dev.waltap.diff.RowCursor;
import dev.waltap.diff.TreeRows;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.TextEncoding;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageSource;
import dev.waltap.record.RecordReader;
import dev.waltap.record.StorageClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the small tables of a closed {@code state.db}, all of a table at a time: of those
 * that SQLite would ask for by their place in {@code sqlite_schema}. Keeps the pages that it reads.
 * For one thread.
 */
final class ClosedRows implements PageSource {
  /** Bytes. A row of a summary takes 70 KiB at most; damage must not make it gigabytes. */
  private static final int MAX_ROW = 128 << 10;

  private static final Tree SCHEMA = new Tree(0, 1, TreeKind.TABLE, "sqlite_schema");
  private static final int TYPE = 0;
  private static final int NAME = 1;
  private static final int ROOT_PAGE = 3;

  private final ClosedStateFile file;
  private final Map<Integer, byte[]> images = new HashMap<>();
  private final Map<String, Integer> roots = new HashMap<>();
  private final TreeRows rows;
  private final Row row = new Row();

  /** Takes a row. */
  interface Receiver {
    /** The next one, valid during the call; returns whether to go on. */
    boolean row(StateRow row) throws SQLException;
  }

  /**
   * Rows of this file.
   *
   * @throws CorruptDatabaseException if its schema can't be read
   * @throws UncheckedIOException if the file can't
   */
  ClosedRows(ClosedStateFile file) {
    if (file.header().textEncoding() != TextEncoding.UTF_8) {
      throw new CorruptDatabaseException("page 1: no state has texts in another form than UTF-8");
    }
    this.file = file;
    this.rows = new TreeRows(file.format(), this);
    read(
        SCHEMA,
        entry -> {
          if ("table".equals(entry.text(TYPE))) {
            roots.put(String.valueOf(entry.text(NAME)), Math.toIntExact(entry.number(ROOT_PAGE)));
          }
          return true;
        });
  }

  /** The page at which a table begins. */
  int root(String table) {
    Integer root = roots.get(table);
    if (root == null) {
      throw new CorruptDatabaseException("page 1: there is no table " + table);
    }
    return root;
  }

  /** Whether there is such a table. */
  boolean has(String table) {
    return roots.containsKey(table);
  }

  /** Reads a table, in order of rowid. */
  void read(String table, Receiver receiver) {
    read(new Tree(0, root(table), TreeKind.TABLE, table), receiver);
  }

  /** Reads a table WITHOUT ROWID, in order of its key, whose columns come first. */
  void readKeyed(String table, Receiver receiver) {
    read(new Tree(0, root(table), TreeKind.INDEX, table), receiver);
  }

  private void read(Tree tree, Receiver receiver) {
    rows.forEach(
        tree,
        cursor -> {
          row.at(cursor, tree.kind());
          try {
            return receiver.row(row);
          } catch (SQLException e) {
            throw new IllegalStateException(e); // Of SQLite alone.
          }
        });
  }

  @Override
  public byte[] page(int pageNumber) {
    byte[] image = images.get(pageNumber);
    if (image == null) {
      image = new byte[file.format().pageSize()];
      try {
        file.read(pageNumber, image);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      images.put(pageNumber, image);
    }
    return image;
  }

  /** The row at a cursor; each value must be NULL or of the class that is asked for. */
  private static final class Row implements StateRow {
    private final RecordReader record = new RecordReader();
    private byte[] payload = {};
    private long rowid;
    private boolean keyed;

    void at(RowCursor cursor, TreeKind kind) {
      if (cursor.payloadSize() < 0 || cursor.payloadSize() > MAX_ROW) {
        throw new CorruptDatabaseException("a row of " + cursor.payloadSize() + " bytes");
      }
      payload = cursor.payload();
      record.wrap(payload, cursor.payloadOffset(), cursor.payloadSize());
      rowid = cursor.rowid();
      keyed = kind == TreeKind.INDEX;
    }

    /** Whether there is a value. */
    private boolean has(int column, StorageClass as) {
      if (column >= record.fieldCount()) {
        throw new CorruptDatabaseException("a row of " + record.fieldCount() + " columns");
      }
      StorageClass is = record.storageClass(column);
      if (is != as && is != StorageClass.NULL) {
        throw new CorruptDatabaseException("column " + column + " of a row is of class " + is);
      }
      return is == as;
    }

    @Override
    public long number(int column) {
      if (!has(column, StorageClass.INTEGER)) {
        // SQLite keeps the rowid there, if it is a column.
        return column == 0 && !keyed ? rowid : 0;
      }
      return record.longValue(column);
    }

    @Override
    public @Nullable String text(int column) {
      return has(column, StorageClass.TEXT)
          ? new String(
              payload,
              record.bytesOffset(column),
              record.bytesLength(column),
              StandardCharsets.UTF_8)
          : null;
    }

    @Override
    public byte @Nullable [] bytes(int column) {
      int from = has(column, StorageClass.BLOB) ? record.bytesOffset(column) : -1;
      return from < 0 ? null : Arrays.copyOfRange(payload, from, from + record.bytesLength(column));
    }
  }
}
