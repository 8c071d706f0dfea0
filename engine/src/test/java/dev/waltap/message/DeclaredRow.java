// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.AbstractRow;
import dev.waltap.api.Row;
import dev.waltap.api.StorageClass;
import dev.waltap.api.TableSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row of values that names the table it is of, as captured rows do. */
final class DeclaredRow extends AbstractRow {
  private final TableSchema schema;
  private final Row values;

  DeclaredRow(TableSchema schema, @Nullable Object... namesAndValues) {
    this.schema = schema;
    this.values = Row.of(namesAndValues);
  }

  @Override
  public TableSchema schema() {
    return schema;
  }

  /** Rows of users may have such a method, of any type. */
  public List<String> key() {
    return schema.columns().stream()
        .filter(column -> column.key() > 0)
        .map(column -> column.name())
        .toList();
  }

  @Override
  public int size() {
    return values.size();
  }

  @Override
  public List<String> names() {
    return values.names();
  }

  @Override
  public int indexOf(String name) {
    return values.indexOf(name);
  }

  @Override
  public StorageClass storageClass(int index) {
    return values.storageClass(index);
  }

  @Override
  public long getLong(int index) {
    return values.getLong(index);
  }

  @Override
  public double getDouble(int index) {
    return values.getDouble(index);
  }

  @Override
  public @Nullable String getString(int index) {
    return values.getString(index);
  }

  @Override
  public byte @Nullable [] getBytes(int index) {
    return values.getBytes(index);
  }
}
