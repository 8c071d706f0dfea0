// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A table as far as its rows depend on it.
 *
 * @param name its name
 * @param sql its CREATE TABLE statement
 * @param columns its stored columns, in table order
 * @param withoutRowid whether the primary key is the b-tree key
 * @param strict whether it is a STRICT table
 * @param aliased whether its one key column is the rowid (INTEGER PRIMARY KEY)
 * @param order how a WITHOUT ROWID table is sorted; empty for others
 * @param rowidName a name that SQL understands as the rowid; null if there is none
 */
public record Shape(
    String name,
    String sql,
    List<Column> columns,
    boolean withoutRowid,
    boolean strict,
    boolean aliased,
    List<SortColumn> order,
    @Nullable String rowidName) {

  public Shape {
    columns = List.copyOf(columns);
    order = List.copyOf(order);
  }

  /**
   * A stored column.
   *
   * @param name its name
   * @param type its declared type, empty for none
   * @param key its place in the declared primary key from 1, or 0
   * @param defaultSql its default expression, or null
   * @param generated whether it is GENERATED … STORED
   */
  public record Column(
      String name, String type, int key, @Nullable String defaultSql, boolean generated) {}

  /**
   * A column that a WITHOUT ROWID table is sorted by.
   *
   * @param name the column
   * @param descending whether greater values come first
   * @param collation the name of its collation
   */
  public record SortColumn(String name, boolean descending, String collation) {}

  /** The names of the stored columns. */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /** The indexes of the declared key's columns, in the key's order; empty if there is none. */
  public List<Integer> keyIndexes() {
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).key() > 0) {
        indexes.add(i);
      }
    }
    indexes.sort(Comparator.comparingInt(i -> columns.get(i).key()));
    return indexes;
  }

  /** The index of a column, or -1. */
  public int indexOf(String column) {
    for (int i = 0; i < columns.size(); i++) {
      if (Names.equal(columns.get(i).name(), column)) {
        return i;
      }
    }
    return -1;
  }

  /** The names in a row's key. */
  public List<String> keyNames(RowKey key) {
    return key.implicit()
        ? List.of("rowid")
        : keyIndexes().stream().map(i -> columns.get(i).name()).toList();
  }

  /** Whether a row of these values has no declared key, so that its rowid is its key. */
  public boolean keyedByRowid(List<Value> values) {
    List<Integer> indexes = keyIndexes();
    return indexes.isEmpty()
        || (!withoutRowid && indexes.stream().anyMatch(i -> values.get(i).isNull()));
  }

  /**
   * The key of a row.
   *
   * @param rowid its rowid; may be null where the key does not need it
   */
  public RowKey keyOf(List<Value> values, @Nullable Long rowid) {
    if (!keyedByRowid(values)) {
      return new RowKey(false, keyIndexes().stream().map(values::get).toList());
    }
    if (rowid == null) {
      throw new IllegalStateException(
          "a row of table " + name + " can be keyed by its rowid only, which nobody can know");
    }
    return RowKey.ofRowid(rowid);
  }

  /** The same table under another name. */
  public Shape named(String other) {
    return new Shape(other, sql, columns, withoutRowid, strict, aliased, order, rowidName);
  }

  /** The same table with only some of its columns; those of the key always stay. */
  public Shape select(Predicate<String> wanted) {
    List<Column> left =
        columns.stream().filter(column -> column.key() > 0 || wanted.test(column.name())).toList();
    return new Shape(name, sql, left, withoutRowid, strict, aliased, order, rowidName);
  }
}
