package dev.waltap.schema;

import dev.waltap.record.Names;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a database as of one commit. Immutable.
 *
 * <p>SQLite's own tables ({@code sqlite_*}), views, triggers and indexes are left out.
 */
public final class Schema {

  private final List<Table> tables;
  private final List<String> virtualTables;
  private final List<UnreadableTable> unreadable;
  private final Map<String, Table> byName = new HashMap<>();
  private final Map<Integer, Table> byRoot = new HashMap<>();

  Schema(
      Collection<Table> tables,
      Collection<String> virtualTables,
      Collection<UnreadableTable> unreadable) {
    this.tables = tables.stream().sorted(Comparator.comparing(Table::name, Names.BINARY)).toList();
    this.virtualTables = virtualTables.stream().sorted(Names.BINARY).toList();
    this.unreadable =
        unreadable.stream()
            .sorted(Comparator.comparing(UnreadableTable::name, Names.BINARY))
            .toList();
    for (Table table : this.tables) {
      byName.put(Names.fold(table.name()), table);
      byRoot.put(table.rootPage(), table);
    }
  }

  /** The tables that have rows in the file, by name in BINARY order. */
  public List<Table> tables() {
    return tables;
  }

  /** The names of the virtual tables, which have no rows of their own, in BINARY order. */
  public List<String> virtualTables() {
    return virtualTables;
  }

  /** The tables that could not be read, by name; empty for every database that SQLite opens. */
  public List<UnreadableTable> unreadable() {
    return unreadable;
  }

  /** The table of this name, matched as SQLite does, or null. */
  public @Nullable Table table(String name) {
    return byName.get(Names.fold(name));
  }

  /** The table whose b-tree has its root at this page, or null. */
  public @Nullable Table tableAt(int rootPage) {
    return byRoot.get(rootPage);
  }
}
