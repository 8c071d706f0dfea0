// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.ColumnSchema;
import dev.waltap.api.TableSchema;
import dev.waltap.decode.CapturedTable;
import dev.waltap.decode.Catalog;
import dev.waltap.record.Names;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The tables that the handler may hold, from what was emitted before a bootstrap: a bootstrap emits
 * the tables that there are, so those that are gone must be emitted as dropped. For the capture
 * thread.
 */
final class KnownTables {

  /** The name under which a state keeps those that its bootstrap emits as dropped. */
  static final String PROPERTY = "gone";

  private final TreeMap<String, TableSchema> tables = new TreeMap<>(Names.BINARY);

  /** The handler has seen these tables and no others. */
  void reset(Catalog catalog) {
    tables.clear();
    add(catalog);
  }

  /** The handler may have seen these tables, too. */
  void add(Catalog catalog) {
    for (CapturedTable table : catalog.tables()) {
      if (table.emitted()) {
        tables.put(table.name(), table.table().declaration());
      }
    }
  }

  /** The handler may not have seen yet that these are gone. */
  void add(List<TableSchema> gone) {
    gone.forEach(table -> tables.putIfAbsent(table.name(), table));
  }

  /** Those that are not there now, by name. */
  List<TableSchema> goneFrom(Catalog now) {
    return tables.values().stream().filter(table -> now.named(table.name()) == null).toList();
  }

  /** The stored form: a line for each, {@code name/sql/column,type,key/…}, each part encoded. */
  static String store(List<TableSchema> tables) {
    return tables.stream().map(KnownTables::store).collect(Collectors.joining("\n"));
  }

  private static String store(TableSchema table) {
    StringBuilder line = new StringBuilder(encode(table.name())).append('/');
    line.append(encode(table.sql()));
    for (ColumnSchema column : table.columns()) {
      line.append('/').append(encode(column.name())).append(',');
      line.append(encode(column.type())).append(',').append(column.key());
    }
    return line.toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #store(List)} wrote.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  static List<TableSchema> load(String text) {
    List<TableSchema> tables = new ArrayList<>();
    for (String line : text.isEmpty() ? new String[0] : text.split("\n", -1)) {
      String[] parts = line.split("/", -1);
      if (parts.length < 2) {
        throw new IllegalArgumentException("not a stored table: " + line);
      }
      List<ColumnSchema> columns = new ArrayList<>();
      for (int i = 2; i < parts.length; i++) {
        String[] column = parts[i].split(",", -1);
        if (column.length != 3) {
          throw new IllegalArgumentException("not a stored column: " + parts[i]);
        }
        columns.add(
            new ColumnSchema(decode(column[0]), decode(column[1]), Integer.parseInt(column[2])));
      }
      tables.add(new TableSchema(decode(parts[0]), decode(parts[1]), columns));
    }
    return tables;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
