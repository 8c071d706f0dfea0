// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.api.AbstractRow;
import dev.waltap.api.StorageClass;
import dev.waltap.api.TableSchema;
import dev.waltap.record.StoredColumns;
import dev.waltap.record.StoredRow;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some columns of a stored row: an image without its excluded columns, or a declared key. */
final class TableRow extends AbstractRow implements StoredColumns {

  private final RowShape shape;
  private final StoredRow stored;

  TableRow(RowShape shape, StoredRow stored) {
    this.shape = shape;
    this.stored = stored;
  }

  @Override
  public StoredRow stored() {
    return stored;
  }

  @Override
  public int column(int index) {
    return shape.column(index);
  }

  @Override
  public int size() {
    return shape.size();
  }

  @Override
  public List<String> names() {
    return shape.names();
  }

  @Override
  public @Nullable TableSchema schema() {
    return shape.declaration();
  }

  @Override
  public int indexOf(String name) {
    return shape.indexOf(name);
  }

  @Override
  public StorageClass storageClass(int index) {
    return switch (stored.storageClass(shape.column(index))) {
      case NULL -> StorageClass.NULL;
      case INTEGER -> StorageClass.INTEGER;
      case REAL -> StorageClass.REAL;
      case TEXT -> StorageClass.TEXT;
      case BLOB -> StorageClass.BLOB;
    };
  }

  @Override
  public long getLong(int index) {
    require(index, StorageClass.INTEGER, StorageClass.INTEGER);
    return stored.longValue(shape.column(index));
  }

  @Override
  public double getDouble(int index) {
    require(index, StorageClass.REAL, StorageClass.INTEGER);
    return stored.doubleValue(shape.column(index));
  }

  @Override
  public @Nullable String getString(int index) {
    return require(index, StorageClass.TEXT, StorageClass.NULL) == StorageClass.NULL
        ? null
        : stored.text(shape.column(index));
  }

  @Override
  public byte @Nullable [] getBytes(int index) {
    if (isNull(index)) {
      return null;
    }
    require(index, StorageClass.BLOB, StorageClass.TEXT);
    return stored.rawBytes(shape.column(index));
  }

  @Override
  public @Nullable ByteBuffer getByteBuffer(int index) {
    if (isNull(index)) {
      return null;
    }
    require(index, StorageClass.BLOB, StorageClass.TEXT);
    return stored.rawBuffer(shape.column(index));
  }
}
