// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.record.ColumnLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which tables and columns are captured.
 *
 * <p>Immutable. Patterns are SQLite GLOBs ({@code *}, {@code ?}, {@code [a-z]}, {@code [^a-z]}),
 * matched without regard to ASCII case; a name that has such characters also matches literally.
 */
public final class TableFilter {

  /** Who has thousands of tables does not look for one in a message. */
  private static final int MOST_LISTED = 50;

  private final List<Glob> tables;
  private final List<Glob> excludedTables;
  private final List<ColumnGlob> excludedColumns;
  private final @Nullable TableFilter within;

  /**
   * A filter of these patterns.
   *
   * @param tables the tables to capture; empty for all ordinary ones
   * @param excludeTables the tables to leave out, even if named in {@code tables}
   * @param excludeColumns {@code table.column}, the columns to leave out
   * @throws IllegalArgumentException if a pattern of columns has no dot
   */
  public TableFilter(List<String> tables, List<String> excludeTables, List<String> excludeColumns) {
    this.tables = tables.stream().map(Glob::new).toList();
    this.excludedTables = excludeTables.stream().map(Glob::new).toList();
    this.excludedColumns = excludeColumns.stream().map(ColumnGlob::of).toList();
    this.within = null;
  }

  private TableFilter(TableFilter filter, TableFilter within) {
    this.tables = filter.tables;
    this.excludedTables = filter.excludedTables;
    this.excludedColumns = filter.excludedColumns;
    this.within = within;
  }

  /** This filter, but without the tables that the other does not accept. */
  public TableFilter within(TableFilter other) {
    return new TableFilter(this, other);
  }

  /** Whether a table's rows are captured. Shadow tables are only when a pattern names them. */
  public boolean accepts(Table table) {
    return accepts(table.name(), table.kind() == Table.Kind.SHADOW);
  }

  /** Whether a table would be captured if it could be read. */
  public boolean accepts(UnreadableTable table) {
    return accepts(table.name(), table.shadow());
  }

  /** The columns of a table that are captured: all but the excluded ones, and always its key. */
  public Projection projection(Table table) {
    List<ColumnLayout> columns = table.layout().columns();
    return new Projection(
        table.layout(),
        table.declaration(),
        column ->
            excludedColumns.stream()
                .noneMatch(glob -> glob.matches(table.name(), columns.get(column).name())));
  }

  /** The patterns of tables to capture that no table of the schema matches, as they were given. */
  public List<String> unmatched(Schema schema) {
    return tables.stream()
        .filter(glob -> schema.tables().stream().noneMatch(table -> glob.matches(table.name())))
        .filter(glob -> schema.unreadable().stream().noneMatch(t -> glob.matches(t.name())))
        .map(Glob::pattern)
        .toList();
  }

  /**
   * What is wrong with the names of tables to capture, and what to do; null if each matches one.
   */
  public @Nullable String problem(Schema schema) {
    List<String> missing = unmatched(schema);
    if (missing.isEmpty()) {
      return null;
    }
    List<String> present = schema.tables().stream().map(Table::name).toList();
    int more = present.size() - MOST_LISTED;
    return "no such table: "
        + String.join(", ", missing)
        + "; it has "
        + (present.isEmpty()
            ? "no tables"
            : String.join(", ", present.subList(0, Math.min(present.size(), MOST_LISTED))))
        + (more > 0 ? " and " + more + " more" : "")
        + ": check the names of --table";
  }

  /** The columns of a table that are left out, in its order. */
  public List<String> excludedColumns(Table table) {
    List<String> kept = projection(table).names();
    return table.layout().columns().stream()
        .map(ColumnLayout::name)
        .filter(name -> !kept.contains(name))
        .toList();
  }

  /**
   * The patterns of tables and columns to leave out that match nothing in the schema, as they were
   * given: what was meant is captured.
   */
  public List<String> unmatchedExclusions(Schema schema) {
    List<String> unmatched = new ArrayList<>();
    for (Glob glob : excludedTables) {
      boolean any =
          schema.tables().stream().anyMatch(table -> glob.matches(table.name()))
              || schema.unreadable().stream().anyMatch(table -> glob.matches(table.name()))
              || schema.virtualTables().stream().anyMatch(glob::matches);
      if (!any) {
        unmatched.add(glob.pattern());
      }
    }
    for (ColumnGlob glob : excludedColumns) {
      if (schema.tables().stream().noneMatch(table -> hasColumn(table, glob))) {
        unmatched.add(glob.pattern());
      }
    }
    return unmatched;
  }

  private static boolean hasColumn(Table table, ColumnGlob glob) {
    return table.layout().columns().stream()
        .anyMatch(column -> glob.matches(table.name(), column.name()));
  }

  private boolean accepts(String name, boolean shadow) {
    boolean wanted =
        tables.isEmpty() ? !shadow : tables.stream().anyMatch(glob -> glob.matches(name));
    return wanted
        && excludedTables.stream().noneMatch(glob -> glob.matches(name))
        && (within == null || within.accepts(name, shadow));
  }

  /** A pattern, split at each of its dots: names may have dots, too, so each split is tried. */
  private record ColumnGlob(String pattern, List<Split> splits) {

    /** One way to read it. */
    private record Split(Glob table, Glob column) {}

    static ColumnGlob of(String pattern) {
      List<Split> splits = new ArrayList<>();
      for (int dot = pattern.indexOf('.'); dot >= 0; dot = pattern.indexOf('.', dot + 1)) {
        splits.add(
            new Split(new Glob(pattern.substring(0, dot)), new Glob(pattern.substring(dot + 1))));
      }
      if (splits.isEmpty()) {
        throw new IllegalArgumentException("not TABLE.COLUMN: " + pattern);
      }
      return new ColumnGlob(pattern, List.copyOf(splits));
    }

    boolean matches(String tableName, String columnName) {
      return splits.stream()
          .anyMatch(
              split -> split.table().matches(tableName) && split.column().matches(columnName));
    }
  }
}
