// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import dev.waltap.record.Names;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A row made of values: as null, {@link Long}, {@link Double}, {@link String}, {@code byte[]}. */
final class ValueRow extends AbstractRow {
  private final List<String> names;
  private final List<@Nullable Object> values;
  private final Map<String, Integer> indexes = new HashMap<>();

  private ValueRow(List<String> names, List<@Nullable Object> values) {
    this.names = Collections.unmodifiableList(names);
    this.values = values;
    for (int i = 0; i < names.size(); i++) {
      if (indexes.put(Names.fold(names.get(i)), i) != null) {
        throw new IllegalArgumentException("the name " + names.get(i) + " stands there twice");
      }
    }
  }

  static ValueRow of(@Nullable Object... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "names and values must come in turn, not " + namesAndValues.length + " of both");
    }
    List<String> names = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (!(namesAndValues[i] instanceof String name)) {
        throw new IllegalArgumentException("not a name: " + namesAndValues[i]);
      }
      names.add(name);
      values.add(stored(name, namesAndValues[i + 1]));
    }
    return new ValueRow(names, values);
  }

  static ValueRow of(Map<String, ? extends @Nullable Object> row) {
    List<@Nullable Object> values = new ArrayList<>();
    row.forEach((name, value) -> values.add(stored(name, value)));
    return new ValueRow(new ArrayList<>(row.keySet()), values);
  }

  /** The value as SQLite would store it. */
  private static @Nullable Object stored(String name, @Nullable Object value) {
    if (value == null || value instanceof Long || value instanceof String) {
      return value;
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof Boolean truth) {
      return truth ? 1L : 0L;
    }
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      return Double.isNaN(number) ? null : (Object) number;
    }
    if (value instanceof byte[] bytes) {
      return bytes.clone();
    }
    throw new IllegalArgumentException(
        name + " is a " + value.getClass().getName() + ", which no SQLite value is made of");
  }

  @Override
  public int size() {
    return names.size();
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public int indexOf(String name) {
    return indexes.getOrDefault(Names.fold(name), -1);
  }

  @Override
  public StorageClass storageClass(int index) {
    Object value = values.get(index);
    if (value == null) {
      return StorageClass.NULL;
    }
    if (value instanceof Long) {
      return StorageClass.INTEGER;
    }
    if (value instanceof Double) {
      return StorageClass.REAL;
    }
    return value instanceof String ? StorageClass.TEXT : StorageClass.BLOB;
  }

  @Override
  public long getLong(int index) {
    require(index, StorageClass.INTEGER, StorageClass.INTEGER);
    return (Long) Objects.requireNonNull(values.get(index));
  }

  @Override
  public double getDouble(int index) {
    require(index, StorageClass.REAL, StorageClass.INTEGER);
    return ((Number) Objects.requireNonNull(values.get(index))).doubleValue();
  }

  @Override
  public @Nullable String getString(int index) {
    require(index, StorageClass.TEXT, StorageClass.NULL);
    return (String) values.get(index);
  }

  @Override
  public byte @Nullable [] getBytes(int index) {
    Object value = values.get(index);
    if (value == null) {
      return null;
    }
    return require(index, StorageClass.BLOB, StorageClass.TEXT) == StorageClass.BLOB
        ? ((byte[]) value).clone()
        : ((String) value).getBytes(StandardCharsets.UTF_8);
  }
}
