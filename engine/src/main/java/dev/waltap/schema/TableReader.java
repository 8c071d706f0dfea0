// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.api.ColumnSchema;
import dev.waltap.api.TableSchema;
import dev.waltap.record.Collation;
import dev.waltap.record.ColumnLayout;
import dev.waltap.record.KeyField;
import dev.waltap.record.Names;
import dev.waltap.record.TableLayout;
import dev.waltap.record.Value;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks a loaded {@link Scratch} all about one table after the other. */
final class TableReader {

  private final Scratch scratch;
  private final boolean descending;

  /**
   * @param descending whether DESC in a key means something in this database
   */
  TableReader(Scratch scratch, boolean descending) {
    this.scratch = scratch;
    this.descending = descending;
  }

  Table read(SchemaRow row, ListedTable listed, Table.Kind kind) throws SQLException {
    String quoted = Names.quote(listed.name());
    List<DeclaredColumn> columns =
        scratch.query("PRAGMA main.table_xinfo(" + quoted + ")", DeclaredColumn::of).stream()
            .filter(DeclaredColumn::stored)
            .toList();
    List<Integer> key = keyOf(columns);
    Map<Integer, Value> defaults = DefaultValues.of(scratch, listed.name(), columns);
    List<ColumnLayout> layouts = new ArrayList<>();
    List<ColumnSchema> declared = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      DeclaredColumn column = columns.get(i);
      Value defaultValue = defaults.getOrDefault(i, Value.NULL);
      layouts.add(new ColumnLayout(column.name(), column.real(), defaultValue));
      declared.add(new ColumnSchema(column.name(), column.type(), key.indexOf(i) + 1));
    }
    int[] keyColumns = key.stream().mapToInt(Integer::intValue).toArray();
    TableLayout layout =
        listed.withoutRowid()
            ? withoutRowid(row, quoted, columns, layouts, keyColumns)
            : rowidTable(row, quoted, layouts, keyColumns);
    return new Table(
        kind, layout, new TableSchema(row.name(), String.valueOf(row.sql()), declared));
  }

  /** The declared primary key in declared order, as indexes of stored columns. */
  private static List<Integer> keyOf(List<DeclaredColumn> columns) {
    List<Integer> key = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).key() > 0) {
        key.add(i);
      }
    }
    key.sort(Comparator.comparing(i -> columns.get(i).key()));
    return key;
  }

  private TableLayout rowidTable(
      SchemaRow row, String quoted, List<ColumnLayout> layouts, int[] keyColumns)
      throws SQLException {
    // Whatever the spelling, only a key that is the rowid has no index of its own.
    boolean alias = keyColumns.length == 1 && keyIndexes(quoted).isEmpty();
    return TableLayout.rowidTable(
        row.name(),
        (int) row.rootPage(),
        scratch.encoding(),
        layouts,
        alias ? keyColumns[0] : -1,
        keyColumns);
  }

  private TableLayout withoutRowid(
      SchemaRow row,
      String quoted,
      List<DeclaredColumn> columns,
      List<ColumnLayout> layouts,
      int[] keyColumns)
      throws SQLException {
    List<IndexedColumn> record =
        scratch.query(
            "PRAGMA main.index_xinfo(" + Names.quote(keyIndexes(quoted).get(0)) + ")",
            rs ->
                new IndexedColumn(
                    rs.getInt("cid"),
                    rs.getBoolean("desc"),
                    Collation.of(rs.getString("coll")),
                    rs.getBoolean("key")));
    List<KeyField> keyFields = new ArrayList<>();
    Map<Integer, Integer> fieldOfCid = new HashMap<>();
    for (int field = 0; field < record.size(); field++) {
      IndexedColumn column = record.get(field);
      // A key may hold a column twice, under two collations; both copies are the same.
      fieldOfCid.putIfAbsent(column.cid(), field);
      if (column.key()) {
        keyFields.add(new KeyField(column.collation(), column.desc() && descending));
      }
    }
    int[] fields = new int[columns.size()];
    Arrays.setAll(fields, i -> fieldOfCid.getOrDefault(columns.get(i).cid(), record.size()));
    return TableLayout.withoutRowid(
        row.name(),
        (int) row.rootPage(),
        scratch.encoding(),
        layouts,
        keyColumns,
        fields,
        keyFields);
  }

  /** The index that keeps the declared primary key, if one does. */
  private List<String> keyIndexes(String quoted) throws SQLException {
    return scratch
        .query(
            "PRAGMA main.index_list(" + quoted + ")",
            rs -> rs.getString("origin").equals("pk") ? rs.getString("name") : "")
        .stream()
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private record IndexedColumn(int cid, boolean desc, Collation collation, boolean key) {}
}
