// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.api.KeyedImage;
import dev.waltap.api.StorageClass;
import dev.waltap.api.TableSchema;
import dev.waltap.record.StoredColumns;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some columns of a row image, under the names that they have in the table. */
abstract sealed class ShapedRow extends KeyedImage implements StoredColumns
    permits TableRow, TableKey {

  /** Which columns these are. */
  abstract RowShape shape();

  @Override
  public abstract TableRow stored();

  @Override
  public final int[] columns() {
    return shape().columns();
  }

  private int column(int index) {
    return shape().columns()[index];
  }

  @Override
  public final int size() {
    return shape().size();
  }

  @Override
  public final List<String> names() {
    return shape().names();
  }

  @Override
  public final @Nullable TableSchema schema() {
    return shape().declaration();
  }

  @Override
  public final int indexOf(String name) {
    return shape().indexOf(name);
  }

  @Override
  public final StorageClass storageClass(int index) {
    return switch (stored().valueClass(column(index))) {
      case NULL -> StorageClass.NULL;
      case INTEGER -> StorageClass.INTEGER;
      case REAL -> StorageClass.REAL;
      case TEXT -> StorageClass.TEXT;
      case BLOB -> StorageClass.BLOB;
    };
  }

  @Override
  public final long getLong(int index) {
    TableRow row = stored();
    int column = column(index);
    if (row.valueClass(column) != dev.waltap.record.StorageClass.INTEGER) {
      throw mismatch(index, StorageClass.INTEGER);
    }
    return row.longValue(column);
  }

  @Override
  public final double getDouble(int index) {
    TableRow row = stored();
    int column = column(index);
    return switch (row.valueClass(column)) {
      case REAL, INTEGER -> row.doubleValue(column);
      default -> throw mismatch(index, StorageClass.REAL);
    };
  }

  @Override
  public final @Nullable String getString(int index) {
    TableRow row = stored();
    int column = column(index);
    return switch (row.valueClass(column)) {
      case TEXT -> row.text(column);
      case NULL -> null;
      default -> throw mismatch(index, StorageClass.TEXT);
    };
  }

  @Override
  public final byte @Nullable [] getBytes(int index) {
    if (isNull(index)) {
      return null;
    }
    require(index, StorageClass.BLOB, StorageClass.TEXT);
    return stored().rawBytes(column(index));
  }

  @Override
  public final @Nullable ByteBuffer getByteBuffer(int index) {
    if (isNull(index)) {
      return null;
    }
    require(index, StorageClass.BLOB, StorageClass.TEXT);
    return stored().rawBuffer(column(index));
  }

  private IllegalStateException mismatch(int index, StorageClass expected) {
    return new IllegalStateException(
        names().get(index) + " is " + storageClass(index) + ", not " + expected);
  }
}
