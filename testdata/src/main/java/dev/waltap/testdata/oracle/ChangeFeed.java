// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.api.Change;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import dev.waltap.api.Transaction;
import dev.waltap.testdata.model.ExpectedChange;
import dev.waltap.testdata.model.Image;
import dev.waltap.testdata.model.ImageRow;
import dev.waltap.testdata.model.RowKey;
import dev.waltap.testdata.model.Shape;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives expected changes positions and times, so that they are the stream a capture without fault
 * would deliver. Used from one thread.
 */
public final class ChangeFeed {
  private final long epoch;
  private long frame;

  public ChangeFeed(long epoch) {
    this.epoch = epoch;
  }

  /** One transaction of these changes. */
  public List<Change> transaction(List<ExpectedChange> expected) {
    frame++;
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    List<Change> changes = new ArrayList<>(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      changes.add(change(expected.get(i), i, i == expected.size() - 1, now));
    }
    return changes;
  }

  private Change change(ExpectedChange expected, int index, boolean last, Instant now) {
    boolean schema = expected.operation() == dev.waltap.api.Operation.SCHEMA;
    Shape side = expected.after() == null ? expected.shapeBefore() : expected.shapeAfter();
    return new Change(
        expected.table(),
        now,
        expected.operation(),
        row(expected.before()),
        row(expected.after()),
        keyRow(expected.key(), side),
        new Position(epoch, frame, index),
        new Transaction(epoch + ":" + frame, index, last),
        schema ? schema(expected.shapeBefore()) : null,
        schema ? schema(expected.shapeAfter()) : null);
  }

  private static @Nullable Row row(@Nullable Image image) {
    return image == null ? null : new ImageRow(image);
  }

  static @Nullable Row keyRow(@Nullable RowKey key, @Nullable Shape shape) {
    return key == null || shape == null
        ? null
        : new ImageRow(new Image(shape.keyNames(key), key.values()));
  }

  static @Nullable TableSchema schema(@Nullable Shape shape) {
    if (shape == null) {
      return null;
    }
    List<ColumnSchema> columns = new ArrayList<>();
    shape.columns().forEach(c -> columns.add(new ColumnSchema(c.name(), c.type(), c.key())));
    return new TableSchema(shape.name(), shape.sql(), columns);
  }
}
