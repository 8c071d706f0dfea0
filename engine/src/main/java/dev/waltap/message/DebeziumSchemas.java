// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

/** The schemas that Debezium's messages have in common, in its names, versions and order. */
final class DebeziumSchemas {

  /** What a record's {@code snapshot} may be. */
  private static final String SNAPSHOT =
      "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental";

  static final DataSchema SOURCE =
      DataSchema.struct("dev.waltap.sqlite.Source", 1)
          .field("version", DataSchema.STRING)
          .field("connector", DataSchema.STRING)
          .field("name", DataSchema.STRING)
          .field("ts_ms", DataSchema.INT64)
          .field("snapshot", DataSchema.choice("io.debezium.data.Enum", SNAPSHOT))
          .field("db", DataSchema.STRING)
          .field("sequence", DataSchema.OPTIONAL_STRING)
          .field("ts_us", DataSchema.OPTIONAL_INT64)
          .field("ts_ns", DataSchema.OPTIONAL_INT64)
          .field("table", DataSchema.OPTIONAL_STRING)
          .field("stream", DataSchema.OPTIONAL_STRING)
          .field("position", DataSchema.OPTIONAL_STRING)
          .required();

  static final DataSchema TRANSACTION_BLOCK =
      DataSchema.struct("event.block", 1)
          .field("id", DataSchema.STRING)
          .field("total_order", DataSchema.INT64)
          .field("data_collection_order", DataSchema.INT64)
          .optional();

  static final DataSchema TRANSACTION_KEY =
      DataSchema.struct("io.debezium.connector.common.TransactionMetadataKey", 1)
          .field("id", DataSchema.STRING)
          .required();

  static final DataSchema TRANSACTION_COLLECTION =
      DataSchema.struct("event.collection", 1)
          .field("data_collection", DataSchema.STRING)
          .field("event_count", DataSchema.INT64)
          .optional();

  static final DataSchema TRANSACTION_VALUE =
      DataSchema.struct("io.debezium.connector.common.TransactionMetadataValue", 1)
          .field("status", DataSchema.STRING)
          .field("id", DataSchema.STRING)
          .field("event_count", DataSchema.OPTIONAL_INT64)
          .field("data_collections", DataSchema.array(TRANSACTION_COLLECTION, true))
          .field("ts_ms", DataSchema.INT64)
          .required();

  static final DataSchema COLUMN =
      DataSchema.struct("io.debezium.connector.schema.Column", 1)
          .field("name", DataSchema.STRING)
          .field("jdbcType", DataSchema.INT32)
          .field("nativeType", DataSchema.OPTIONAL_INT32)
          .field("typeName", DataSchema.STRING)
          .field("typeExpression", DataSchema.OPTIONAL_STRING)
          .field("charsetName", DataSchema.OPTIONAL_STRING)
          .field("length", DataSchema.OPTIONAL_INT32)
          .field("scale", DataSchema.OPTIONAL_INT32)
          .field("position", DataSchema.INT32)
          .field("optional", DataSchema.OPTIONAL_BOOLEAN)
          .field("autoIncremented", DataSchema.OPTIONAL_BOOLEAN)
          .field("generated", DataSchema.OPTIONAL_BOOLEAN)
          .field("comment", DataSchema.OPTIONAL_STRING)
          .field("defaultValueExpression", DataSchema.OPTIONAL_STRING)
          .field("enumValues", DataSchema.array(DataSchema.STRING, true))
          .required();

  static final DataSchema TABLE =
      DataSchema.struct("io.debezium.connector.schema.Table", 1)
          .field("defaultCharsetName", DataSchema.OPTIONAL_STRING)
          .field("primaryKeyColumnNames", DataSchema.array(DataSchema.STRING, true))
          .field("columns", DataSchema.array(COLUMN, false))
          .field("comment", DataSchema.OPTIONAL_STRING)
          .optional();

  static final DataSchema TABLE_CHANGE =
      DataSchema.struct("io.debezium.connector.schema.Change", 1)
          .field("type", DataSchema.STRING)
          .field("id", DataSchema.STRING)
          .field("table", TABLE)
          .required();

  static final DataSchema SCHEMA_CHANGE_KEY =
      DataSchema.struct("dev.waltap.sqlite.SchemaChangeKey", 1)
          .field("databaseName", DataSchema.STRING)
          .required();

  static final DataSchema SCHEMA_CHANGE_VALUE =
      DataSchema.struct("dev.waltap.sqlite.SchemaChangeValue", 1)
          .field("source", SOURCE)
          .field("ts_ms", DataSchema.INT64)
          .field("databaseName", DataSchema.OPTIONAL_STRING)
          .field("schemaName", DataSchema.OPTIONAL_STRING)
          .field("ddl", DataSchema.OPTIONAL_STRING)
          .field("tableChanges", DataSchema.array(TABLE_CHANGE, false))
          .required();

  private DebeziumSchemas() {}

  /** The envelope of the rows of a table. */
  static DataSchema envelope(String table, DataSchema row) {
    return DataSchema.struct(table + ".Envelope", 2)
        .field("before", row)
        .field("after", row)
        .field("source", SOURCE)
        .field("op", DataSchema.STRING)
        .field("ts_ms", DataSchema.OPTIONAL_INT64)
        .field("ts_us", DataSchema.OPTIONAL_INT64)
        .field("ts_ns", DataSchema.OPTIONAL_INT64)
        .field("transaction", TRANSACTION_BLOCK)
        .required();
  }
}
