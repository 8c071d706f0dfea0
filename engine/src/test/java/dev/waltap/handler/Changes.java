package dev.waltap.handler;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import dev.waltap.api.Transaction;
import dev.waltap.record.StorageClass;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes made by hand. */
public final class Changes {

  public static final Instant TIME = Instant.parse("2026-11-22T10:00:00.123456Z");

  private Changes() {}

  public static Row row(@Nullable Object... namesAndValues) {
    List<String> names = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      names.add(String.valueOf(namesAndValues[i]));
      values.add(namesAndValues[i + 1]);
    }
    return new TestRow(names, values);
  }

  public static Change change(
      Operation operation, @Nullable Row before, @Nullable Row after, @Nullable Row key) {
    return new Change(
        "users",
        TIME,
        operation,
        before,
        after,
        key,
        new Position(1, 204, 0),
        new Transaction("1:204", 0, true),
        null,
        null);
  }

  public static Change insert(Row row) {
    return change(Operation.INSERT, null, row, row("id", 1L));
  }

  static Change schema(@Nullable TableSchema before, @Nullable TableSchema after) {
    return new Change(
        "users",
        TIME,
        Operation.SCHEMA,
        null,
        null,
        null,
        new Position(1, 204, 0),
        new Transaction("1:204", 0, false),
        before,
        after);
  }

  private record TestRow(List<String> names, List<@Nullable Object> values) implements Row {

    @Override
    public int size() {
      return names.size();
    }

    @Override
    public int indexOf(String name) {
      return names.indexOf(name);
    }

    @Override
    public StorageClass storageClass(int index) {
      Object value = values.get(index);
      if (value instanceof Long) {
        return StorageClass.INTEGER;
      } else if (value instanceof Double) {
        return StorageClass.REAL;
      } else if (value instanceof String) {
        return StorageClass.TEXT;
      }
      return value == null ? StorageClass.NULL : StorageClass.BLOB;
    }

    @Override
    public long getLong(int index) {
      return (Long) required(index);
    }

    @Override
    public double getDouble(int index) {
      return (Double) required(index);
    }

    @Override
    public @Nullable String getString(int index) {
      return (String) values.get(index);
    }

    @Override
    public byte @Nullable [] getBytes(int index) {
      byte[] bytes = (byte[]) values.get(index);
      return bytes == null ? null : bytes.clone();
    }

    private Object required(int index) {
      Object value = values.get(index);
      if (value == null) {
        throw new IllegalStateException("NULL");
      }
      return value;
    }
  }
}
