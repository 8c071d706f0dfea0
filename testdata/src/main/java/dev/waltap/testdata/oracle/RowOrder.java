// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.api.StorageClass;
import dev.waltap.testdata.model.Image;
import dev.waltap.testdata.model.Names;
import dev.waltap.testdata.model.RowKey;
import dev.waltap.testdata.model.Shape;
import dev.waltap.testdata.model.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** The order of rows in a table's b-tree, as far as events alone can show it. */
final class RowOrder {
  private RowOrder() {}

  /**
   * Whether the first row comes before the second; true, too, where that cannot be known: a rowid
   * table with a declared key does not say its rowids.
   *
   * @param legacy whether DESC may be ignored, or be ignored until VACUUM makes it count
   */
  static boolean ascends(
      Shape shape, boolean legacy, RowKey firstKey, Image first, RowKey nextKey, Image next) {
    if (!shape.withoutRowid()) {
      boolean rowids = shape.aliased() || (firstKey.implicit() && nextKey.implicit());
      return !rowids || firstKey.values().get(0).asLong() < nextKey.values().get(0).asLong();
    }
    if (legacy) {
      return true;
    }
    for (Shape.SortColumn by : shape.order()) {
      int column = shape.indexOf(by.name());
      if (column < 0) {
        return true;
      }
      Value one = first.values().get(column);
      Value other = next.values().get(column);
      if (!comparable(one, other, by.collation())) {
        return true;
      }
      int order = compare(one, other, by.collation());
      if (order != 0) {
        return by.descending() ? order > 0 : order < 0;
      }
    }
    return false;
  }

  private static boolean comparable(Value one, Value other, String collation) {
    boolean texts = one.kind() == StorageClass.TEXT && other.kind() == StorageClass.TEXT;
    if (!texts) {
      return true;
    }
    // How malformed text sorts under a collation, and text without its bytes, is not known here.
    boolean known = one.bytes() != null && other.bytes() != null;
    boolean wellFormed = one.asText().indexOf('\uFFFD') < 0 && other.asText().indexOf('\uFFFD') < 0;
    return known
        && switch (Names.fold(collation)) {
          case "binary" -> true;
          case "nocase", "rtrim" ->
              wellFormed && one.asText().indexOf(0) < 0 && other.asText().indexOf(0) < 0;
          default -> false;
        };
  }

  private static int compare(Value one, Value other, String collation) {
    int byClass = Integer.compare(rank(one), rank(other));
    if (byClass != 0) {
      return byClass;
    }
    return switch (one.kind()) {
      case NULL -> 0;
      case INTEGER, REAL -> compareNumbers(one, other);
      case TEXT -> Arrays.compareUnsigned(collated(one, collation), collated(other, collation));
      case BLOB ->
          Arrays.compareUnsigned(
              Objects.requireNonNull(one.bytes()), Objects.requireNonNull(other.bytes()));
    };
  }

  private static int rank(Value value) {
    return switch (value.kind()) {
      case NULL -> 0;
      case INTEGER, REAL -> 1;
      case TEXT -> 2;
      case BLOB -> 3;
    };
  }

  private static int compareNumbers(Value one, Value other) {
    if (one.kind() == StorageClass.INTEGER && other.kind() == StorageClass.INTEGER) {
      return Long.compare(one.asLong(), other.asLong());
    }
    double a = one.kind() == StorageClass.REAL ? one.asDouble() : one.asLong();
    double b = other.kind() == StorageClass.REAL ? other.asDouble() : other.asLong();
    if (Double.isInfinite(a) || Double.isInfinite(b)) {
      return Double.compare(a, b);
    }
    return exact(one).compareTo(exact(other));
  }

  private static BigDecimal exact(Value value) {
    return value.kind() == StorageClass.REAL
        ? new BigDecimal(value.asDouble())
        : BigDecimal.valueOf(value.asLong());
  }

  private static byte[] collated(Value value, String collation) {
    return switch (Names.fold(collation)) {
      case "nocase" -> Names.fold(value.asText()).getBytes(StandardCharsets.UTF_8);
      case "rtrim" -> value.asText().replaceAll(" +$", "").getBytes(StandardCharsets.UTF_8);
      default -> Objects.requireNonNull(value.bytes());
    };
  }
}
