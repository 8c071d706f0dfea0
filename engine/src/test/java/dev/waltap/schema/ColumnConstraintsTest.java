// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.ColumnSchema;
import dev.waltap.api.TableSchema;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnConstraintsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE t(a, b NOT NULL, c INTEGER NOT NULL DEFAULT (1 IS NOT NULL), d)",
        "CREATE TABLE t(a CHECK (a NOT NULL), b TEXT DEFAULT 'x NOT NULL', c -- NOT NULL\n, d)",
        "CREATE TABLE t(a NOT/**/NULL, \"b\" VARCHAR(3,4) not null, [c d] CONSTRAINT x NOT NULL)",
        "CREATE TABLE t(a TEXT, b, PRIMARY KEY (b, a)) WITHOUT ROWID",
        "CREATE TABLE t(a TEXT PRIMARY KEY, b) WITHOUT /* ROW */ ROWID, STRICT",
        "CREATE TABLE t(a TEXT PRIMARY KEY, b NOT NULL, UNIQUE (b), CHECK (b NOT NULL))",
        "CREATE TABLE t(\"primary\" NOT NULL, \"check\", \"without\" , \"rowid\")",
        "CREATE TABLE t(a, b AS (a + 1) STORED NOT NULL, c GENERATED ALWAYS AS (a), d INT AS (b))",
        "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b COLLATE nocase NOT NULL NULL)",
        "CREATE TABLE t(a NULL, b DEFAULT NULL, c DEFAULT -1 NOT NULL ON CONFLICT IGNORE)",
        "CREATE TABLE t(a REFERENCES o(x) ON DELETE SET NULL, b NOT NULL REFERENCES o)",
      })
  void saysWhatSqliteSays(String sql) throws SQLException {
    String actual = sql.replace(", STRICT", "");
    try (Connection db = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = db.createStatement()) {
      statement.execute(actual);
      List<ColumnSchema> columns = new ArrayList<>();
      List<String> notNull = new ArrayList<>();
      List<String> generated = new ArrayList<>();
      try (ResultSet rs = statement.executeQuery("PRAGMA table_xinfo(t)")) {
        while (rs.next()) {
          String name = rs.getString("name");
          columns.add(new ColumnSchema(name, rs.getString("type"), rs.getInt("pk")));
          if (rs.getBoolean("notnull")) {
            notNull.add(name);
          }
          if (rs.getInt("hidden") > 1) {
            generated.add(name);
          }
        }
      }
      ColumnConstraints constraints = ColumnConstraints.of(new TableSchema("t", actual, columns));
      List<String> names = columns.stream().map(ColumnSchema::name).toList();
      assertThat(names.stream().filter(constraints::isNotNull)).isEqualTo(notNull);
      assertThat(names.stream().filter(constraints::isGenerated)).isEqualTo(generated);
      try (ResultSet rs = statement.executeQuery("PRAGMA table_list(t)")) {
        assertThat(constraints.withoutRowid()).isEqualTo(rs.getBoolean("wr"));
      }
      assertThat(constraints.autoincrement()).isEqualTo(actual.contains("AUTOINCREMENT"));
    }
  }
}
