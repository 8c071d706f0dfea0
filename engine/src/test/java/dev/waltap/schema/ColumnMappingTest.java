// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.format.TextEncoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which column is which, from two declarations alone. */
class ColumnMappingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a, b, c          | a, b, c          | 0 1 2",
        "a, b             | b, A             | 1 0",
        "a, b             | b, a, c          | 1 0 -1",
        "a, b             | x, b             | 0 1",
        "a, b             | x, y             | 0 1",
        "a, b             | x, b, c          | 0 1 -1",
        "a, b, c          | b, z             | 1 2",
        "a, b             | b, c             | 1 -1",
        "a, b INT         | a, x TEXT        | 0 -1",
        "a, b TEXT, c INT | a, x INT         | 0 2",
        "a PRIMARY KEY, b | b, x             | 1 -1",
        "a PRIMARY KEY, b | x PRIMARY KEY, b | 0 1",
        "a, b             | x, a, b          | -1 0 1",
      })
  void findsEachColumn(String before, String after, String sources) {
    assertThat(
            ColumnMapping.between(table(before).declaration(), table(after).declaration())
                .sources())
        .containsExactly(Arrays.stream(sources.split(" ")).mapToInt(Integer::parseInt).toArray());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a, b                     | a, b                       | true",
        "a, b                     | x, b, c DEFAULT 5          | true",
        "a, b                     | a                          | true",
        "a, b                     | b                          | false",
        "a, b                     | b, a                       | false",
        "a, b DEFAULT 5           | a, b DEFAULT 6             | false",
        "a, b                     | a, b REAL                  | false",
        "a, b AS (a), c           | a, c                       | true",
        "a, b AS (a) STORED, c    | a, c                       | false",
        "a, b INTEGER PRIMARY KEY | a, b INTEGER               | false",
        "a, b INT, c TEXT         | a, x TEXT                  | false",
      })
  void knowsWhenRecordsMeanTheSame(String before, String after, boolean transparent) {
    Table old = table(before);
    Table now = table(after);
    assertThat(mapping(old, now).isTransparent(old.layout(), now.layout())).isEqualTo(transparent);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(a, b)                               | (a)                                     | true",
        "(a INTEGER PRIMARY KEY, b)           | (x INTEGER PRIMARY KEY, b)              | true",
        "(a INTEGER PRIMARY KEY, b)           | (a INT PRIMARY KEY, b)                  | false",
        "(a, b, PRIMARY KEY(a, b))            | (a, b, PRIMARY KEY(b, a))               | false",
        "(a PRIMARY KEY, b)                   | (a PRIMARY KEY, b) WITHOUT ROWID        | false",
        "(a PRIMARY KEY) WITHOUT ROWID        | (b PRIMARY KEY) WITHOUT ROWID           | true",
        "(a PRIMARY KEY, b) WITHOUT ROWID     | (b, a PRIMARY KEY) WITHOUT ROWID        | true",
        "(a, PRIMARY KEY(a)) WITHOUT ROWID    | (a, PRIMARY KEY(a DESC)) WITHOUT ROWID  | false",
        "(a PRIMARY KEY) WITHOUT ROWID   | (a COLLATE NOCASE PRIMARY KEY) WITHOUT ROWID | false",
      })
  void knowsWhenRowsAreKeyedAndOrderedAsBefore(String before, String after, boolean keeps) {
    Table old = parse("CREATE TABLE t" + before);
    Table now = parse("CREATE TABLE t" + after);
    assertThat(mapping(old, now).keepsKeys(old.layout(), now.layout())).isEqualTo(keeps);
  }

  /** Nobody who takes the changes has its values. */
  @Test
  void takesAColumnForNewThatWasNotShownBefore() {
    Table old = table("id INTEGER PRIMARY KEY, secret, other");
    Table now = table("id INTEGER PRIMARY KEY, open, other");
    Projection before = new Projection(old.layout(), null, column -> column != 1);
    ColumnMapping shown = mapping(old, now).shown(before, Projection.whole(now.layout()));
    assertThat(shown.sources()).containsExactly(0, -1, 2);
    assertThat(shown.isTransparent(old.layout(), now.layout())).isFalse();
    ColumnMapping hidden =
        mapping(old, now).shown(before, new Projection(now.layout(), null, c -> c != 1));
    assertThat(hidden.sources()).containsExactly(0, 1, 2);
  }

  private static ColumnMapping mapping(Table before, Table after) {
    return ColumnMapping.between(before.declaration(), after.declaration());
  }

  private static Table table(String columns) {
    return parse("CREATE TABLE t(" + columns + ")");
  }

  private static Table parse(String sql) {
    List<SchemaRow> rows = new ArrayList<>();
    rows.add(new SchemaRow(1, "table", "t", "t", 2, sql));
    if (sql.contains("PRIMARY KEY") && !sql.contains("WITHOUT ROWID")) {
      rows.add(new SchemaRow(2, "index", "sqlite_autoindex_t_1", "t", 3, null));
    }
    try (SchemaParser parser = new SchemaParser()) {
      return parser.parse(rows, TextEncoding.UTF_8).tables().get(0);
    }
  }
}
