// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

/**
 * Some columns of a stored row, in an order of their own. Whoever has many of them to read does so
 * by one {@link RowReader} instead of asking for value after value.
 */
public interface StoredColumns {

  /** What the values are stored in. */
  StoredRow stored();

  /** For each index here, the column of {@link #stored}; shared, to be read only. */
  int[] columns();
}
