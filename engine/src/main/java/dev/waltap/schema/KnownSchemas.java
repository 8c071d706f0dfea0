// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.format.TextEncoding;
import dev.waltap.record.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What SQLite has made of schemas, kept for all captures of the process. A database that is opened
 * again mostly has the schema that it had, and so have the many databases of one application: the
 * same tables, though their roots are elsewhere. None of them is parsed twice then, and their
 * captures share the tables.
 *
 * <p>Bounded by the length of the texts; the schema that was not asked for the longest goes first.
 * Any thread.
 */
final class KnownSchemas {
  /** Characters of CREATE statements in all; tables take several times as much memory. */
  private static final long MAX_LENGTH = 1 << 20;

  /** Longer ones are one application's own. */
  private static final int MAX_TABLES = 256;

  private static final LinkedHashMap<Key, Known> KNOWN = new LinkedHashMap<>(16, 0.75f, true);
  private static long length;

  private KnownSchemas() {}

  /**
   * An entry, but for its root.
   *
   * @param virtual whether it has none
   */
  private record Entry(String name, String sql, boolean virtual) {}

  /** All that the tables of a schema depend on, but for their roots. */
  record Key(TextEncoding encoding, boolean descending, List<Entry> entries) {
    private long length() {
      return entries.stream().mapToLong(e -> e.name.length() + e.sql.length()).sum();
    }
  }

  private record Known(
      List<Table> tables, List<VirtualTable> virtual, List<UnreadableTable> unreadable) {}

  /**
   * What a schema is known by.
   *
   * @param rows those of tables, in order of rowid
   * @return null for one that is not kept: too long, or damaged
   */
  static @Nullable Key key(List<SchemaRow> rows, TextEncoding encoding, boolean descending) {
    if (rows.size() > MAX_TABLES) {
      return null;
    }
    List<Entry> entries = new ArrayList<>();
    for (SchemaRow row : rows) {
      String sql = row.sql();
      if (sql == null || row.rootPage() < 0 || row.rootPage() > Integer.MAX_VALUE) {
        return null;
      }
      entries.add(new Entry(row.name(), sql, row.rootPage() == 0));
    }
    Key key = new Key(encoding, descending, List.copyOf(entries));
    return key.length() > MAX_LENGTH / 4 ? null : key;
  }

  /**
   * The tables of a schema that is known.
   *
   * @param schema one without tables
   * @param rows those that the key was made of
   * @return null if it is not known
   */
  static @Nullable SchemaUpdate find(Key key, Schema schema, List<SchemaRow> rows) {
    Known known;
    synchronized (KNOWN) {
      known = KNOWN.get(key);
    }
    if (known == null) {
      return null;
    }
    Map<String, SchemaRow> byName = new HashMap<>();
    rows.forEach(row -> byName.put(Names.fold(row.name()), row));
    SchemaUpdate update = new SchemaUpdate(schema, key.encoding, key.descending);
    for (Table table : known.tables) {
      SchemaRow row = byName.get(Names.fold(table.name()));
      if (row == null) {
        return null;
      }
      update.comes(table.at((int) row.rootPage()));
    }
    known.virtual.forEach(update::comes);
    known.unreadable.forEach(update::comes);
    return update;
  }

  /** Keeps what was made of a schema. */
  static void keep(Key key, SchemaUpdate update) {
    if (update.isAmbiguous()) {
      return;
    }
    List<VirtualTable> virtual = new ArrayList<>();
    for (VirtualTable table : update.virtualTables().values()) {
      if (table != null) {
        virtual.add(table);
      }
    }
    Known known =
        new Known(List.copyOf(update.came()), virtual, List.copyOf(update.unreadableCame()));
    synchronized (KNOWN) {
      if (KNOWN.put(key, known) == null) {
        length += key.length();
      }
      var oldest = KNOWN.keySet().iterator();
      while (length > MAX_LENGTH && oldest.hasNext()) {
        length -= oldest.next().length();
        oldest.remove();
      }
    }
  }
}
