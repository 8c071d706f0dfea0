// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row image, or one key: named values in table order.
 *
 * <p>Immutable, valid for ever, safe to share between threads. Values are decoded when asked for.
 * Indexes run from 0 to {@code size() - 1}; others throw {@link IndexOutOfBoundsException}. Names
 * are matched as SQLite does, without regard to ASCII case; an unknown one throws {@link
 * IllegalArgumentException}.
 *
 * <p>A value is asked for by the type that it has, since SQLite stores any type in any column:
 * {@link #storageClass(int)} says which. <b>NULL</b> is no number: {@link #getLong(int)}, {@link
 * #getInt(int)}, {@link #getDouble(int)} and {@link #getBoolean(int)} throw {@link
 * IllegalStateException} for it, so ask {@link #isNull(int)} before. {@link #getString(int)},
 * {@link #getBytes(int)}, {@link #getByteBuffer(int)} and {@link #getObject(int)} return null.
 */
public interface Row {

  /** The number of columns. */
  int size();

  /** The names of the columns, in table order. */
  List<String> names();

  /**
   * The table whose columns these are, as it was declared when the row was this image: for a key,
   * too. It says more columns than these where some are excluded. Null for a row that no capture
   * made, and for a key of the rowid alone.
   */
  default @Nullable TableSchema schema() {
    return null;
  }

  /** The index of the column of this name, or -1 if there is none. */
  int indexOf(String name);

  /** The storage class of the value: what SQLite's {@code typeof()} says. */
  StorageClass storageClass(int index);

  /** Whether the value is NULL. */
  default boolean isNull(int index) {
    return storageClass(index) == StorageClass.NULL;
  }

  /**
   * The value of an INTEGER.
   *
   * @throws IllegalStateException if the value is of another storage class, NULL included
   */
  long getLong(int index);

  /**
   * The value of an INTEGER that fits into an {@code int}.
   *
   * @throws IllegalStateException if the value is of another storage class, NULL included
   * @throws ArithmeticException if it does not fit
   */
  default int getInt(int index) {
    long value = getLong(index);
    if (value != (int) value) {
      throw new ArithmeticException(names().get(index) + " is " + value + ", too large for an int");
    }
    return (int) value;
  }

  /**
   * The value of an INTEGER as SQLite sees truth: false for 0, true for any other.
   *
   * @throws IllegalStateException if the value is of another storage class, NULL included
   */
  default boolean getBoolean(int index) {
    return getLong(index) != 0;
  }

  /**
   * The value of a REAL, or of an INTEGER widened.
   *
   * @throws IllegalStateException if the value is of another storage class, NULL included
   */
  double getDouble(int index);

  /**
   * The value of a TEXT, malformed bytes as U+FFFD; null for NULL.
   *
   * @throws IllegalStateException if the value is of another storage class
   */
  @Nullable String getString(int index);

  /**
   * The bytes of a BLOB, or of a TEXT as stored, in the database's own encoding; null for NULL. The
   * array is the caller's.
   *
   * @throws IllegalStateException if the value is of another storage class
   */
  byte @Nullable [] getBytes(int index);

  /**
   * What {@link #getBytes(int)} copies, to be read only, and not copied where the row itself holds
   * it: for values of many megabytes.
   *
   * @throws IllegalStateException if the value is of another storage class
   */
  default @Nullable ByteBuffer getByteBuffer(int index) {
    byte[] bytes = getBytes(index);
    return bytes == null ? null : ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /** The value as null, {@link Long}, {@link Double}, {@link String} or {@code byte[]}. */
  default @Nullable Object getObject(int index) {
    return switch (storageClass(index)) {
      case NULL -> null;
      case INTEGER -> getLong(index);
      case REAL -> getDouble(index);
      case TEXT -> getString(index);
      case BLOB -> getBytes(index);
    };
  }

  /** The storage class of the named value. */
  default StorageClass storageClass(String name) {
    return storageClass(require(name));
  }

  /** Whether the named value is NULL. */
  default boolean isNull(String name) {
    return isNull(require(name));
  }

  /** The named INTEGER. */
  default long getLong(String name) {
    return getLong(require(name));
  }

  /** The named INTEGER that fits into an {@code int}. */
  default int getInt(String name) {
    return getInt(require(name));
  }

  /** The named INTEGER as SQLite sees truth. */
  default boolean getBoolean(String name) {
    return getBoolean(require(name));
  }

  /** The named REAL. */
  default double getDouble(String name) {
    return getDouble(require(name));
  }

  /** The named TEXT. */
  default @Nullable String getString(String name) {
    return getString(require(name));
  }

  /** The named BLOB. */
  default byte @Nullable [] getBytes(String name) {
    return getBytes(require(name));
  }

  /** The named BLOB, to be read only. */
  default @Nullable ByteBuffer getByteBuffer(String name) {
    return getByteBuffer(require(name));
  }

  /** The named value. */
  default @Nullable Object getObject(String name) {
    return getObject(require(name));
  }

  /**
   * All values by name, in table order, each as {@link #getObject(int)} gives it. Unmodifiable;
   * names are looked up with regard to case there.
   */
  default Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (int i = 0; i < size(); i++) {
      values.put(names().get(i), getObject(i));
    }
    return Collections.unmodifiableMap(values);
  }

  /**
   * A row of names and values in turn, as a test may need one: {@code Row.of("id", 1, "name",
   * "Ada")}.
   *
   * @param namesAndValues values as null, {@link Long}, {@link Integer}, {@link Short}, {@link
   *     Byte} or {@link Boolean} (1 or 0) for an INTEGER, {@link Double} or {@link Float} for a
   *     REAL (NaN is NULL), {@link String} for a TEXT, in UTF-8, {@code byte[]} for a BLOB; copied
   * @throws IllegalArgumentException if a value is of another type, a name is none or stands twice
   */
  static Row of(@Nullable Object... namesAndValues) {
    return ValueRow.of(namesAndValues);
  }

  /**
   * A row of these names and values, in the map's order: what {@link #toMap} gave, or a test's own.
   *
   * @throws IllegalArgumentException as {@link #of(Object...)}
   */
  static Row of(Map<String, ? extends @Nullable Object> values) {
    return ValueRow.of(values);
  }

  private int require(String name) {
    int index = indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException("no column " + name + " among " + names());
    }
    return index;
  }
}
