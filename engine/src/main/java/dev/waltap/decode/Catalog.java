// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.record.Names;
import dev.waltap.schema.Schema;
import dev.waltap.schema.SchemaUpdate;
import dev.waltap.schema.Table;
import dev.waltap.schema.TableFilter;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the page set as of one schema. All ordinary tables are in it, whatever the filter
 * emits: positions count changes before any filter, so that they mean the same under another one.
 *
 * <p>{@link #change} says what an update of the schema makes of the tables, and {@link #apply}
 * moves the catalog on, both at a cost that depends on what changed. For one thread.
 */
public final class Catalog {
  private final Schema schema;
  private final Map<String, CapturedTable> byName = new HashMap<>();
  private final Map<Integer, CapturedTable> byRoot = new HashMap<>();
  private final Map<Integer, CapturedTable> byOrdinal = new HashMap<>();
  private TableFilter filter;
  private int nextOrdinal = SchemaReader.TREE.ordinal() + 1;
  private @Nullable List<CapturedTable> sorted;

  private Catalog(Schema schema, TableFilter filter) {
    this.schema = schema;
    this.filter = filter;
  }

  /** A catalog without tables. */
  public static Catalog empty(TableFilter filter) {
    return new Catalog(Schema.empty(), filter);
  }

  /** The tables in BINARY order of their names. */
  public List<CapturedTable> tables() {
    List<CapturedTable> tables = sorted;
    if (tables == null) {
      tables =
          byName.values().stream()
              .sorted(Comparator.comparing(CapturedTable::name, Names.BINARY))
              .toList();
      sorted = tables;
    }
    return tables;
  }

  /** The table of this name, matched as SQLite does; null if there is none. */
  public @Nullable CapturedTable named(String name) {
    return byName.get(Names.fold(name));
  }

  /** The table whose tree has this ordinal; null if there is none. */
  public @Nullable CapturedTable ofTree(int ordinal) {
    return byOrdinal.get(ordinal);
  }

  /** Says which tables are emitted. */
  TableFilter filter() {
    return filter;
  }

  /** The schema that it is as of. It moves on with this catalog. */
  public Schema schema() {
    return schema;
  }

  /** The tables of a later schema under the same filter, in a catalog of their own. */
  public Catalog next(Schema later) {
    return next(later, filter);
  }

  /**
   * The tables of a later schema, under a filter that may be another, in a catalog of their own.
   */
  Catalog next(Schema later, TableFilter laterFilter) {
    CatalogChange change = change(SchemaUpdate.between(schema, later), laterFilter);
    Catalog next = new Catalog(later, laterFilter);
    for (CapturedTable table : byName.values()) {
      next.put(table);
    }
    next.nextOrdinal = nextOrdinal;
    next.move(change);
    return next;
  }

  /**
   * What becomes of the tables. A table is the same if its name is (as SQLite sees it: {@code t} is
   * {@code T}), else if its root page is. So one that was dropped and whose root another took in
   * the same transaction, or in the same gap, is emitted as renamed: what its rows became is
   * emitted row by row. The same table keeps the ordinal of its tree, if that is of the same kind.
   *
   * @param later says which tables are emitted after it; another filter than before means that all
   *     tables are looked at
   */
  CatalogChange change(SchemaUpdate update, TableFilter later) {
    boolean all = later != filter;
    CatalogChange change = new CatalogChange(update, later, nextOrdinal);
    for (Table table : all ? update.tables() : update.came()) {
      boolean emitted = later.accepts(table);
      if (table.kind() == Table.Kind.SHADOW && !emitted) {
        continue;
      }
      CapturedTable same = predecessor(update, table);
      int ordinal =
          same != null && same.tree().kind() == table.layout().treeKind()
              ? same.tree().ordinal()
              : change.newOrdinal();
      change.add(
          new SchemaStep(same, CapturedTable.of(table, ordinal, later.projection(table), emitted)));
    }
    for (CapturedTable table : all ? tables() : captured(update.gone())) {
      if (!change.covers(table)) {
        change.add(new SchemaStep(table, null));
      }
    }
    change.sort();
    return change;
  }

  private List<CapturedTable> captured(Collection<Table> tables) {
    return tables.stream()
        .map(table -> named(table.name()))
        .filter(table -> table != null)
        .toList();
  }

  private @Nullable CapturedTable predecessor(SchemaUpdate update, Table table) {
    CapturedTable named = named(table.name());
    if (named != null) {
      return named;
    }
    CapturedTable renamed = byRoot.get(table.rootPage());
    if (renamed == null) {
      return null;
    }
    // A name that lives on stays with its table, even if the table's old root serves another now.
    return update.table(renamed.name()) == null ? renamed : null;
  }

  /** Moves on; the change must have been made for this catalog as it is. */
  void apply(CatalogChange change) {
    move(change);
    schema.apply(change.update());
  }

  private void move(CatalogChange change) {
    filter = change.filter();
    nextOrdinal = change.nextOrdinal();
    sorted = null;
    for (SchemaStep step : change.steps()) {
      CapturedTable table = step.before();
      if (table != null) {
        byName.remove(Names.fold(table.name()));
        byRoot.remove(table.tree().root());
        byOrdinal.remove(table.tree().ordinal());
      }
    }
    for (SchemaStep step : change.steps()) {
      CapturedTable table = step.after();
      if (table != null) {
        put(table);
      }
    }
  }

  private void put(CapturedTable table) {
    byName.put(Names.fold(table.name()), table);
    byRoot.put(table.tree().root(), table);
    byOrdinal.put(table.tree().ordinal(), table);
  }
}
