// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.ColumnSchema;
import dev.waltap.api.TableSchema;
import dev.waltap.schema.ColumnConstraints;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A default is what SQLite gives rows that were there before the column. */
class ColumnDefaultTest {
  private static final List<String> TYPES =
      List.of("INTEGER", "BOOLEAN", "REAL", "NUMERIC", "TEXT", "VARCHAR(9)", "DATE", "BLOB", "");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "-1",
        "+ 7",
        "1.5",
        "1.0",
        ".5",
        "1e3",
        "0x10",
        "9223372036854775807",
        "TRUE",
        "false",
        "'x'",
        "'it''s'",
        "'5'",
        "'05'",
        "' 1 '",
        "'1e3'",
        "''",
        "'2026-01-01'",
        "x'00'",
        "(1 + 1)",
        "CURRENT_DATE",
        "99999999999999999999"
      })
  void isWhatSqliteReads(String literal) throws SQLException {
    for (String type : TYPES) {
      String column = "b " + type + " NOT NULL DEFAULT " + literal + " CHECK (1)";
      Object declared = declared(type, column);
      if (declared == null) {
        continue;
      }
      try (Connection db = DriverManager.getConnection("jdbc:sqlite::memory:");
          Statement statement = db.createStatement()) {
        statement.execute("CREATE TABLE t(a)");
        statement.execute("INSERT INTO t VALUES (1)");
        statement.execute("ALTER TABLE t ADD COLUMN " + column);
        try (ResultSet row = statement.executeQuery("SELECT typeof(b), b FROM t")) {
          assertThat(declared).as("%s, %s", column, row.getString(1)).isEqualTo(value(type, row));
        }
      }
    }
  }

  /** As a message has it. */
  private static Object value(String type, ResultSet row) throws SQLException {
    return switch (ColumnType.of(type)) {
      case INT64 -> row.getLong(2);
      case DOUBLE -> row.getDouble(2);
      default -> row.getString(2);
    };
  }

  private static @Nullable Object declared(String type, String column) {
    TableSchema table =
        new TableSchema(
            "t", "CREATE TABLE t(a, " + column + ")", List.of(new ColumnSchema("b", type, 0)));
    return ColumnDefault.of(type, ColumnConstraints.of(table).defaultOf("b"));
  }

  @Test
  void isThereForCommonLiterals() {
    assertThat(declared("INT", "b INT DEFAULT 4 NOT NULL")).isEqualTo(4L);
    assertThat(declared("REAL", "b REAL DEFAULT 1")).isEqualTo(1.0);
    assertThat(declared("TEXT", "b TEXT NOT NULL DEFAULT 'it''s'")).isEqualTo("it's");
    assertThat(declared("TEXT", "b TEXT")).isNull();
    assertThat(declared("INT", "b INT REFERENCES o ON DELETE SET DEFAULT")).isNull();
  }
}
