// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.format.TextEncoding;
import dev.waltap.io.Closer;
import dev.waltap.record.Names;
import dev.waltap.sqlite.SqliteConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.Collation;

/**
 * An in-memory database whose {@code sqlite_schema} is overwritten with another database's entries,
 * so that SQLite parses them without running them.
 *
 * <p>Every loaded table gets one of two roots: a rowid table whose only row has one field, or a
 * WITHOUT ROWID table of the kind. Both records are shorter than the tables, so a SELECT answers
 * with the defaults that ALTER TABLE ADD COLUMN gives to rows written before it.
 *
 * <p>Owned by one thread, which closes it.
 */
final class Scratch implements AutoCloseable {

  private static final Set<String> BUILT_IN = Set.of("binary", "nocase", "rtrim");

  private static final String NO_TABLE = "its entry in sqlite_schema makes no table of that name";

  private final Connection connection;
  private final TextEncoding encoding;
  private final long rowidRoot;
  private final long keyedRoot;
  private final Set<String> collations = new HashSet<>();
  private final Set<String> modules;

  Scratch(TextEncoding encoding) throws SQLException {
    this.encoding = encoding;
    Closer closer = new Closer();
    this.connection = closer.open(SqliteConnections::openInMemory);
    try {
      execute("PRAGMA encoding='" + encoding.charset().name() + "'");
      execute("PRAGMA trusted_schema=OFF");
      execute("CREATE TABLE rowid_root(x)");
      execute("INSERT INTO rowid_root VALUES(NULL)");
      execute("CREATE TABLE keyed_root(x PRIMARY KEY) WITHOUT ROWID");
      execute("INSERT INTO keyed_root VALUES(0)");
      rowidRoot = rootOf("rowid_root");
      keyedRoot = rootOf("keyed_root");
      modules =
          new HashSet<>(
              query("SELECT name FROM pragma_module_list", rs -> Names.fold(rs.getString(1))));
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  TextEncoding encoding() {
    return encoding;
  }

  /** Whether this SQLite has a virtual table module of this name. */
  boolean hasModule(String name) {
    return modules.contains(Names.fold(name));
  }

  /** Replaces the schema by these entries; what SQLite can't read of them is then not there. */
  void load(Collection<SchemaRow> rows) throws SQLException {
    replace(rows);
    execute("PRAGMA writable_schema=RESET");
    // With this on, a malformed entry is passed over instead of spoiling the whole schema.
    execute("PRAGMA writable_schema=ON");
  }

  /** Gives these tables, already loaded, the root of a WITHOUT ROWID table. */
  void useKeyedRoot(Collection<String> tables) throws SQLException {
    if (tables.isEmpty()) {
      return;
    }
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE sqlite_schema SET rootpage=? WHERE name=?")) {
      for (String table : tables) {
        defineCollations(table);
        update.setLong(1, keyedRoot);
        update.setString(2, table);
        update.executeUpdate();
      }
    }
    execute("PRAGMA writable_schema=RESET");
    execute("PRAGMA writable_schema=ON");
  }

  /**
   * Defines the application's own collations in a WITHOUT ROWID table, in any order: SQLite does
   * not read such a table at all, not even without comparing, while one of them is missing.
   */
  private void defineCollations(String table) throws SQLException {
    List<String> names =
        query(
            "SELECT DISTINCT x.coll FROM pragma_index_list('"
                + table.replace("'", "''")
                + "', 'main') AS l, pragma_index_xinfo(l.name, 'main') AS x WHERE l.origin = 'pk'",
            rs -> rs.getString(1));
    for (String name : names) {
      if (!BUILT_IN.contains(Names.fold(name)) && collations.add(Names.fold(name))) {
        Collation.create(
            connection,
            name,
            new Collation() {
              @Override
              protected int xCompare(String a, String b) {
                return a.compareTo(b);
              }
            });
      }
    }
  }

  /** What SQLite says of one entry that {@link #load} passed over. Unloads everything else. */
  String complaint(SchemaRow row) throws SQLException {
    replace(List.of(row));
    execute("PRAGMA writable_schema=RESET");
    try {
      query("PRAGMA main.table_list", rs -> rs.getString("name"));
      return NO_TABLE;
    } catch (SQLException e) {
      return complaint(row, String.valueOf(e.getMessage()));
    }
  }

  /** What SQLite says behind its words of a malformed schema: nothing here is malformed. */
  private static String complaint(SchemaRow row, String message) {
    String words = "malformed database schema (" + row.name() + ")";
    int at = message.indexOf(words);
    if (at < 0) {
      return message;
    }
    String rest = message.substring(at + words.length());
    rest = rest.endsWith(")") ? rest.substring(0, rest.length() - 1) : rest;
    return rest.startsWith(" - ") ? rest.substring(3) : NO_TABLE;
  }

  /** One value of each row of a query's result. */
  <T> List<T> query(String sql, Extractor<T> extractor) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rs = statement.executeQuery(sql)) {
      List<T> result = new ArrayList<>();
      while (rs.next()) {
        result.add(extractor.extract(rs));
      }
      return result;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private void replace(Collection<SchemaRow> rows) throws SQLException {
    execute("PRAGMA writable_schema=ON");
    execute("DELETE FROM sqlite_schema");
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO sqlite_schema VALUES('table',?,?,?,?)")) {
      for (SchemaRow row : rows) {
        insert.setString(1, row.name());
        insert.setString(2, row.tableName());
        insert.setLong(3, row.rootPage() == 0 ? 0 : rowidRoot);
        insert.setString(4, row.sql());
        insert.executeUpdate();
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long rootOf(String table) throws SQLException {
    return query(
            "SELECT rootpage FROM sqlite_schema WHERE name='" + table + "'", rs -> rs.getLong(1))
        .get(0);
  }

  /** Takes one value out of a row of a result. */
  interface Extractor<T extends @Nullable Object> {
    T extract(ResultSet rs) throws SQLException;
  }
}
