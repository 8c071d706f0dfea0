// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.TableSchema;
import dev.waltap.json.JsonText;
import dev.waltap.record.Names;
import dev.waltap.schema.ColumnConstraints;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * SCHEMA changes as Debezium's connectors emit DDL. What SQLite's log does not hold is the
 * statement that was run: {@code ddl} is the one that makes the table as it is now.
 */
final class SchemaChanges {

  private SchemaChanges() {}

  static DataStruct key(String database) {
    return new DataStruct(DebeziumSchemas.SCHEMA_CHANGE_KEY, database);
  }

  static DataStruct value(Change change, String database, DataStruct source, long nowMillis) {
    TableSchema after = change.schemaAfter();
    String type = after == null ? "DROP" : change.schemaBefore() == null ? "CREATE" : "ALTER";
    String name = JsonText.wellFormed(after == null ? change.table() : after.name());
    DataStruct table =
        new DataStruct(
            DebeziumSchemas.TABLE_CHANGE,
            type,
            Names.quote(database) + "." + Names.quote(name),
            after == null ? null : table(after));
    return new DataStruct(
        DebeziumSchemas.SCHEMA_CHANGE_VALUE,
        source,
        nowMillis,
        database,
        null,
        after == null ? "DROP TABLE " + Names.quote(name) : JsonText.wellFormed(after.sql()),
        List.of(table));
  }

  private static DataStruct table(TableSchema table) {
    List<ColumnSchema> columns = table.columns();
    ColumnConstraints constraints = ColumnConstraints.of(table);
    List<String> key =
        columns.stream()
            .filter(column -> column.key() > 0)
            .sorted(Comparator.comparingInt(ColumnSchema::key))
            .map(column -> JsonText.wellFormed(column.name()))
            .toList();
    List<DataStruct> described = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      described.add(column(columns.get(i), i + 1, constraints));
    }
    return new DataStruct(DebeziumSchemas.TABLE, null, key, described, null);
  }

  private static DataStruct column(ColumnSchema column, int place, ColumnConstraints constraints) {
    boolean key = column.key() > 0;
    String type = JsonText.wellFormed(column.type());
    return new DataStruct(
        DebeziumSchemas.COLUMN,
        JsonText.wellFormed(column.name()),
        jdbcType(ColumnType.of(column.type())),
        null,
        type,
        type,
        null,
        null,
        null,
        place,
        !key && !constraints.isNotNull(column.name()),
        key && constraints.autoincrement(),
        constraints.isGenerated(column.name()),
        null,
        null,
        null);
  }

  private static int jdbcType(ColumnType type) {
    return switch (type) {
      case INT64 -> Types.BIGINT;
      case DOUBLE -> Types.DOUBLE;
      case STRING, ANY -> Types.VARCHAR;
      case BYTES -> Types.BLOB;
    };
  }
}
