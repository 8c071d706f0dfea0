// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.api.AbstractRow;
import dev.waltap.api.StorageClass;
import dev.waltap.record.Names;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The key of a row that only its rowid names. */
final class RowidKey extends AbstractRow {

  private static final List<String> NAMES = List.of("rowid");

  private final long rowid;

  RowidKey(long rowid) {
    this.rowid = rowid;
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public List<String> names() {
    return NAMES;
  }

  @Override
  public int indexOf(String name) {
    return Names.same(name, NAMES.get(0)) ? 0 : -1;
  }

  @Override
  public StorageClass storageClass(int index) {
    Objects.checkIndex(index, 1);
    return StorageClass.INTEGER;
  }

  @Override
  public long getLong(int index) {
    Objects.checkIndex(index, 1);
    return rowid;
  }

  @Override
  public double getDouble(int index) {
    return getLong(index);
  }

  @Override
  public @Nullable String getString(int index) {
    require(index, StorageClass.TEXT, StorageClass.NULL);
    return null;
  }

  @Override
  public byte @Nullable [] getBytes(int index) {
    require(index, StorageClass.BLOB, StorageClass.NULL);
    return null;
  }
}
