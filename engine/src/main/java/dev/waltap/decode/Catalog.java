package dev.waltap.decode;

import dev.waltap.record.Names;
import dev.waltap.schema.Schema;
import dev.waltap.schema.Table;
import dev.waltap.schema.TableFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the page set as of one schema, by name. All ordinary tables are in it, whatever the
 * filter tells: positions count changes before any filter, so that they mean the same under another
 * one. Immutable but for the ordinals it hands on to its successor. For one thread.
 */
public final class Catalog {
  private final TableFilter filter;
  private final List<CapturedTable> tables;
  private final int nextOrdinal;

  private Catalog(TableFilter filter, List<CapturedTable> tables, int nextOrdinal) {
    this.filter = filter;
    this.tables = List.copyOf(tables);
    this.nextOrdinal = nextOrdinal;
  }

  /** A catalog without tables. */
  public static Catalog empty(TableFilter filter) {
    return new Catalog(filter, List.of(), SchemaReader.TREE.ordinal() + 1);
  }

  /** The same tables, after which another filter says which are told. */
  Catalog under(TableFilter other) {
    return new Catalog(other, tables, nextOrdinal);
  }

  /** The tables in BINARY order of their names. */
  public List<CapturedTable> tables() {
    return tables;
  }

  /** The table of this name, matched as SQLite does; null if there is none. */
  public @Nullable CapturedTable named(String name) {
    for (CapturedTable table : tables) {
      if (Names.same(table.name(), name)) {
        return table;
      }
    }
    return null;
  }

  private @Nullable CapturedTable rootedAt(int rootPage) {
    for (CapturedTable table : tables) {
      if (table.tree().root() == rootPage) {
        return table;
      }
    }
    return null;
  }

  /**
   * The tables of a later schema. A table is the same if its name is (as SQLite sees it: {@code t}
   * is {@code T}), else if its root page is. So one that was dropped and whose root another took in
   * the same transaction, or in the same gap, is told as renamed: what its rows became is told row
   * by row. The same table keeps the ordinal of its tree, if that is of the same kind.
   */
  public Catalog next(Schema schema) {
    List<CapturedTable> later = new ArrayList<>();
    int ordinal = nextOrdinal;
    for (Table table : schema.tables()) {
      boolean told = filter.accepts(table);
      if (table.kind() == Table.Kind.SHADOW && !told) {
        continue;
      }
      CapturedTable same = predecessor(schema, table);
      int number =
          same != null && same.tree().index() == table.layout().withoutRowid()
              ? same.tree().ordinal()
              : ordinal++;
      later.add(CapturedTable.of(table, number, filter.projection(table), told));
    }
    return new Catalog(filter, later, ordinal);
  }

  /** What a table of a later schema was in this one; null if it was not. */
  @Nullable CapturedTable predecessor(Schema schema, Table table) {
    CapturedTable named = named(table.name());
    if (named != null) {
      return named;
    }
    CapturedTable renamed = rootedAt(table.rootPage());
    if (renamed == null) {
      return null;
    }
    // A name that lives on stays with its table, even if the table's old root serves another now.
    return schema.table(renamed.name()) == null ? renamed : null;
  }
}
