// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import dev.waltap.format.TextEncoding;
import dev.waltap.format.TreeKind;
import java.util.Arrays;
import java.util.List;

/**
 * What a decoder must know of a table: its root, how its records map to columns, and how its keys
 * are ordered.
 *
 * <p>Immutable. Columns are the stored ones in table order: VIRTUAL generated columns are left out,
 * STORED ones are in. Column indexes run from 0 to {@code columns().size() - 1}.
 */
public final class TableLayout {

  private final String name;
  private final int rootPage;
  private final boolean withoutRowid;
  private final TextEncoding encoding;
  private final ColumnLayout[] columns;
  private final List<ColumnLayout> columnList;
  private final int rowidColumn;
  private final int[] keyColumns;
  private final int[] fields;
  private final KeyField[] keyFields;
  private final int fieldCount;

  private TableLayout(
      String name,
      int rootPage,
      TextEncoding encoding,
      List<ColumnLayout> columns,
      int rowidColumn,
      int[] keyColumns,
      int[] fields,
      List<KeyField> keyFields) {
    this.name = name;
    this.rootPage = rootPage;
    this.withoutRowid = !keyFields.isEmpty();
    this.encoding = encoding;
    this.columns = columns.toArray(new ColumnLayout[0]);
    this.columnList = List.of(this.columns);
    this.rowidColumn = rowidColumn;
    this.keyColumns = keyColumns.clone();
    this.fields = fields.clone();
    this.keyFields = keyFields.toArray(new KeyField[0]);
    this.fieldCount = Math.max(this.keyFields.length, Arrays.stream(fields).max().orElse(-1) + 1);
  }

  /**
   * A rowid table.
   *
   * @param rowidColumn the index of the INTEGER PRIMARY KEY column, or -1
   * @param keyColumns the declared primary key, in declared order; empty if there is none
   */
  public static TableLayout rowidTable(
      String name,
      int rootPage,
      TextEncoding encoding,
      List<ColumnLayout> columns,
      int rowidColumn,
      int... keyColumns) {
    int[] fields = new int[columns.size()];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = i;
    }
    return new TableLayout(
        name, rootPage, encoding, columns, rowidColumn, keyColumns, fields, List.of());
  }

  /**
   * A WITHOUT ROWID table.
   *
   * @param keyColumns the declared primary key, in declared order
   * @param fields for each column, its position in the record
   * @param keyFields the leading fields of the record that make the b-tree key; at least one
   */
  public static TableLayout withoutRowid(
      String name,
      int rootPage,
      TextEncoding encoding,
      List<ColumnLayout> columns,
      int[] keyColumns,
      int[] fields,
      List<KeyField> keyFields) {
    if (keyFields.isEmpty() || fields.length != columns.size()) {
      throw new IllegalArgumentException(name + ": no key, or not one field for each column");
    }
    return new TableLayout(name, rootPage, encoding, columns, -1, keyColumns, fields, keyFields);
  }

  /** The same layout of a table with its root at another page. */
  public TableLayout at(int newRoot) {
    return new TableLayout(
        name, newRoot, encoding, columnList, rowidColumn, keyColumns, fields, List.of(keyFields));
  }

  /** The table's name. */
  public String name() {
    return name;
  }

  /** The root page of its b-tree. */
  public int rootPage() {
    return rootPage;
  }

  /** Whether rows are in an index b-tree, keyed by the primary key. */
  public boolean withoutRowid() {
    return withoutRowid;
  }

  /** The kind of b-tree that its rows are in. */
  public TreeKind treeKind() {
    return withoutRowid ? TreeKind.INDEX : TreeKind.TABLE;
  }

  /** The encoding of all its text. */
  public TextEncoding encoding() {
    return encoding;
  }

  /** The stored columns, in table order. */
  public List<ColumnLayout> columns() {
    return columnList;
  }

  /** The number of stored columns. */
  public int columnCount() {
    return columns.length;
  }

  /** One stored column. */
  public ColumnLayout column(int column) {
    return columns[column];
  }

  /** The index of the column of this name, matched as SQLite does, or -1. */
  public int indexOf(String column) {
    for (int i = 0; i < columns.length; i++) {
      if (Names.same(columns[i].name(), column)) {
        return i;
      }
    }
    return -1;
  }

  /** The index of the INTEGER PRIMARY KEY, stored as NULL and read as the rowid; or -1. */
  public int rowidColumn() {
    return rowidColumn;
  }

  /** The position of a column in the record. */
  public int fieldOf(int column) {
    return fields[column];
  }

  /**
   * How many leading fields of a record are of use: those of the columns and of the key. There are
   * more of them than columns where a key names a column twice, under two collations.
   */
  public int fieldCount() {
    return fieldCount;
  }

  /** The declared primary key in declared order, as column indexes; empty if there is none. */
  public int[] keyColumns() {
    return keyColumns.clone();
  }

  /** The number of columns of the declared primary key. */
  public int keyCount() {
    return keyColumns.length;
  }

  /** The column index of one part of the declared primary key, counted from 0. */
  public int keyColumn(int part) {
    return keyColumns[part];
  }

  /** How many leading fields make the b-tree key of a WITHOUT ROWID table; else 0. */
  public int keyFields() {
    return keyFields.length;
  }

  /** How one field of that key is ordered. */
  public KeyField keyField(int field) {
    return keyFields[field];
  }

  @Override
  public String toString() {
    return name + " (root page " + rootPage + ")";
  }
}
