// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.format.TextEncoding;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A schema moved on by the rows that changed is the one that all rows make. */
class SchemaUpdateTest {
  private static final int MANY = 10_000;

  @TempDir private Path directory = Path.of("");
  private final SchemaParser parser = new SchemaParser();
  private Schema schema = Schema.empty();
  private List<SchemaRow> rows = List.of();

  private Source source() throws SQLException {
    return new Source(directory.resolve("source.db"), TextEncoding.UTF_8);
  }

  @AfterEach
  void close() {
    parser.close();
  }

  /** Moves on to these rows, unless that takes all of them. */
  private SchemaUpdate moveOn(List<SchemaRow> now) {
    List<SchemaRow> gone = new ArrayList<>(rows);
    gone.removeAll(now);
    List<SchemaRow> came = new ArrayList<>(now);
    came.removeAll(rows);
    rows = now;
    SchemaUpdate update = parser.update(schema, gone, came);
    if (!update.isAmbiguous()) {
      schema.apply(update);
    }
    return update;
  }

  private void requireWhole() {
    try (SchemaParser whole = new SchemaParser()) {
      Schema expected = whole.parse(rows, TextEncoding.UTF_8);
      assertThat(shown(schema)).isEqualTo(shown(expected));
      SchemaUpdate none = SchemaUpdate.between(schema, expected);
      assertThat(none.gone()).isEmpty();
      assertThat(none.came()).isEmpty();
    }
  }

  private static List<String> shown(Schema schema) {
    List<String> lines = new ArrayList<>();
    for (Table table : schema.tables()) {
      lines.add(
          table.kind()
              + " "
              + table.declaration()
              + " "
              + table.layout()
              + table.layout().columns()
              + schema.tableAt(table.rootPage()));
    }
    lines.addAll(schema.virtualTables());
    schema.unreadable().forEach(table -> lines.add(table.toString()));
    return lines;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void isTheSameAsAWholeParse(long seed) throws Exception {
    Random random = new Random(seed);
    try (Source source = source()) {
      source.execute(random.nextBoolean() ? "PRAGMA auto_vacuum = FULL" : "PRAGMA auto_vacuum = 0");
      for (int i = 0; i < 150; i++) {
        try {
          source.execute(statement(random));
        } catch (SQLException e) {
          continue; // Not all of them are right: names are there or are not.
        }
        moveOn(source.rows());
        requireWhole();
      }
    }
  }

  private static String statement(Random random) {
    String[] names = {"a", "a_b", "a_content", "a_node", "A_b_c", "b", "b_rowid", "\"c d\""};
    String name = names[random.nextInt(names.length)];
    String other = names[random.nextInt(names.length)];
    return switch (random.nextInt(12)) {
      case 0, 1 -> "CREATE TABLE " + name + "(x REAL DEFAULT 1, y)";
      case 2 -> "CREATE TABLE " + name + "(x TEXT COLLATE NOCASE PRIMARY KEY, y) WITHOUT ROWID";
      case 3 -> "DROP TABLE " + name;
      case 4, 5 -> "ALTER TABLE " + name + " RENAME TO " + other;
      case 6 -> "ALTER TABLE " + name + " ADD COLUMN z" + random.nextInt(9) + " DEFAULT 'z'";
      case 7 -> "CREATE VIRTUAL TABLE " + name + " USING fts5(x, content='')";
      case 8 -> "CREATE VIRTUAL TABLE " + name + " USING rtree(id, x, y)";
      case 9 -> "CREATE INDEX i" + random.nextInt(99) + " ON " + name + "(x)";
      case 10 -> "CREATE VIEW v" + random.nextInt(99) + " AS SELECT * FROM " + name;
      default -> "VACUUM";
    };
  }

  private static SchemaRow table(long rowid, String name, String sql) {
    return new SchemaRow(rowid, "table", name, name, rowid + 1, sql);
  }

  private static SchemaRow virtual(long rowid, String name, String module) {
    String sql = "CREATE VIRTUAL TABLE " + name + " USING " + module;
    return new SchemaRow(rowid, "table", name, name, 0, sql);
  }

  @Test
  void parsesNothingForIndexesAndOnlyWhatChangedForTables() {
    List<SchemaRow> many = new ArrayList<>();
    IntStream.range(0, MANY)
        .mapToObj(i -> table(i, "t" + i, "CREATE TABLE t" + i + "(a, b_" + i + ")"))
        .forEach(many::add);
    schema.apply(parser.update(schema, List.of(), many));
    assertThat(parser.parsed()).isEqualTo(MANY);

    SchemaRow index = new SchemaRow(MANY, "index", "i", "t1", 5, "CREATE INDEX i ON t1(a)");
    assertThat(parser.update(schema, List.of(), List.of(index)).came()).isEmpty();
    assertThat(parser.parsed()).isEqualTo(MANY);

    SchemaRow moved = new SchemaRow(7, "table", "t7", "t7", 77_777, many.get(7).sql());
    SchemaUpdate update = parser.update(schema, List.of(many.get(7)), List.of(moved));
    assertThat(update.came()).map(Table::rootPage).containsExactly(77_777);
    assertThat(parser.parsed()).as("the same declaration").isEqualTo(MANY);
    schema.apply(update);
    assertThat(schema.tableAt(77_777)).isSameAs(schema.table("T7"));
    assertThat(schema.tableAt(8)).isNull();

    SchemaRow altered = table(9, "t9", "CREATE TABLE t9(a, b_9, c)");
    update = parser.update(schema, List.of(many.get(9)), List.of(altered));
    assertThat(update.gone()).map(Table::name).containsExactly("t9");
    assertThat(parser.parsed()).isEqualTo(MANY + 1);
  }

  @Test
  void recognizesShadowTablesOfUnknownModulesByTheirNames() {
    List<SchemaRow> all = new ArrayList<>();
    all.add(table(1, "vec_chunks", "CREATE TABLE vec_chunks(a)"));
    all.add(table(2, "VEC_rowids", "CREATE TABLE VEC_rowids(a)"));
    all.add(table(3, "vector", "CREATE TABLE vector(a)"));
    all.add(table(4, "docs_notes", "CREATE TABLE docs_notes(a)"));
    moveOn(List.copyOf(all));
    assertThat(shadows()).isEmpty();
    all.add(virtual(5, "vec", "\"Vec0\"(embedding float[4])"));
    all.add(virtual(6, "docs", "fts5(body)"));
    moveOn(List.copyOf(all));
    assertThat(shadows()).containsExactly("VEC_rowids", "vec_chunks");
    requireWhole();
    all.remove(4);
    moveOn(List.copyOf(all));
    assertThat(shadows()).isEmpty();
    requireWhole();
  }

  private List<String> shadows() {
    return schema.tables().stream()
        .filter(table -> table.kind() == Table.Kind.SHADOW)
        .map(Table::name)
        .toList();
  }

  @Test
  void findsTheModuleOfAVirtualTable() {
    assertThat(module("CREATE VIRTUAL TABLE v USING fts5(a)")).isEqualTo("fts5");
    assertThat(module("create virtual table \"using x\" /* using */ using [my mod](using)"))
        .isEqualTo("my mod");
    assertThat(module("CREATE VIRTUAL TABLE 'a''using'-- using\n USING`m``m`")).isEqualTo("m`m");
    assertThat(module("CREATE VIRTUAL TABLE v USING")).isEmpty();
    assertThat(module("CREATE VIRTUAL TABLE \"v USING m")).isEmpty();
    assertThat(module("")).isEmpty();
  }

  private static String module(String sql) {
    return new VirtualTable("v", sql).module();
  }

  @Test
  void movesOnThroughTablesThatCantBeRead() {
    SchemaRow good = table(1, "t", "CREATE TABLE t(a)");
    SchemaRow odd = table(1, "t", "CREATE TABLE t(a FUTURE => 1)");
    moveOn(List.of(good));
    SchemaUpdate update = moveOn(List.of(odd));
    assertThat(update.gone()).map(Table::name).containsExactly("t");
    assertThat(update.unreadableCame()).map(UnreadableTable::name).containsExactly("t");
    assertThat(update.unreadableCame().get(0).reason()).startsWith("near").contains("syntax error");
    requireWhole();
    moveOn(List.of(good, table(2, "u", "CREATE TABLE u(a, a)")));
    assertThat(schema.unreadable()).map(UnreadableTable::name).containsExactly("u");
    requireWhole();
  }

  /** Two entries of one name: which of them counts, only all rows together show. */
  @Test
  void saysWhenNamesAreAmbiguous() {
    SchemaRow first = table(1, "t", "CREATE TABLE t(a)");
    moveOn(List.of(first));
    SchemaRow second = table(2, "T", "CREATE TABLE T(b)");
    assertThat(moveOn(List.of(first, second)).isAmbiguous()).isTrue();
    Schema both = parser.parse(rows, TextEncoding.UTF_8);
    assertThat(SchemaParser.canUpdate(both, TextEncoding.UTF_8, 4)).isFalse();
    assertThat(SchemaParser.canUpdate(schema, TextEncoding.UTF_8, 4)).isTrue();
    assertThat(SchemaParser.canUpdate(schema, TextEncoding.UTF_8, 1)).isFalse();
    assertThat(both.unreadable()).map(UnreadableTable::name).containsExactly("T");
    schema.apply(SchemaUpdate.between(schema, both));
    assertThat(shown(schema)).isEqualTo(shown(both));
  }
}
