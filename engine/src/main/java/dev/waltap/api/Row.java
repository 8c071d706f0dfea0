package dev.waltap.api;

import dev.waltap.record.StorageClass;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row image, or one key: named values in table order.
 *
 * <p>Immutable, valid for ever, safe to share between threads. Values are decoded when asked for.
 * Indexes run from 0 to {@code size() - 1}; others throw {@link IndexOutOfBoundsException}. Names
 * are matched as SQLite does, without regard to ASCII case; an unknown one throws {@link
 * IllegalArgumentException}.
 */
public interface Row {

  /** The number of columns. */
  int size();

  /** The names of the columns, in table order. */
  List<String> names();

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
   * @throws IllegalStateException if the value is of another storage class
   */
  long getLong(int index);

  /**
   * The value of a REAL, or of an INTEGER widened.
   *
   * @throws IllegalStateException if the value is of another storage class
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

  /** The named value. */
  default @Nullable Object getObject(String name) {
    return getObject(require(name));
  }

  private int require(String name) {
    int index = indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException("no column " + name + " among " + names());
    }
    return index;
  }
}
