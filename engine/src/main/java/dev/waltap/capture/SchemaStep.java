package dev.waltap.capture;

import dev.waltap.record.Names;
import dev.waltap.record.TableLayout;
import dev.waltap.schema.Schema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One table across a change of schema.
 *
 * @param before the table as it was, null if it did not exist
 * @param after the table as it is, null if it exists no more
 */
record SchemaStep(@Nullable CapturedTable before, @Nullable CapturedTable after) {

  /** All tables of both catalogs, by the name under which a SCHEMA change tells them. */
  static List<SchemaStep> between(Catalog old, Catalog now, Schema schema) {
    List<SchemaStep> steps = new ArrayList<>();
    Set<String> claimed = new HashSet<>();
    for (CapturedTable table : now.tables()) {
      CapturedTable before = old.predecessor(schema, table.table());
      if (before != null) {
        claimed.add(before.name());
      }
      steps.add(new SchemaStep(before, table));
    }
    for (CapturedTable table : old.tables()) {
      if (!claimed.contains(table.name())) {
        steps.add(new SchemaStep(table, null));
      }
    }
    steps.sort(Comparator.comparing(SchemaStep::name, Names.BINARY));
    return steps;
  }

  /** The name the change is told under: the old one if there is one that was told. */
  String name() {
    boolean entering = before == null || (!before.told() && after != null && after.told());
    CapturedTable table = entering ? after : before;
    return table == null ? "" : table.name();
  }

  boolean isCreated() {
    return before == null;
  }

  boolean isDropped() {
    return after == null;
  }

  /** Whether the rows are keyed otherwise now, so that no row is the same. */
  boolean isReplaced() {
    return before != null && after != null && !sameKey(before, after);
  }

  /**
   * Whether rows are keyed as before: by the same columns, which may have another name or place, in
   * a tree of the same kind.
   */
  private static boolean sameKey(CapturedTable tableBefore, CapturedTable tableAfter) {
    TableLayout old = tableBefore.layout();
    TableLayout now = tableAfter.layout();
    boolean renamed = tableBefore.differsInNamesOnly(tableAfter);
    boolean same =
        old.withoutRowid() == now.withoutRowid()
            && old.keyCount() == now.keyCount()
            && (old.rowidColumn() >= 0) == (now.rowidColumn() >= 0);
    for (int i = 0; same && i < old.keyCount(); i++) {
      int before = old.keyColumn(i);
      int after = now.keyColumn(i);
      same =
          Names.same(old.column(before).name(), now.column(after).name())
              || (before == after && renamed);
    }
    return same;
  }

  /** Whether the table passes the filter now and did not before. */
  boolean isEntering() {
    return before != null && after != null && after.told() && !before.told();
  }

  /** Whether there is a change of schema to tell or to count. */
  boolean isChanged() {
    if (before == null || after == null) {
      return true;
    }
    return before.told() != after.told()
        || !before.table().declaration().equals(after.table().declaration());
  }

  void emit(Emitter emitter) {
    boolean toldBefore = before != null && before.told();
    boolean toldAfter = after != null && after.told();
    emitter.schema(
        name(),
        before != null && toldBefore ? before.table().declaration() : null,
        after != null && toldAfter ? after.table().declaration() : null,
        toldBefore || toldAfter);
  }
}
