// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.format.TextEncoding;
import dev.waltap.record.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a database as of one commit; {@link #apply} moves it on to the next, at a cost that
 * depends on what changed and not on how many tables there are. For one thread.
 *
 * <p>SQLite's own tables ({@code sqlite_*}), views, triggers and indexes are left out.
 */
public final class Schema {

  private TextEncoding encoding;
  private boolean descending;
  private final TreeMap<String, Table> byName = new TreeMap<>();
  private final Map<Integer, Table> byRoot = new HashMap<>();
  private final Map<String, VirtualTable> virtualTables = new HashMap<>();
  private final List<UnreadableTable> unreadable = new ArrayList<>();
  private boolean ambiguous;
  private @Nullable List<Table> sorted;

  /** A schema without tables, in which DESC in a key means something or not. */
  Schema(TextEncoding encoding, boolean descending) {
    this.encoding = encoding;
    this.descending = descending;
  }

  /** The schema of an empty database. */
  public static Schema empty() {
    return new Schema(TextEncoding.UTF_8, true);
  }

  /** Moves on; the update must have been made for this schema as it is. */
  public void apply(SchemaUpdate update) {
    for (Table table : update.gone()) {
      byName.remove(Names.fold(table.name()));
      byRoot.remove(table.rootPage(), table);
    }
    for (Table table : update.came()) {
      byName.put(Names.fold(table.name()), table);
      byRoot.put(table.rootPage(), table);
    }
    update
        .virtualTables()
        .forEach(
            (name, table) -> {
              if (table == null) {
                virtualTables.remove(name);
              } else {
                virtualTables.put(name, table);
              }
            });
    unreadable.removeAll(update.unreadableGone());
    unreadable.addAll(update.unreadableCame());
    ambiguous = update.isAmbiguous();
    encoding = update.encoding();
    descending = update.descending();
    sorted = null;
  }

  /** The tables that have rows in the file, by name in BINARY order. */
  public List<Table> tables() {
    List<Table> tables = sorted;
    if (tables == null) {
      tables =
          byName.values().stream().sorted(Comparator.comparing(Table::name, Names.BINARY)).toList();
      sorted = tables;
    }
    return tables;
  }

  /** The names of the virtual tables, which have no rows of their own, in BINARY order. */
  public List<String> virtualTables() {
    return virtualTables.values().stream().map(VirtualTable::name).sorted(Names.BINARY).toList();
  }

  /** The tables that could not be read, by name; empty for every database that our SQLite reads. */
  public List<UnreadableTable> unreadable() {
    return unreadable.stream()
        .sorted(Comparator.comparing(UnreadableTable::name, Names.BINARY))
        .toList();
  }

  /** The table of this name, matched as SQLite does, or null. */
  public @Nullable Table table(String name) {
    return byName.get(Names.fold(name));
  }

  /** The table whose b-tree has its root at this page, or null. */
  public @Nullable Table tableAt(int rootPage) {
    return byRoot.get(rootPage);
  }

  /** The tables whose names begin with a virtual table's and an underscore. */
  Collection<Table> tablesNamedAfter(VirtualTable virtual) {
    String prefix = Names.fold(virtual.name()) + "_";
    List<Table> tables = new ArrayList<>();
    for (Map.Entry<String, Table> entry : byName.tailMap(prefix).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      tables.add(entry.getValue());
    }
    return tables;
  }

  List<UnreadableTable> unreadable(String name) {
    return SchemaUpdate.named(unreadable, name);
  }

  @Nullable VirtualTable virtualTable(String foldedName) {
    return virtualTables.get(foldedName);
  }

  Collection<VirtualTable> allVirtualTables() {
    return virtualTables.values();
  }

  /** The encoding of the database's text. */
  public TextEncoding encoding() {
    return encoding;
  }

  boolean descending() {
    return descending;
  }

  /** Whether records and keys read as these two say. */
  boolean isOf(TextEncoding text, boolean descendingKeys) {
    return encoding == text && descending == descendingKeys;
  }

  /** Whether names have more than one entry, so that a change of one says little of the others. */
  boolean isAmbiguous() {
    return ambiguous;
  }
}
