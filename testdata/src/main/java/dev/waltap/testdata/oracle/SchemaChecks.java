// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.api.ColumnSchema;
import dev.waltap.api.TableSchema;
import dev.waltap.testdata.model.Migration;
import dev.waltap.testdata.model.Scratch;
import dev.waltap.testdata.model.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks what a SCHEMA change says of a table against what SQLite says of its statement. */
final class SchemaChecks {
  private SchemaChecks() {}

  static @Nullable String check(TableSchema emitted, Shape shape, OracleOptions options) {
    List<ColumnSchema> columns =
        emitted.columns().stream()
            .filter(c -> c.key() > 0 || options.columns().test(emitted.name(), c.name()))
            .toList();
    List<ColumnSchema> wanted =
        shape.columns().stream()
            .map(column -> new ColumnSchema(column.name(), column.type(), column.key()))
            .toList();
    return columns.equals(wanted) ? null : "columns " + columns + " should be " + wanted;
  }

  static TableReplica migrate(
      TableReplica old, Shape shape, Scratch scratch, Journal journal, OracleOptions options) {
    Migration migration = new Migration(old.shape(), shape, scratch);
    if (options.json() != null) {
      migration.inJson(options.json());
    }
    return new TableReplica(shape, old, migration, journal);
  }
}
