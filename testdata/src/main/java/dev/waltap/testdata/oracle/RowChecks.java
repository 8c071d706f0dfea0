// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.testdata.model.Image;
import dev.waltap.testdata.model.RowKey;
import dev.waltap.testdata.model.Shape;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks a row's change against the replica of its table and applies it: images, key, and the order
 * of rows. Used from one thread.
 */
final class RowChecks {
  private final OracleOptions options;
  private @Nullable Change previous;
  private @Nullable RowKey previousKey;

  RowChecks(OracleOptions options) {
    this.options = options;
  }

  /** The next row follows no other. */
  void newTable() {
    previous = null;
    previousKey = null;
  }

  @Nullable String apply(Change change, TableReplica table) {
    Row rowBefore = change.before();
    Row rowAfter = change.after();
    Row rowKey = Objects.requireNonNull(change.key());
    Image before = rowBefore == null ? null : Image.of(rowBefore, options.charset());
    Image after = rowAfter == null ? null : Image.of(rowAfter, options.charset());
    Shape side = after == null ? table.shapeBefore() : table.shape();
    String wrong = columns(before, table.shapeBefore(), after, table.shape());
    if (wrong != null) {
      return wrong;
    }
    Image image = Objects.requireNonNull(after == null ? before : after);
    RowKey key = key(Image.of(rowKey, options.charset()), image, side);
    if (key == null) {
      return "key " + rowKey + " is not that of the row " + image + " of " + side.sql();
    }
    wrong = order(change, key, image, side);
    return wrong != null ? wrong : applyRow(change.operation(), table, key, before, after);
  }

  private static @Nullable String columns(
      @Nullable Image before, Shape shapeBefore, @Nullable Image after, Shape shapeAfter) {
    if (before != null && !before.names().equals(shapeBefore.names())) {
      return "before has columns " + before.names() + ", not " + shapeBefore.names();
    }
    return after != null && !after.names().equals(shapeAfter.names())
        ? "after has columns " + after.names() + ", not " + shapeAfter.names()
        : null;
  }

  /** The key as emitted, or null if it is not that of the image. */
  private static @Nullable RowKey key(Image emitted, Image image, Shape shape) {
    RowKey key = new RowKey(shape.keyedByRowid(image.values()), emitted.values());
    if (!emitted.names().equals(shape.keyNames(key))) {
      return null;
    }
    if (key.implicit()) {
      return emitted.values().get(0).kind() == dev.waltap.api.StorageClass.INTEGER ? key : null;
    }
    return shape.keyOf(image.values(), null).equals(key) ? key : null;
  }

  private @Nullable String order(Change change, RowKey key, Image image, Shape shape) {
    Change last = previous;
    RowKey lastKey = previousKey;
    previous = change;
    previousKey = key;
    if (last == null
        || lastKey == null
        || last.operation() != change.operation()
        || !last.table().equals(change.table())
        || !last.transaction().id().equals(change.transaction().id())) {
      return null;
    }
    Row row = Objects.requireNonNull(last.after() == null ? last.before() : last.after());
    return RowOrder.ascends(shape, options.legacy(), lastKey, Image.of(row, null), key, image)
        ? null
        : "row " + key + " after row " + lastKey;
  }

  private static @Nullable String applyRow(
      Operation operation,
      TableReplica table,
      RowKey key,
      @Nullable Image before,
      @Nullable Image after) {
    if (before != null) {
      Image held = table.get(key);
      if (held == null) {
        return "row " + key + " does not exist";
      }
      String difference = held.difference(before);
      if (difference != null) {
        return "before is not what the replica holds: " + difference;
      }
    }
    if (operation == Operation.UPDATE && !table.keepsKeys()) {
      return "UPDATE of a row that is keyed otherwise now";
    }
    if (before != null && after != null && table.migrated(before).equals(after)) {
      return "UPDATE changes nothing";
    }
    if (before == null && table.isTaken(key)) {
      return "row " + key + " exists already";
    }
    if (before != null) {
      table.remove(key);
    }
    if (after != null) {
      table.put(key, after);
    }
    return null;
  }
}
