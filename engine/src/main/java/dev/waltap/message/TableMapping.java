// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Row;
import dev.waltap.api.StorageClass;
import dev.waltap.api.TableSchema;
import dev.waltap.json.BlobFormat;
import dev.waltap.record.Names;
import dev.waltap.schema.ColumnConstraints;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table, as of one schema and one choice of columns, as structs. A value that is not
 * of its column's type makes another schema for this one message. For one thread.
 */
final class TableMapping {
  private final String table;
  private final @Nullable TableSchema declaration;
  private final List<String> names;
  private final ColumnType[] types;
  private final boolean[] required;
  private final boolean[] inKey;
  private final @Nullable Object[] defaults;
  private final TypeMismatch onMismatch;
  private final BlobFormat blobs;
  private final DataValues values;
  private final RowSchema usual;

  /** Of the key before, which most others are like: to make and to write one takes longer. */
  private @Nullable KeySchema lastKey;

  /**
   * A mapping of rows like this one.
   *
   * @param table what the names of the schemas begin with
   * @param key its key; says which columns are keys where the row names no table
   */
  TableMapping(String table, Row row, @Nullable Row key, BlobFormat blobs, TypeMismatch mismatch) {
    this.table = table;
    this.declaration = row.schema();
    this.names = row.names();
    this.types = new ColumnType[names.size()];
    this.required = new boolean[names.size()];
    this.inKey = new boolean[names.size()];
    this.defaults = new Object[names.size()];
    this.onMismatch = mismatch;
    this.blobs = blobs;
    this.values = new DataValues(blobs);
    if (declaration == null) {
      infer(row, key);
    } else {
      declare(declaration);
    }
    DataType[] usualTypes = new DataType[types.length];
    boolean[] usualOptional = new boolean[types.length];
    for (int i = 0; i < types.length; i++) {
      usualTypes[i] = usualType(i);
      usualOptional[i] = !required[i];
    }
    this.usual = new RowSchema(table, names, usualTypes, usualOptional, defaults);
  }

  /** What rows that no capture made are, is what they hold. */
  private void infer(Row row, @Nullable Row key) {
    for (int i = 0; i < types.length; i++) {
      types[i] = ColumnType.of(row.storageClass(i));
      inKey[i] = key != null && key.indexOf(names.get(i)) >= 0;
    }
  }

  private void declare(TableSchema declared) {
    ColumnConstraints constraints = ColumnConstraints.of(declared);
    int next = 0;
    for (ColumnSchema column : declared.columns()) {
      if (next < types.length && Names.same(column.name(), names.get(next))) {
        types[next] = ColumnType.of(column.type());
        inKey[next] = column.key() > 0;
        required[next] = inKey[next] || constraints.isNotNull(column.name());
        if (!inKey[next]) {
          defaults[next] = ColumnDefault.of(column.type(), constraints.defaultOf(column.name()));
        }
        next++;
      }
    }
    if (next < types.length) {
      throw new IllegalArgumentException(names + " are not columns of " + declared);
    }
  }

  /** Null for a column that is left out. */
  private @Nullable DataType usualType(int column) {
    DataType type = types[column].type();
    if (type != DataType.BYTES || blobs == BlobFormat.BASE64) {
      return type;
    }
    return blobs == BlobFormat.HEX || inKey[column] ? DataType.STRING : null;
  }

  /** Whether rows like this one are mapped. */
  @SuppressWarnings("ReferenceEquality") // All rows of a table share both, as long as it stays.
  boolean isFor(Row row) {
    return declaration != null && declaration == row.schema() && names == row.names();
  }

  /**
   * What the images of one change are. Columns that one of them lacks, since they were added by the
   * same transaction, have their default there, or null.
   */
  RowSchema schema(@Nullable Row before, @Nullable Row after) throws TypeMismatchException {
    RowSchema schema = usual;
    for (int i = 0; i < types.length; i++) {
      schema = look(schema, i, before);
      schema = look(schema, i, after);
    }
    return schema;
  }

  private RowSchema look(RowSchema schema, int column, @Nullable Row row)
      throws TypeMismatchException {
    if (row == null) {
      return schema;
    }
    int index = index(row, column);
    if (index < 0 && defaults[column] != null) {
      return schema;
    }
    if (index < 0 || row.isNull(index)) {
      return required[column] ? schema.withOptional(column) : schema;
    }
    if (types[column].fits(row, index)) {
      return schema;
    }
    if (onMismatch == TypeMismatch.FAIL) {
      throw mismatch(row, index, types[column]);
    }
    boolean omitted =
        blobs == BlobFormat.OMIT && row.storageClass(index) == StorageClass.BLOB && !inKey[column];
    boolean skipped = omitted || (onMismatch == TypeMismatch.SKIP_FIELD && !inKey[column]);
    return skipped ? schema.without(column) : schema.withString(column);
  }

  private TypeMismatchException mismatch(Row row, int index, ColumnType type) {
    return new TypeMismatchException(
        String.format(
            Locale.ROOT,
            "%s.%s holds a value of type %s that is no %s: choose another --type-mismatch, or"
                + " exclude the column",
            table,
            row.names().get(index),
            row.storageClass(index),
            type.type().jsonName()));
  }

  @SuppressWarnings("ReferenceEquality") // Only a shortcut.
  private int index(Row row, int column) {
    return row.names() == names ? column : row.indexOf(names.get(column));
  }

  /** An image as a struct. */
  @Nullable DataStruct struct(RowSchema schema, @Nullable Row row) {
    if (row == null) {
      return null;
    }
    Object[] held = new Object[schema.value().fields().size()];
    int field = 0;
    for (int i = 0; i < types.length; i++) {
      DataType type = schema.type(i);
      if (type != null) {
        int index = index(row, i);
        held[field++] =
            index < 0 ? values.constant(defaults[i], type) : values.value(row, index, type);
      }
    }
    return new DataStruct(schema.value(), held);
  }

  /** A key as a struct. */
  DataStruct key(Row key) throws TypeMismatchException {
    DataType[] keyTypes = new DataType[key.size()];
    boolean[] optional = new boolean[key.size()];
    Object[] held = new Object[key.size()];
    for (int i = 0; i < held.length; i++) {
      keyTypes[i] = keyType(key, i);
      optional[i] = key.isNull(i);
      held[i] = values.value(key, i, keyTypes[i]);
    }
    KeySchema schema = lastKey;
    if (schema == null || !schema.isOf(key.names(), keyTypes, optional)) {
      schema = new KeySchema(table, key.names(), keyTypes, optional);
      lastKey = schema;
    }
    return new DataStruct(schema.schema(), held);
  }

  private DataType keyType(Row key, int index) throws TypeMismatchException {
    ColumnType type = ColumnType.of(key.storageClass(index));
    if (key.schema() != null) {
      for (int i = 0; i < types.length; i++) {
        type = inKey[i] && Names.same(names.get(i), key.names().get(index)) ? types[i] : type;
      }
    }
    if (!key.isNull(index) && !type.fits(key, index)) {
      if (onMismatch == TypeMismatch.FAIL) {
        throw mismatch(key, index, type);
      }
      return DataType.STRING;
    }
    boolean text = type.type() == DataType.BYTES && blobs != BlobFormat.BASE64;
    return text ? DataType.STRING : type.type();
  }
}
