// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.message.DataField;
import dev.waltap.message.DataSchema;
import dev.waltap.message.DataStruct;
import dev.waltap.message.DataType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Structs of messages as Connect's own. For one thread. */
final class ConnectSchemas {
  private static final int MAX_SCHEMAS = 1000;

  private final NameAdjustment schemaNames;
  private final NameAdjustment fieldNames;
  private final IdentityHashMap<DataSchema, Schema> schemas = new IdentityHashMap<>();

  ConnectSchemas(NameAdjustment schemaNames, NameAdjustment fieldNames) {
    this.schemaNames = schemaNames;
    this.fieldNames = fieldNames;
  }

  /** A struct with its schema. */
  @Nullable Struct struct(@Nullable DataStruct data) {
    return data == null ? null : fill(data, schema(data.schema()));
  }

  private static Struct fill(DataStruct data, Schema schema) {
    Struct struct = new Struct(schema);
    List<Field> fields = schema.fields();
    for (int i = 0; i < fields.size(); i++) {
      Object value = data.values().get(i);
      if (value != null) {
        struct.put(fields.get(i), value(value, fields.get(i).schema()));
      }
    }
    return struct;
  }

  private static Object value(Object value, Schema schema) {
    if (value instanceof DataStruct struct) {
      return fill(struct, schema);
    }
    if (value instanceof List<?> items) {
      List<Object> values = new ArrayList<>(items.size());
      for (Object item : items) {
        values.add(value(item, schema.valueSchema()));
      }
      return values;
    }
    return value;
  }

  /** The schema, the same one for the same one. */
  Schema schema(DataSchema schema) {
    Schema known = schemas.get(schema);
    if (known == null) {
      known = make(schema);
      if (schemas.size() >= MAX_SCHEMAS) {
        schemas.clear(); // Those of single messages are not met again.
      }
      schemas.put(schema, known);
    }
    return known;
  }

  private Schema make(DataSchema schema) {
    SchemaBuilder builder = builder(schema);
    if (schema.isOptional()) {
      builder.optional();
    }
    String name = schema.name();
    if (name != null) {
      builder.name(schemaNames.schema(name));
    }
    if (schema.version() > 0) {
      builder.version(schema.version());
    }
    String allowed = schema.allowed();
    if (allowed != null) {
      builder.parameter("allowed", allowed);
    }
    if (schema.defaultValue() != null) {
      builder.defaultValue(schema.defaultValue());
    }
    if (schema.type() == DataType.STRUCT) {
      for (DataField field : schema.fields()) {
        builder.field(fieldNames.field(field.name()), schema(field.schema()));
      }
    }
    return builder.build();
  }

  private SchemaBuilder builder(DataSchema schema) {
    return switch (schema.type()) {
      case INT32 -> SchemaBuilder.int32();
      case INT64 -> SchemaBuilder.int64();
      case DOUBLE -> SchemaBuilder.float64();
      case BOOLEAN -> SchemaBuilder.bool();
      case STRING -> SchemaBuilder.string();
      case BYTES -> SchemaBuilder.bytes();
      case STRUCT -> SchemaBuilder.struct();
      case ARRAY -> {
        DataSchema items = schema.items();
        if (items == null) {
          throw new IllegalArgumentException("an array of nothing");
        }
        yield SchemaBuilder.array(schema(items));
      }
    };
  }
}
