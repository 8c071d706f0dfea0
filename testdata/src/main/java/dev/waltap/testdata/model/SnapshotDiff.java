// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import dev.waltap.api.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says, from two snapshots taken by SQL, which changes lead from one to the other, by the rules
 * that users are promised: net effect per row, SCHEMA, then DELETEs, UPDATEs, INSERTs, tables by
 * name, rows in b-tree order.
 */
public final class SnapshotDiff {
  private final Snapshot before;
  private final Snapshot after;
  private final Scratch scratch;
  private final List<ExpectedChange> schemas = new ArrayList<>();
  private final List<ExpectedChange> deletes = new ArrayList<>();
  private final List<ExpectedChange> updates = new ArrayList<>();
  private final List<ExpectedChange> inserts = new ArrayList<>();

  private SnapshotDiff(Snapshot before, Snapshot after, Scratch scratch) {
    this.before = before;
    this.after = after;
    this.scratch = scratch;
  }

  /** The changes from one snapshot to the other, in order. */
  public static List<ExpectedChange> between(Snapshot before, Snapshot after, Scratch scratch) {
    return new SnapshotDiff(before, after, scratch).run();
  }

  /** What a bootstrap at this snapshot emits. */
  public static List<ExpectedChange> bootstrap(Snapshot snapshot) {
    List<ExpectedChange> all = new ArrayList<>();
    for (Snapshot.Table table : snapshot.tables().values()) {
      Shape shape = table.shape();
      all.add(schema(shape.name(), null, shape));
      all.add(
          new ExpectedChange(Operation.BOOTSTRAP, shape.name(), null, null, null, shape, shape));
      table.rows().forEach(row -> all.add(insert(shape, row)));
    }
    return all;
  }

  private List<ExpectedChange> run() {
    SortedMap<String, String> renamed = renamed();
    for (Map.Entry<String, Snapshot.Table> entry : before.tables().entrySet()) {
      String name = renamed.getOrDefault(entry.getKey(), entry.getKey());
      Snapshot.Table now = after.tables().get(name);
      Shape old = entry.getValue().shape();
      if (now == null) {
        schemas.add(schema(old.name(), old, null));
      } else {
        if (!old.name().equals(name) || !old.sql().equals(now.shape().sql())) {
          schemas.add(schema(old.name(), old, now.shape()));
        }
        diffRows(entry.getValue(), now);
      }
    }
    for (Map.Entry<String, Snapshot.Table> entry : after.tables().entrySet()) {
      if (!renamed.containsValue(entry.getKey())) {
        Shape shape = entry.getValue().shape();
        schemas.add(schema(entry.getKey(), null, shape));
        entry.getValue().rows().forEach(row -> inserts.add(insert(shape, row)));
      }
    }
    List<ExpectedChange> all = new ArrayList<>();
    // Sorting is stable: rows of one table stay in b-tree order.
    for (List<ExpectedChange> group : List.of(schemas, deletes, updates, inserts)) {
      group.sort(Comparator.comparing(ExpectedChange::table, Names::compare));
      all.addAll(group);
    }
    return all;
  }

  /** Old to new names: a table is the same if its name is, else if its root page is. */
  private SortedMap<String, String> renamed() {
    SortedMap<String, String> renamed = new TreeMap<>();
    before
        .tables()
        .forEach(
            (oldName, old) -> {
              String named = sameName(after, oldName);
              after
                  .tables()
                  .forEach(
                      (newName, now) -> {
                        boolean moved =
                            named == null
                                && old.rootPage() == now.rootPage()
                                && sameName(before, newName) == null;
                        if (newName.equals(named) || moved) {
                          renamed.put(oldName, newName);
                        }
                      });
            });
    return renamed;
  }

  private static @Nullable String sameName(Snapshot snapshot, String name) {
    return snapshot.tables().keySet().stream()
        .filter(other -> Names.equal(name, other))
        .findFirst()
        .orElse(null);
  }

  private void diffRows(Snapshot.Table old, Snapshot.Table now) {
    Migration migration = new Migration(old.shape(), now.shape(), scratch);
    String table = now.shape().name();
    Map<Object, Snapshot.StoredRow> oldRows = new HashMap<>();
    old.rows().forEach(row -> oldRows.put(identity(row), row));
    Set<Object> kept = new HashSet<>();
    for (Snapshot.StoredRow row : now.rows()) {
      Snapshot.StoredRow was = oldRows.get(identity(row));
      if (was == null || !migration.keepsKeys() || !was.key().equals(row.key())) {
        inserts.add(insert(now.shape(), row));
        continue;
      }
      kept.add(identity(row));
      if (!migration.apply(was.image()).equals(row.image())) {
        updates.add(
            new ExpectedChange(
                Operation.UPDATE,
                table,
                row.key(),
                was.image(),
                row.image(),
                old.shape(),
                now.shape()));
      }
    }
    for (Snapshot.StoredRow row : old.rows()) {
      if (!kept.contains(identity(row))) {
        deletes.add(
            new ExpectedChange(
                Operation.DELETE, table, row.key(), row.image(), null, old.shape(), null));
      }
    }
  }

  /** The b-tree key; where SQL has no name for the rowid, the declared key has to do. */
  private static Object identity(Snapshot.StoredRow row) {
    return row.rowid() == null ? row.key() : row.rowid();
  }

  private static ExpectedChange insert(Shape shape, Snapshot.StoredRow row) {
    return new ExpectedChange(
        Operation.INSERT, shape.name(), row.key(), null, row.image(), null, shape);
  }

  private static ExpectedChange schema(
      String table, @Nullable Shape shapeBefore, @Nullable Shape shapeAfter) {
    return new ExpectedChange(Operation.SCHEMA, table, null, null, null, shapeBefore, shapeAfter);
  }
}
