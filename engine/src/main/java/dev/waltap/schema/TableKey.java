// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

/** The declared key of a row, of which it is a view. */
final class TableKey extends ShapedRow {
  private final TableRow image;

  TableKey(TableRow image) {
    this.image = image;
  }

  @Override
  RowShape shape() {
    return image.keyShape();
  }

  @Override
  public TableRow stored() {
    return image;
  }

  @Override
  protected TableKey key() {
    return this;
  }
}
