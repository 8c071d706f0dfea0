// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.testdata.model.Image;
import dev.waltap.testdata.model.Migration;
import dev.waltap.testdata.model.RowKey;
import dev.waltap.testdata.model.Shape;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One table of the replica. In a transaction that changes the schema, rows are still held in the
 * old shape, because before images are; {@link #finishMigration} brings those that are left into
 * the new one. Used from one thread.
 */
final class TableReplica {
  private final Shape shape;
  private final Map<RowKey, Image> rows;
  private final Journal journal;
  private @Nullable Map<RowKey, Image> oldRows;
  private @Nullable Shape oldShape;
  private @Nullable Migration migration;

  TableReplica(Shape shape, Journal journal) {
    this.shape = shape;
    this.journal = journal;
    this.rows = new HashMap<>();
  }

  /** The same table in a new shape; {@code old} must not be used any more. */
  TableReplica(Shape shape, TableReplica old, Migration migration, Journal journal) {
    this(shape, journal);
    this.oldRows = old.rows;
    this.oldShape = old.shape;
    this.migration = migration;
  }

  Shape shape() {
    return shape;
  }

  /** The shape of before images in the transaction under way. */
  Shape shapeBefore() {
    return oldShape == null ? shape : oldShape;
  }

  Map<RowKey, Image> rows() {
    return rows;
  }

  /** What the image of the old shape becomes in the new one. */
  Image migrated(Image before) {
    return migration == null ? before : migration.apply(before);
  }

  boolean keepsKeys() {
    return migration == null || migration.keepsKeys();
  }

  @Nullable Image get(RowKey key) {
    return (oldRows == null ? rows : oldRows).get(key);
  }

  /** Whether an INSERT of this key would meet a row. */
  boolean isTaken(RowKey key) {
    return rows.containsKey(key) || (oldRows != null && keepsKeys() && oldRows.containsKey(key));
  }

  void remove(RowKey key) {
    Map<RowKey, Image> from = oldRows == null ? rows : oldRows;
    Image was = from.remove(key);
    if (was != null) {
      journal.undo(() -> from.put(key, was));
    }
  }

  void put(RowKey key, Image image) {
    Image was = rows.put(key, image);
    journal.undo(
        () -> {
          if (was == null) {
            rows.remove(key);
          } else {
            rows.put(key, was);
          }
        });
  }

  void clear() {
    Map<RowKey, Image> held = new HashMap<>(rows);
    rows.clear();
    journal.undo(() -> rows.putAll(held));
    if (oldRows != null) {
      Map<RowKey, Image> old = oldRows;
      Map<RowKey, Image> oldHeld = new HashMap<>(old);
      old.clear();
      journal.undo(() -> old.putAll(oldHeld));
    }
  }

  /** Brings the rows that no event mentioned into the new shape; says what is wrong, or null. */
  @Nullable String finishMigration() {
    Map<RowKey, Image> left = oldRows;
    Migration way = migration;
    if (left == null || way == null) {
      return null;
    }
    oldRows = null;
    oldShape = null;
    migration = null;
    if (!left.isEmpty() && !way.keepsKeys()) {
      return left.size()
          + " rows of table "
          + shape.name()
          + " are keyed otherwise now, and no"
          + " DELETE removed them, such as "
          + left.keySet().iterator().next();
    }
    for (Map.Entry<RowKey, Image> row : left.entrySet()) {
      if (rows.put(row.getKey(), way.apply(row.getValue())) != null) {
        return "row " + row.getKey() + " of table " + shape.name() + " was inserted over another";
      }
    }
    return null;
  }
}
