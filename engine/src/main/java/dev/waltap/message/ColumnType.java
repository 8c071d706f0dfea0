// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Row;
import dev.waltap.api.StorageClass;
import dev.waltap.record.Names;
import java.util.stream.Stream;

/**
 * The type of a column's values in messages, found from its declared type by SQLite's own rules of
 * affinity, those of NUMERIC affinity by what the type's name means:
 *
 * <pre>
 * INTEGER affinity, and BOOL in the name            int64
 * REAL affinity, and NUM, DEC, MONEY or CURR        double
 * TEXT affinity, and any other name (DATE, JSON, …) string
 * BLOB                                              bytes
 * no type, or ANY                                   string, which fits all
 * </pre>
 */
enum ColumnType {
  INT64(DataType.INT64) {
    @Override
    boolean fits(Row row, int index) {
      return row.storageClass(index) == StorageClass.INTEGER;
    }
  },

  DOUBLE(DataType.DOUBLE) {
    @Override
    boolean fits(Row row, int index) {
      return switch (row.storageClass(index)) {
        case REAL -> true;
        case INTEGER -> isExact(row.getLong(index));
        default -> false;
      };
    }
  },

  STRING(DataType.STRING) {
    @Override
    boolean fits(Row row, int index) {
      return row.storageClass(index) != StorageClass.BLOB;
    }
  },

  BYTES(DataType.BYTES) {
    @Override
    boolean fits(Row row, int index) {
      return row.storageClass(index) == StorageClass.BLOB;
    }
  },

  ANY(DataType.STRING) {
    @Override
    boolean fits(Row row, int index) {
      return true;
    }
  };

  private static final long EXACT = 1L << 53;

  private final DataType type;

  ColumnType(DataType type) {
    this.type = type;
  }

  DataType type() {
    return type;
  }

  /** Whether a value, which is not NULL, is of this type. */
  abstract boolean fits(Row row, int index);

  private static boolean isExact(long value) {
    return -EXACT <= value && value <= EXACT;
  }

  static ColumnType of(String declaredType) {
    String name = Names.fold(declaredType);
    if (name.isBlank() || name.equals("any")) {
      return ANY;
    }
    if (name.contains("int")) {
      return INT64;
    }
    if (has(name, "char", "clob", "text")) {
      return STRING;
    }
    if (name.contains("blob")) {
      return BYTES;
    }
    if (has(name, "real", "floa", "doub", "num", "dec", "money", "curr")) {
      return DOUBLE;
    }
    return name.contains("bool") ? INT64 : STRING;
  }

  /** What a value is, where nothing is declared. */
  static ColumnType of(StorageClass value) {
    return switch (value) {
      case INTEGER -> INT64;
      case REAL -> DOUBLE;
      case BLOB -> BYTES;
      case TEXT, NULL -> STRING;
    };
  }

  private static boolean has(String name, String... parts) {
    return Stream.of(parts).anyMatch(name::contains);
  }
}
