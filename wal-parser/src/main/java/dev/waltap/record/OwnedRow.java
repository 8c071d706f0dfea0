// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import org.jspecify.annotations.Nullable;

/** A stored row and nothing else. */
final class OwnedRow implements StoredRow {
  private final TableLayout layout;
  private final long rowid;
  private final byte[] payload;
  private @Nullable RowDecoding decoding;

  OwnedRow(TableLayout layout, long rowid, byte[] payload) {
    this.layout = layout;
    this.rowid = rowid;
    this.payload = payload;
  }

  @Override
  public TableLayout layout() {
    return layout;
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
}
