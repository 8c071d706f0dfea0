// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.diff.RowCursor;
import dev.waltap.diff.RowSink;
import dev.waltap.format.TextEncoding;
import dev.waltap.schema.SchemaRow;
import java.util.ArrayList;
import java.util.List;

/** The rows of the schema table that a transaction changed. For the capture thread. */
final class SchemaRows implements RowSink {
  private final SchemaReader reader;
  private final List<SchemaRow> gone = new ArrayList<>();
  private final List<SchemaRow> came = new ArrayList<>();
  private TextEncoding encoding = TextEncoding.UTF_8;

  SchemaRows(SchemaReader reader) {
    this.reader = reader;
  }

  /** Forgets the rows of an earlier transaction. */
  void begin(TextEncoding ofTheSchema) {
    encoding = ofTheSchema;
    gone.clear();
    came.clear();
  }

  boolean isEmpty() {
    return gone.isEmpty() && came.isEmpty();
  }

  /** Those that were deleted, or updated as they were. */
  List<SchemaRow> gone() {
    return gone;
  }

  /** Those that were inserted, or updated as they are. */
  List<SchemaRow> came() {
    return came;
  }

  @Override
  public void deleted(RowCursor before) {
    add(gone, before);
  }

  @Override
  public void updated(RowCursor before, RowCursor after) {
    add(gone, before);
    add(came, after);
  }

  @Override
  public void inserted(RowCursor after) {
    add(came, after);
  }

  private void add(List<SchemaRow> rows, RowCursor cursor) {
    SchemaRow row = reader.decode(cursor, encoding);
    if (row.isUserTable()) {
      rows.add(row);
    }
  }
}
