// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.testdata.model.Image;
import dev.waltap.testdata.model.RowKey;
import dev.waltap.testdata.model.Shape;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares the replica with a snapshot, row by row, in the terms of the changes. */
final class Comparison {
  private Comparison() {}

  /** The first difference, or null. */
  static @Nullable String difference(
      Map<String, TableReplica> replicas, Snapshot snapshot, OracleOptions options) {
    Set<String> wanted = new TreeSet<>();
    for (Snapshot.Table table : snapshot.tables().values()) {
      if (options.tables().test(table.shape().name())) {
        wanted.add(table.shape().name());
        TableReplica replica = replicas.get(table.shape().name());
        String wrong =
            replica == null
                ? "table " + table.shape().name() + " is not known"
                : difference(replica, table, options);
        if (wrong != null) {
          return wrong;
        }
      }
    }
    for (String name : replicas.keySet()) {
      if (!wanted.contains(name)) {
        return "table " + name + " does not exist in the source";
      }
    }
    return null;
  }

  private static @Nullable String difference(
      TableReplica replica, Snapshot.Table table, OracleOptions options) {
    Shape shape = options.captured(table.shape());
    String name = "table " + shape.name() + ": ";
    if (!replica.shape().sql().equals(shape.sql())) {
      return name + "replica is " + replica.shape().sql() + ", source is " + shape.sql();
    }
    Map<RowKey, Image> source = rowsOf(table, options);
    for (Map.Entry<RowKey, Image> row : source.entrySet()) {
      Image held = replica.rows().get(row.getKey());
      if (held == null) {
        return name + "row " + row.getKey() + " is missing: " + row.getValue();
      }
      String difference = held.difference(row.getValue());
      if (difference != null) {
        return name + "row " + row.getKey() + " of replica and source: " + difference;
      }
    }
    for (RowKey key : replica.rows().keySet()) {
      if (!source.containsKey(key)) {
        return name + "row " + key + " is one too many";
      }
    }
    return null;
  }

  /** The rows as the changes give them: captured columns only, in JSON terms if need be. */
  static Map<RowKey, Image> rowsOf(Snapshot.Table table, OracleOptions options) {
    Shape full = table.shape();
    Shape shape = options.captured(full);
    boolean whole = shape.columns().size() == full.columns().size();
    List<String> names = shape.names();
    Value.BlobStyle style = options.json();
    Map<RowKey, Image> rows = new HashMap<>();
    for (Snapshot.StoredRow row : table.rows()) {
      Image image = row.image();
      if (!whole) {
        List<Value> values = row.image().values();
        image = new Image(names, names.stream().map(n -> values.get(full.indexOf(n))).toList());
      }
      RowKey key = row.key();
      if (style != null) {
        image = image.inJson(style);
        key = new RowKey(key.implicit(), key.values().stream().map(v -> v.inJson(style)).toList());
      }
      if (rows.put(key, image) != null) {
        throw new AssertionError("two rows of table " + shape.name() + " have the key " + key);
      }
    }
    return rows;
  }
}
