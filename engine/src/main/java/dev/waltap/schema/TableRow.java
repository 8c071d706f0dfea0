// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.api.Row;
import dev.waltap.record.RowDecoding;
import dev.waltap.record.RowReader;
import dev.waltap.record.StoredRow;
import dev.waltap.record.TableLayout;
import org.jspecify.annotations.Nullable;

/**
 * A row image without its excluded columns, which is the stored row itself: one object and the
 * array of its payload.
 */
public final class TableRow extends ShapedRow implements StoredRow {
  private final Projection projection;
  private final long rowid;
  private final byte[] payload;
  private @Nullable RowDecoding decoding;

  TableRow(Projection projection, long rowid, byte[] payload) {
    this.projection = projection;
    this.rowid = rowid;
    this.payload = payload;
  }

  @Override
  RowShape shape() {
    return projection.image();
  }

  @Override
  public TableRow stored() {
    return this;
  }

  @Override
  public TableLayout layout() {
    return projection.layout();
  }

  @Override
  public long rowid() {
    return rowid;
  }

  @Override
  public byte[] payload() {
    return payload;
  }

  @Override
  public RowReader reader() {
    RowDecoding current = decoding;
    if (current == null) {
      current = RowDecoding.of(this);
      decoding = current;
    }
    return current.reader();
  }

  @Override
  public Row key() {
    boolean declared = keyShape().size() > 0 && !hasNullKey();
    return declared ? new TableKey(this) : new RowidKey(rowid);
  }

  RowShape keyShape() {
    return projection.key();
  }
}
