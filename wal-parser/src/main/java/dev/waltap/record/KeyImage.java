package dev.waltap.record;

/**
 * What identifies a row of a WITHOUT ROWID table whatever its collations: the storage class and
 * every byte of each field of its key, as one array.
 *
 * <p>Owned by one thread.
 */
public final class KeyImage {
  private static final int LONG = 8;
  private static final int LENGTH = 4;

  private final RecordReader record = new RecordReader();
  private final int fields;

  /** For each field of the key, whether its INTEGERs are shown as REALs. */
  private final boolean[] real;

  /** Images of the keys of this table's rows. */
  public KeyImage(TableLayout layout) {
    this.fields = layout.keyFields();
    this.real = new boolean[fields];
    for (int column = 0; column < layout.columnCount(); column++) {
      if (layout.fieldOf(column) < fields) {
        real[layout.fieldOf(column)] = layout.column(column).real();
      }
    }
  }

  /**
   * How many leading bytes of a payload {@link #of} reads; more than are at hand means: ask again
   * with so many.
   */
  public int extent(byte[] payload, int offset, int available, int length) {
    return RecordReader.extent(payload, offset, available, length, fields);
  }

  /**
   * A new array that is the same for two records if, and only if, their keys are. The length is
   * that of the whole payload, of which the array may hold no more than {@link #extent} says.
   *
   * @throws dev.waltap.format.CorruptDatabaseException if the record is malformed
   */
  public byte[] of(byte[] payload, int offset, int length) {
    record.wrap(payload, offset, length, fields);
    int size = 0;
    for (int i = 0; i < record.fieldCount(); i++) {
      size += 1 + sizeOf(i);
    }
    byte[] image = new byte[size];
    int at = 0;
    for (int i = 0; i < record.fieldCount(); i++) {
      StorageClass storageClass = storageClass(i);
      image[at] = code(storageClass);
      put(i, storageClass, image, at + 1);
      at += 1 + sizeOf(i);
    }
    return image;
  }

  private StorageClass storageClass(int field) {
    StorageClass stored = record.storageClass(field);
    return stored == StorageClass.INTEGER && real[field] ? StorageClass.REAL : stored;
  }

  private static byte code(StorageClass storageClass) {
    return switch (storageClass) {
      case NULL -> 0;
      case INTEGER -> 1;
      case REAL -> 2;
      case TEXT -> 3;
      case BLOB -> 4;
    };
  }

  private int sizeOf(int field) {
    return switch (record.storageClass(field)) {
      case NULL -> 0;
      case INTEGER, REAL -> LONG;
      case TEXT, BLOB -> LENGTH + record.bytesLength(field);
    };
  }

  private void put(int field, StorageClass storageClass, byte[] image, int at) {
    switch (storageClass) {
      case NULL -> {}
      case INTEGER -> putLong(image, at, record.longValue(field));
      case REAL -> putLong(image, at, Double.doubleToRawLongBits(record.doubleValue(field)));
      case TEXT, BLOB -> {
        int length = record.bytesLength(field);
        putInt(image, at, length);
        System.arraycopy(record.payload(), record.bytesOffset(field), image, at + LENGTH, length);
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
