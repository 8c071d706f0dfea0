// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Row;
import dev.waltap.format.TextEncoding;
import dev.waltap.record.Names;
import dev.waltap.record.StoredRow;
import dev.waltap.record.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.sqlite.Collation;
import org.sqlite.Function;

/** A database file whose schema is parsed, and whose rows are decoded, in tests. */
final class Source implements AutoCloseable {

  private final Path file;
  private final TextEncoding encoding;
  private final Connection connection;

  Source(Path file, TextEncoding encoding) throws SQLException {
    this.file = file;
    this.encoding = encoding;
    this.connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    execute("PRAGMA encoding='" + encoding.charset().name() + "'");
    Function.create(
        connection,
        "mine",
        new Function() {
          @Override
          protected void xFunc() throws SQLException {
            result(value_int(0) + 1);
          }
        },
        1,
        Function.FLAG_DETERMINISTIC);
    Collation.create(
        connection,
        "backwards",
        new Collation() {
          @Override
          protected int xCompare(String a, String b) {
            return b.compareTo(a);
          }
        });
  }

  Source execute(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
    return this;
  }

  List<SchemaRow> rows() throws SQLException {
    List<SchemaRow> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rs =
            statement.executeQuery(
                "SELECT rowid,type,name,tbl_name,rootpage,sql FROM sqlite_schema")) {
      while (rs.next()) {
        rows.add(
            new SchemaRow(
                rs.getLong(1),
                rs.getString(2),
                rs.getString(3),
                rs.getString(4),
                rs.getLong(5),
                rs.getString(6)));
      }
    }
    return rows;
  }

  Schema parse() throws SQLException {
    try (SchemaParser parser = new SchemaParser()) {
      return parser.parse(rows(), encoding);
    }
  }

  /** Every table's columns are those SQLite names, every row decodes to what SQLite reads. */
  Schema check() throws SQLException, IOException {
    Schema schema = parse();
    assertThat(schema.unreadable()).isEmpty();
    for (Table table : schema.tables()) {
      String quoted = Names.quote(table.name());
      List<String> columns = new ArrayList<>();
      try (Statement statement = connection.createStatement();
          ResultSet rs = statement.executeQuery("PRAGMA table_xinfo(" + quoted + ")")) {
        while (rs.next()) {
          if (rs.getInt("hidden") != 2) {
            columns.add(rs.getString("name") + "|" + rs.getString("type"));
          }
        }
      }
      assertThat(table.declaration().columns())
          .as(table.name())
          .map(column -> column.name() + "|" + column.type())
          .containsExactlyElementsOf(columns);
      assertThat(decoded(table)).as(table.sql()).containsExactlyInAnyOrderElementsOf(read(table));
    }
    return schema;
  }

  /** The rows of a table, decoded from the file. */
  List<Row> images(Table table) throws IOException {
    return List.copyOf(rows(table, Projection.whole(table.layout())));
  }

  List<TableRow> rows(Table table, Projection projection) throws IOException {
    return FileRows.read(file, table.rootPage()).stream()
        .map(cell -> projection.row(cell.rowid(), cell.payload()))
        .toList();
  }

  private List<List<Value>> decoded(Table table) throws IOException {
    List<List<Value>> rows = new ArrayList<>();
    for (StoredRow stored : rows(table, Projection.whole(table.layout()))) {
      List<Value> row = new ArrayList<>();
      for (int i = 0; i < table.layout().columnCount(); i++) {
        row.add(
            switch (stored.valueClass(i)) {
              case NULL -> Value.NULL;
              case INTEGER -> Value.integer(stored.longValue(i));
              case REAL -> Value.real(stored.doubleValue(i));
              case TEXT -> Value.text(stored.rawBytes(i));
              case BLOB -> Value.blob(stored.rawBytes(i));
            });
      }
      rows.add(row);
    }
    return rows;
  }

  private List<List<Value>> read(Table table) throws SQLException {
    List<ColumnSchema> columns = table.declaration().columns();
    List<List<Value>> rows = new ArrayList<>();
    for (int from = 0; from < columns.size(); from += 500) {
      List<ColumnSchema> part = columns.subList(from, Math.min(from + 500, columns.size()));
      String list =
          part.stream()
              .map(column -> Names.quote(column.name()))
              .map(name -> "typeof(" + name + ")," + name + ",CAST(" + name + " AS BLOB)")
              .collect(Collectors.joining(","));
      String sql = "SELECT " + list + " FROM " + Names.quote(table.name()) + " NOT INDEXED";
      try (Statement statement = connection.createStatement();
          ResultSet rs = statement.executeQuery(sql)) {
        for (int row = 0; rs.next(); row++) {
          if (from == 0) {
            rows.add(new ArrayList<>());
          }
          for (int i = 0; i < part.size(); i++) {
            rows.get(row).add(DefaultValues.value(rs, 3 * i + 1));
          }
        }
      }
    }
    return rows;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
