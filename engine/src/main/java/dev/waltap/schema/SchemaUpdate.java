// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.format.TextEncoding;
import dev.waltap.record.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way from one schema to the next: the tables that are not as they were, and nothing of the
 * others. Made by a {@link SchemaParser}, unchanged after that; for one thread.
 */
public final class SchemaUpdate {
  private final Schema schema;
  private final TextEncoding encoding;
  private final boolean descending;
  private final List<Table> gone = new ArrayList<>();
  private final List<Table> came = new ArrayList<>();
  private final List<UnreadableTable> unreadableGone = new ArrayList<>();
  private final List<UnreadableTable> unreadableCame = new ArrayList<>();
  private final Map<String, @Nullable Table> tables = new HashMap<>();
  private final Map<String, @Nullable VirtualTable> virtualTables = new LinkedHashMap<>();
  private boolean ambiguous;

  /** From this schema to one of which nothing is known yet but how its keys and text read. */
  SchemaUpdate(Schema schema, TextEncoding encoding, boolean descending) {
    this.schema = schema;
    this.encoding = encoding;
    this.descending = descending;
  }

  /** No table is other than it was. */
  public static SchemaUpdate nothing(Schema schema) {
    SchemaUpdate update = new SchemaUpdate(schema, schema.encoding(), schema.descending());
    update.ambiguous = schema.isAmbiguous();
    return update;
  }

  /** The way to a schema that was parsed as a whole. */
  public static SchemaUpdate between(Schema before, Schema after) {
    SchemaUpdate update = new SchemaUpdate(before, after.encoding(), after.descending());
    boolean sameMeaning = before.isOf(after.encoding(), after.descending());
    for (Table table : before.tables()) {
      Table now = after.table(table.name());
      if (now == null || !sameMeaning || !table.isAs(now)) {
        update.goes(table);
      }
    }
    for (Table table : after.tables()) {
      Table was = before.table(table.name());
      if (was == null || !sameMeaning || !table.isAs(was)) {
        update.comes(table);
      }
    }
    before.allVirtualTables().forEach(update::goes);
    after.allVirtualTables().forEach(update::comes);
    update.unreadableGone.addAll(before.unreadable());
    update.unreadableCame.addAll(after.unreadable());
    update.ambiguous = after.isAmbiguous();
    return update;
  }

  /** The earlier versions of the tables that are gone, or are different now. */
  public List<Table> gone() {
    return gone;
  }

  /** The tables as they are that are new, or were otherwise. */
  public List<Table> came() {
    return came;
  }

  /** The tables that can't be read, and could be, or were not there or not like that. */
  public List<UnreadableTable> unreadableCame() {
    return unreadableCame;
  }

  /** All tables after it, in no particular order. */
  public List<Table> tables() {
    List<Table> all = new ArrayList<>(came);
    for (Table table : schema.tables()) {
      if (!changes(table.name())) {
        all.add(table);
      }
    }
    return all;
  }

  /** Whether a table that had this name is gone, or one has it that came. */
  boolean changes(String name) {
    return tables.containsKey(Names.fold(name));
  }

  /** The table of this name after it, matched as SQLite does, or null. */
  public @Nullable Table table(String name) {
    String folded = Names.fold(name);
    return tables.containsKey(folded) ? tables.get(folded) : schema.table(name);
  }

  @Nullable VirtualTable virtualTable(String foldedName) {
    return virtualTables.containsKey(foldedName)
        ? virtualTables.get(foldedName)
        : schema.virtualTable(foldedName);
  }

  /** The virtual tables that are not as they were, as they were and as they are. */
  List<VirtualTable> changedVirtualTables() {
    List<VirtualTable> changed = new ArrayList<>();
    virtualTables.forEach(
        (name, now) -> {
          VirtualTable was = schema.virtualTable(name);
          if (was != null && !was.equals(now)) {
            changed.add(was);
          }
          if (now != null && !now.equals(was)) {
            changed.add(now);
          }
        });
    return changed;
  }

  /** What has this name is not there any more, or not like that. */
  void goes(String name) {
    Table table = schema.table(name);
    if (table != null) {
      goes(table);
    }
    VirtualTable virtual = schema.virtualTable(Names.fold(name));
    if (virtual != null) {
      goes(virtual);
    }
    unreadableGone.addAll(schema.unreadable(name));
  }

  void goes(Table table) {
    gone.add(table);
    tables.put(Names.fold(table.name()), null);
  }

  void comes(Table table) {
    came.add(table);
    tables.put(Names.fold(table.name()), table);
  }

  private void goes(VirtualTable table) {
    virtualTables.put(Names.fold(table.name()), null);
  }

  void comes(VirtualTable table) {
    virtualTables.put(Names.fold(table.name()), table);
  }

  void comes(UnreadableTable table) {
    unreadableCame.add(table);
  }

  /** Names have more than one entry. */
  void becomesAmbiguous() {
    ambiguous = true;
  }

  /** Whether names have more than one entry, so that only all rows together say what there is. */
  public boolean isAmbiguous() {
    return ambiguous;
  }

  TextEncoding encoding() {
    return encoding;
  }

  boolean descending() {
    return descending;
  }

  List<UnreadableTable> unreadableGone() {
    return unreadableGone;
  }

  Map<String, @Nullable VirtualTable> virtualTables() {
    return virtualTables;
  }

  /** Whether a table of this name that can be read, a virtual one perhaps, is there after it. */
  boolean hasReadable(String name) {
    return table(name) != null || virtualTable(Names.fold(name)) != null;
  }

  /** Whether something of this name, matched as SQLite does, is there after it. */
  boolean hasName(String name) {
    return hasReadable(name)
        || hasUnreadable(schema.unreadable(name), unreadableGone)
        || hasUnreadable(named(unreadableCame, name), List.of());
  }

  private static boolean hasUnreadable(
      Collection<UnreadableTable> tables, Collection<UnreadableTable> without) {
    return tables.stream().anyMatch(table -> !without.contains(table));
  }

  static List<UnreadableTable> named(Collection<UnreadableTable> tables, String name) {
    return tables.stream().filter(table -> Names.same(table.name(), name)).toList();
  }
}
