// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.schema.TableFilter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which tables and columns to capture. */
final class FilterOptions {

  @Option(
      names = "--table",
      paramLabel = "NAME",
      description = "Capture this table; repeatable, a glob (all ordinary tables).")
  private List<String> tables = new ArrayList<>();

  @Option(
      names = "--exclude-table",
      paramLabel = "NAME",
      description = "Leave out this table; repeatable, a glob.")
  private List<String> excludeTables = new ArrayList<>();

  @Option(
      names = "--exclude-column",
      paramLabel = "TABLE.COLUMN",
      description = "Leave out this column; repeatable, a glob; never key columns.")
  private List<String> excludeColumns = new ArrayList<>();

  /** As the capture has it. */
  TableFilter tables() {
    return new TableFilter(tables, excludeTables, excludeColumns);
  }

  /** Whether rows come without some of their columns. */
  boolean excludesColumns() {
    return !excludeColumns.isEmpty();
  }

  void applyTo(CaptureBuilder builder) {
    builder
        .tables(tables.toArray(String[]::new))
        .excludeTables(excludeTables.toArray(String[]::new))
        .excludeColumns(excludeColumns.toArray(String[]::new));
  }
}
