// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.waltap.format.TextEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/**
 * What identifies a row of a WITHOUT ROWID table whatever its collations: the storage class and
 * every byte of each field of its key, as one array.
 *
 * <p>Owned by one thread.
 */
public final class KeyImage implements KeyBytes {
  private static final int LONG = 8;
  private static final int LENGTH = 4;

  private final RecordReader record = new RecordReader();
  private final int fields;

  /** For each field of the key, whether its INTEGERs are shown as REALs. */
  private final boolean[] real;

  /** The encoding of text that is shown in UTF-8; null where it is shown as it is stored. */
  private final @Nullable TextEncoding encoding;

  private byte[] @Nullable [] converted = {};

  /** The code of text that is shown as it is stored: never the same in two encodings. */
  private final byte storedText;

  /** Images of the keys of this table's rows, to be compared with others of the same encoding. */
  public KeyImage(TableLayout layout) {
    this(layout, false);
  }

  /**
   * Images of the keys of this table's rows.
   *
   * @param anyEncoding whether they are compared with those of rows in another text encoding: text
   *     that is well-formed is the same then if its characters are
   */
  public KeyImage(TableLayout layout, boolean anyEncoding) {
    this.encoding = anyEncoding ? layout.encoding() : null;
    this.storedText =
        switch (layout.encoding()) {
          case UTF_8 -> 5;
          case UTF_16LE -> 6;
          case UTF_16BE -> 7;
        };
    this.fields = layout.keyFields();
    this.real = new boolean[fields];
    for (int column = 0; column < layout.columnCount(); column++) {
      if (layout.fieldOf(column) < fields) {
        real[layout.fieldOf(column)] = layout.column(column).real();
      }
    }
  }

  @Override
  public int extent(byte[] payload, int offset, int available, int length) {
    return RecordReader.extent(payload, offset, available, length, fields);
  }

  /**
   * A new array that is the same for two records if, and only if, their keys are. The length is
   * that of the whole payload, of which the array may hold no more than {@link #extent} says.
   *
   * @throws dev.waltap.format.CorruptDatabaseException if the record is malformed
   */
  @Override
  public byte[] of(byte[] payload, int offset, int length) {
    record.wrap(payload, offset, length, fields);
    convert();
    int size = 0;
    for (int i = 0; i < record.fieldCount(); i++) {
      size += 1 + sizeOf(i);
    }
    byte[] image = new byte[size];
    int at = 0;
    for (int i = 0; i < record.fieldCount(); i++) {
      StorageClass storageClass = storageClass(i);
      image[at] = code(i, storageClass);
      put(i, storageClass, image, at + 1);
      at += 1 + sizeOf(i);
    }
    return image;
  }

  private StorageClass storageClass(int field) {
    StorageClass stored = record.storageClass(field);
    return stored == StorageClass.INTEGER && real[field] ? StorageClass.REAL : stored;
  }

  /** Makes UTF-8 of the text fields that are well-formed; the others stay what they are. */
  private void convert() {
    if (encoding == null) {
      return;
    }
    converted = new byte[record.fieldCount()][];
    for (int i = 0; i < record.fieldCount(); i++) {
      if (record.storageClass(i) == StorageClass.TEXT) {
        ByteBuffer text =
            ByteBuffer.wrap(record.payload(), record.bytesOffset(i), record.bytesLength(i));
        try {
          converted[i] = encoding.charset().newDecoder().decode(text).toString().getBytes(UTF_8);
        } catch (CharacterCodingException e) {
          converted[i] = null;
        }
      }
    }
  }

  private byte @Nullable [] converted(int field) {
    return encoding == null ? null : converted[field];
  }

  private byte code(int field, StorageClass storageClass) {
    return switch (storageClass) {
      case NULL -> 0;
      case INTEGER -> 1;
      case REAL -> 2;
      case TEXT -> converted(field) != null ? 3 : storedText;
      case BLOB -> 4;
    };
  }

  private int sizeOf(int field) {
    return switch (record.storageClass(field)) {
      case NULL -> 0;
      case INTEGER, REAL -> LONG;
      case TEXT, BLOB -> LENGTH + bytesLength(field);
    };
  }

  private int bytesLength(int field) {
    byte[] text = converted(field);
    return text != null ? text.length : record.bytesLength(field);
  }

  private void put(int field, StorageClass storageClass, byte[] image, int at) {
    switch (storageClass) {
      case NULL -> {}
      case INTEGER -> putLong(image, at, record.longValue(field));
      case REAL -> putLong(image, at, Double.doubleToRawLongBits(record.doubleValue(field)));
      case TEXT, BLOB -> {
        byte[] text = converted(field);
        int length = bytesLength(field);
        putInt(image, at, length);
        System.arraycopy(
            text != null ? text : record.payload(),
            text != null ? 0 : record.bytesOffset(field),
            image,
            at + LENGTH,
            length);
      }
    }
  }

  private static void putLong(byte[] image, int at, long value) {
    putInt(image, at, (int) (value >>> 32));
    putInt(image, at + LENGTH, (int) value);
  }

  private static void putInt(byte[] image, int at, int value) {
    image[at] = (byte) (value >>> 24);
    image[at + 1] = (byte) (value >>> 16);
    image[at + 2] = (byte) (value >>> 8);
    image[at + 3] = (byte) value;
  }
}
