// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import java.util.List;

/**
 * What consumers key a row by.
 *
 * @param implicit whether the key is the rowid because the table declares none, or the row has NULL
 *     in it; such a key never equals a declared one, whatever the columns are called
 * @param values the rowid, or the values of the declared key in its order
 */
public record RowKey(boolean implicit, List<Value> values) {

  public RowKey {
    values = List.copyOf(values);
  }

  /** The key of a row known by its rowid. */
  public static RowKey ofRowid(long rowid) {
    return new RowKey(true, List.of(Value.of(rowid)));
  }

  @Override
  public String toString() {
    return (implicit ? "rowid" : "") + values;
  }
}
