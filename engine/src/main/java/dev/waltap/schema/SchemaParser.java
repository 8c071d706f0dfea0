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

  /** From this schema format on, header bytes 44..47, DESC in an index means something. */
  private static final int DESCENDING_FORMAT = 4;

  private @Nullable Scratch scratch;

  /** As {@link #parse(List, TextEncoding, int)} for the schema format of all newer databases. */
  public Schema parse(List<SchemaRow> rows, TextEncoding encoding) {
    return parse(rows, encoding, DESCENDING_FORMAT);
  }

  /**
   * Parses a whole schema.
   *
   * @param rows all rows of {@code sqlite_schema}, in any order
   * @param encoding the encoding of the database's text
   * @param schemaFormat header bytes 44..47; below 4, keys are ascending whatever they say
   * @return the tables, those that can't be read listed apart
   * @throws IllegalStateException if the in-memory database fails, which no schema text should do
   */
  public Schema parse(List<SchemaRow> rows, TextEncoding encoding, int schemaFormat) {
    try {
      return parse(scratchFor(encoding), rows, schemaFormat >= DESCENDING_FORMAT);
    } catch (SQLException e) {
      throw new IllegalStateException("the scratch database for schemas: " + e.getMessage(), e);
    }
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

  private static Schema parse(Scratch scratch, List<SchemaRow> rows, boolean descending)
      throws SQLException {
    List<UnreadableTable> unreadable = new ArrayList<>();
    Map<String, SchemaRow> entries = new LinkedHashMap<>();
    rows.stream()
        .filter(SchemaRow::isUserTable)
        .sorted(Comparator.comparingLong(SchemaRow::rowid))
        .forEach(
            row -> {
              String fault = fault(row, entries);
              if (fault == null) {
                entries.put(Names.fold(row.name()), row);
              } else {
                unreadable.add(new UnreadableTable(row.name(), fault));
              }
            });
    scratch.load(entries.values());

    Map<String, ListedTable> listed = new HashMap<>();
    for (ListedTable table : scratch.query(ListedTable.SQL, ListedTable::of)) {
      listed.put(Names.fold(table.name()), table);
    }
    scratch.useKeyedRoot(
        listed.values().stream()
            .filter(ListedTable::withoutRowid)
            .map(table -> entries.get(Names.fold(table.name())))
            .filter(row -> row != null)
            .map(SchemaRow::name)
            .toList());

    List<Table> tables = new ArrayList<>();
    List<String> virtualTables = new ArrayList<>();
    List<SchemaRow> missing = new ArrayList<>();
    TableReader reader = new TableReader(scratch, descending);
    for (Map.Entry<String, SchemaRow> entry : entries.entrySet()) {
      SchemaRow row = entry.getValue();
      ListedTable table = listed.get(entry.getKey());
      if (row.rootPage() == 0) {
        virtualTables.add(row.name());
      } else if (table == null || table.virtual()) {
        missing.add(row);
      } else {
        tables.add(reader.read(row, table));
      }
    }
    // Asking why unloads all the others, so it comes last.
    for (SchemaRow row : missing) {
      unreadable.add(new UnreadableTable(row.name(), scratch.complaint(row)));
    }
    return new Schema(tables, virtualTables, unreadable);
  }

  /** What is wrong with an entry before SQLite sees it, or null. */
  private static @Nullable String fault(SchemaRow row, Map<String, SchemaRow> entries) {
    if (row.sql() == null) {
      return "its entry in sqlite_schema has no SQL";
    }
    if (row.rootPage() < 0 || row.rootPage() > Integer.MAX_VALUE) {
      return "its entry in sqlite_schema has root page " + row.rootPage();
    }
    if (entries.containsKey(Names.fold(row.name()))) {
      return "sqlite_schema has more than one entry for it";
    }
    return null;
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
