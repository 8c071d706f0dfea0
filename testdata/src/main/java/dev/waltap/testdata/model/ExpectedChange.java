// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import dev.waltap.api.Operation;
import org.jspecify.annotations.Nullable;

/**
 * A change as it must be emitted, but for its position and time.
 *
 * @param operation what happened
 * @param table the table it belongs to
 * @param key the row's key; null for SCHEMA and BOOTSTRAP
 * @param before the row before; null if there was none
 * @param after the row after; null if there is none
 * @param shapeBefore the table before; null if there was none
 * @param shapeAfter the table after; null if there is none
 */
public record ExpectedChange(
    Operation operation,
    String table,
    @Nullable RowKey key,
    @Nullable Image before,
    @Nullable Image after,
    @Nullable Shape shapeBefore,
    @Nullable Shape shapeAfter) {

  @Override
  public String toString() {
    return table
        + " "
        + operation
        + (key == null ? "" : " " + key)
        + (before == null ? "" : " before " + before)
        + (after == null ? "" : " after " + after)
        + (operation != Operation.SCHEMA
            ? ""
            : " from " + sql(shapeBefore) + " to " + sql(shapeAfter));
  }

  private static String sql(@Nullable Shape shape) {
    return shape == null ? "nothing" : shape.name() + ": " + shape.sql();
  }
}
