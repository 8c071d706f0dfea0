// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.format.TextEncoding;
import dev.waltap.record.Names;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Schema} of the rows of {@code sqlite_schema}. SQLite itself does the parsing, in
 * an in-memory database: nothing of the source is opened, and nothing of its text is run.
 *
 * <p>Owned by one thread, which closes it. Unknown functions, collations and virtual table modules
 * in the text do no harm.
 */
public final class SchemaParser implements AutoCloseable {

  /** Tables to a load of the scratch database, where some work takes as many steps as it holds. */
  private static final int CHUNK = 256;

  /** From this schema format on, header bytes 44..47, DESC in an index means something. */
  private static final int DESCENDING_FORMAT = 4;

  private @Nullable Scratch scratch;
  private long parsed;

  /** As {@link #parse(List, TextEncoding, int)} for the schema format of all newer databases. */
  public Schema parse(List<SchemaRow> rows, TextEncoding encoding) {
    return parse(rows, encoding, DESCENDING_FORMAT);
  }

  /**
   * Parses a whole schema, unless this process has parsed the same one before.
   *
   * @param rows all rows of {@code sqlite_schema}, in any order
   * @param encoding the encoding of the database's text
   * @param schemaFormat header bytes 44..47; below 4, keys are ascending whatever they say
   * @return the tables, those that can't be read listed apart
   * @throws IllegalStateException if the in-memory database fails, which no schema text should do
   */
  public Schema parse(List<SchemaRow> rows, TextEncoding encoding, int schemaFormat) {
    boolean descending = schemaFormat >= DESCENDING_FORMAT;
    Schema schema = new Schema(encoding, descending);
    List<SchemaRow> tables = tablesInOrder(rows);
    KnownSchemas.Key key = KnownSchemas.key(tables, encoding, descending);
    SchemaUpdate update = key == null ? null : KnownSchemas.find(key, schema, tables);
    if (update == null) {
      update = update(schema, List.of(), rows);
      if (key != null) {
        KnownSchemas.keep(key, update);
      }
    }
    schema.apply(update);
    return schema;
  }

  private static List<SchemaRow> tablesInOrder(List<SchemaRow> rows) {
    return rows.stream()
        .filter(SchemaRow::isUserTable)
        .sorted(Comparator.comparingLong(SchemaRow::rowid))
        .toList();
  }

  /** Whether a schema can be moved on by the rows that changed: their names must suffice. */
  public static boolean canUpdate(Schema schema, TextEncoding encoding, int schemaFormat) {
    return !schema.isAmbiguous() && schema.isOf(encoding, schemaFormat >= DESCENDING_FORMAT);
  }

  /**
   * Parses what changed.
   *
   * @param schema the schema before; stays as it is, and {@link #canUpdate can be moved on}
   * @param gone the rows of {@code sqlite_schema} that were deleted, or updated as they were
   * @param came those that were inserted, or updated as they are
   */
  public SchemaUpdate update(Schema schema, List<SchemaRow> gone, List<SchemaRow> came) {
    SchemaUpdate update = new SchemaUpdate(schema, schema.encoding(), schema.descending());
    gone.stream().filter(SchemaRow::isUserTable).forEach(row -> update.goes(row.name()));
    Map<String, SchemaRow> entries = new LinkedHashMap<>();
    tablesInOrder(came).forEach(row -> enter(row, update, entries));
    List<VirtualTable> virtual = update.changedVirtualTables();
    for (VirtualTable table : virtual) {
      for (Table shadow : schema.tablesNamedAfter(table)) {
        if (!update.changes(shadow.name())) {
          entries.put(Names.fold(shadow.name()), shadow.row());
          update.goes(shadow);
        }
      }
    }
    List<SchemaRow> unknown = new ArrayList<>();
    for (SchemaRow row : entries.values()) {
      Table was = schema.table(row.name());
      if (was != null
          && was.isDeclaredBy(row)
          && virtual.stream().noneMatch(table -> table.mayOwn(row.name()))) {
        update.comes(was.at((int) row.rootPage()));
      } else {
        unknown.add(row);
      }
    }
    try {
      for (int from = 0; from < unknown.size(); from += CHUNK) {
        parse(unknown.subList(from, Math.min(from + CHUNK, unknown.size())), update);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the scratch database for schemas: " + e.getMessage(), e);
    }
    return update;
  }

  /** How many declarations of tables SQLite has parsed, each time it did. */
  long parsed() {
    return parsed;
  }

  @Override
  public void close() {
    try {
      if (scratch != null) {
        scratch.close();
        scratch = null;
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the scratch database for schemas: " + e.getMessage(), e);
    }
  }

  /** Sorts a row where it belongs, before SQLite sees it: tables to be parsed into the entries. */
  private static void enter(SchemaRow row, SchemaUpdate update, Map<String, SchemaRow> entries) {
    String folded = Names.fold(row.name());
    String sql = row.sql();
    String fault = null;
    if (entries.containsKey(folded) || update.hasName(row.name())) {
      update.becomesAmbiguous();
      boolean unreadable = !entries.containsKey(folded) && !update.hasReadable(row.name());
      fault = unreadable ? null : "sqlite_schema has more than one entry for it";
    }
    if (sql == null) {
      fault = "its entry in sqlite_schema has no SQL";
    } else if (row.rootPage() < 0 || row.rootPage() > Integer.MAX_VALUE) {
      fault = "its entry in sqlite_schema has root page " + row.rootPage();
    }
    if (fault != null || sql == null) {
      update.comes(new UnreadableTable(row.name(), String.valueOf(fault), false));
    } else if (row.rootPage() == 0) {
      update.comes(new VirtualTable(row.name(), sql));
    } else {
      entries.put(folded, row);
    }
  }

  private void parse(List<SchemaRow> rows, SchemaUpdate update) throws SQLException {
    Scratch current = scratchFor(update.encoding());
    Map<String, SchemaRow> loaded = new LinkedHashMap<>();
    for (SchemaRow row : rows) {
      for (VirtualTable owner : owners(row, update)) {
        loaded.putIfAbsent(Names.fold(owner.name()), owner.row());
      }
    }
    rows.forEach(row -> loaded.put(Names.fold(row.name()), row));
    current.load(loaded.values());
    Map<String, ListedTable> listed = new HashMap<>();
    for (ListedTable table : current.query(ListedTable.SQL, ListedTable::of)) {
      listed.put(Names.fold(table.name()), table);
    }
    current.useKeyedRoot(
        rows.stream()
            .map(SchemaRow::name)
            .filter(name -> isWithoutRowid(listed.get(Names.fold(name))))
            .toList());
    parsed += rows.size();
    List<SchemaRow> missing = new ArrayList<>();
    TableReader reader = new TableReader(current, update.descending());
    for (SchemaRow row : rows) {
      ListedTable table = listed.get(Names.fold(row.name()));
      if (table == null || table.virtual()) {
        missing.add(row);
      } else {
        update.comes(reader.read(row, table, kind(current, row, table, update)));
      }
    }
    // Asking why unloads all the others, so it comes last.
    for (SchemaRow row : missing) {
      boolean shadow = !owners(row, update).isEmpty();
      update.comes(new UnreadableTable(row.name(), current.complaint(row), shadow));
    }
  }

  private static boolean isWithoutRowid(@Nullable ListedTable table) {
    return table != null && table.withoutRowid();
  }

  /** The virtual tables that a table may be a shadow table of, by its name. */
  private static List<VirtualTable> owners(SchemaRow row, SchemaUpdate update) {
    String folded = Names.fold(row.name());
    List<VirtualTable> owners = new ArrayList<>();
    for (int at = folded.indexOf('_'); at >= 0; at = folded.indexOf('_', at + 1)) {
      VirtualTable owner = update.virtualTable(folded.substring(0, at));
      if (owner != null) {
        owners.add(owner);
      }
    }
    return owners;
  }

  /**
   * Whose a table is. SQLite asks the virtual table's module, which says what suffixes its shadow
   * tables have; of a module that this SQLite lacks, every table named after the virtual one is
   * taken for a shadow table.
   */
  private static Table.Kind kind(
      Scratch scratch, SchemaRow row, ListedTable table, SchemaUpdate update) {
    boolean shadow =
        table.shadow()
            || owners(row, update).stream().anyMatch(owner -> !scratch.hasModule(owner.module()));
    return shadow ? Table.Kind.SHADOW : Table.Kind.ORDINARY;
  }

  private Scratch scratchFor(TextEncoding encoding) throws SQLException {
    Scratch current = scratch;
    if (current == null || current.encoding() != encoding) {
      close();
      current = new Scratch(encoding);
      scratch = current;
    }
    return current;
  }
}
