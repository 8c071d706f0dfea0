// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.format.TextEncoding;
import dev.waltap.record.Collation;
import dev.waltap.record.KeyField;
import dev.waltap.record.TableLayout;
import dev.waltap.record.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaParserTest {

  @TempDir Path directory;
  private Source source;

  @BeforeEach
  void open() throws Exception {
    source = new Source(directory.resolve("source.db"), TextEncoding.UTF_8);
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a INTEGER PRIMARY KEY, b",
        "b, a integer CONSTRAINT x PRIMARY KEY ASC ON CONFLICT REPLACE",
        "a INTEGER PRIMARY KEY AUTOINCREMENT, b",
        "a INTEGER, b, PRIMARY KEY(a)",
        "a INTEGER, b, PRIMARY KEY(\"A\" DESC)",
        "a INTEGER, b, PRIMARY KEY(a COLLATE NOCASE)",
        "a \"INTEGER\" UNIQUE PRIMARY KEY, b",
        "a [INTEGER] NOT NULL, b, UNIQUE(a), PRIMARY KEY(a)"
      })
  void findsTheRowidAlias(String columns) throws Exception {
    source.execute("CREATE TABLE t(" + columns + ")", "INSERT INTO t(a,b) VALUES(5,'x')");
    TableLayout layout = layout(source.check(), "t");
    assertThat(layout.rowidColumn()).isEqualTo(layout.indexOf("a"));
    assertThat(layout.keyColumns()).containsExactly(layout.indexOf("a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a INTEGER PRIMARY KEY DESC, b",
        "a INT PRIMARY KEY, b",
        "a BIGINTEGER, b, PRIMARY KEY(a)",
        "a 'INTEGER(4)' PRIMARY KEY, b",
        "a UNIQUE PRIMARY KEY, b"
      })
  void findsKeysThatAreNoAlias(String columns) throws Exception {
    source.execute("CREATE TABLE t(" + columns + ")", "INSERT INTO t(a,b) VALUES(5,'x')");
    TableLayout layout = layout(source.check(), "t");
    assertThat(layout.rowidColumn()).isEqualTo(-1);
    assertThat(layout.keyColumns()).containsExactly(0);
  }

  @Test
  void findsKeysOfManyColumns() throws Exception {
    source.execute(
        "CREATE TABLE t(a INTEGER, b, c, PRIMARY KEY(c, a))",
        "INSERT INTO t VALUES(1,2,3),(NULL,NULL,NULL)",
        "CREATE TABLE none(rowid, _rowid_, oid)",
        "INSERT INTO none VALUES(1,2,3)",
        "CREATE TABLE twice(a, b, PRIMARY KEY(b, b, a))",
        "INSERT INTO twice VALUES(1,2)");
    Schema schema = source.check();
    assertThat(layout(schema, "t").keyColumns()).containsExactly(2, 0);
    assertThat(layout(schema, "none").keyColumns()).isEmpty();
    assertThat(layout(schema, "twice").keyColumns()).containsExactly(1, 0);
    assertThat(table(schema, "twice").declaration().columns())
        .map(column -> column.key())
        .containsExactly(2, 1);
  }

  @ParameterizedTest
  @EnumSource
  void knowsDefaultsOfAddedColumns(TextEncoding encoding) throws Exception {
    List<String> defaults =
        List.of(
            "DEFAULT 5",
            "REAL DEFAULT 5",
            "TEXT DEFAULT 5",
            "INTEGER DEFAULT '7'",
            "NUMERIC DEFAULT '1e2'",
            "DEFAULT 'é \"quoted\" ''x'''",
            "DEFAULT x'00ff'",
            "DEFAULT x''",
            "DEFAULT ''",
            "DEFAULT -9223372036854775808",
            "DEFAULT +1.5",
            "DEFAULT -0.0",
            "DEFAULT 9e999",
            "DEFAULT 0x10",
            "DEFAULT TRUE",
            "DEFAULT \"double\"",
            "DEFAULT bare",
            "BLOB DEFAULT 3.0",
            "NOT NULL DEFAULT 'n'",
            "DEFAULT NULL",
            "COLLATE backwards DEFAULT 'c' CHECK(mine(1) > 0)",
            "AS (mine(a)) VIRTUAL",
            "UNIQUE_LOOKING DEFAULT 1 REFERENCES nowhere");
    try (Source other = new Source(directory.resolve("defaults.db"), encoding)) {
      other.execute(
          "CREATE TABLE t(a UNIQUE, x)",
          "CREATE TABLE w(a COLLATE Backwards PRIMARY KEY, x) WITHOUT ROWID",
          "INSERT INTO t VALUES(1,2)",
          "INSERT INTO w VALUES(1,2)");
      for (int i = 0; i < defaults.size(); i++) {
        other.execute("ALTER TABLE t ADD COLUMN c" + i + " " + defaults.get(i));
        other.execute("ALTER TABLE w ADD COLUMN c" + i + " " + defaults.get(i));
      }
      other.execute("INSERT INTO t(a) VALUES(10)", "INSERT INTO w(a) VALUES(10)");
      Schema schema = other.check();
      TableLayout layout = layout(schema, "w");
      assertThat(layout.column(layout.indexOf("c1")).defaultValue()).isEqualTo(Value.real(5));
      assertThat(layout.column(layout.indexOf("c8")).defaultValue())
          .isEqualTo(Value.text(new byte[0]));
      assertThat(layout.column(layout.indexOf("c16")).defaultValue())
          .isEqualTo(Value.text("bare".getBytes(encoding.charset())));
    }
  }

  @Test
  void takesDefaultsThatAreNoConstantForNull() throws Exception {
    source.execute(
        "CREATE TABLE t(a, b DEFAULT (mine(1)), c DEFAULT CURRENT_TIMESTAMP, d DEFAULT 'x')",
        "INSERT INTO t(a) VALUES(1)");
    TableLayout layout = layout(source.check(), "t");
    assertThat(layout.column(1).defaultValue()).isEqualTo(Value.NULL);
    assertThat(layout.column(2).defaultValue()).isEqualTo(Value.NULL);
    assertThat(layout.column(3).defaultValue())
        .isEqualTo(Value.text("x".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void mapsRecordsOfWithoutRowidTables() throws Exception {
    source.execute(
        "CREATE TABLE w(v REAL, b TEXT, a, g AS (a||b) VIRTUAL, s REAL AS (mine(a)) STORED,"
            + " PRIMARY KEY(a COLLATE rtrim DESC, b COLLATE nocase)) WITHOUT ROWID",
        "INSERT INTO w(v,b,a) VALUES(1,'b','a'),(2.5,'B','c')",
        "CREATE TABLE doubled(x, y, k, PRIMARY KEY(k, k COLLATE NOCASE, k, y)) WITHOUT ROWID",
        "INSERT INTO doubled VALUES(1,2,'K'),(1,2,'k')",
        "CREATE TABLE custom(k TEXT COLLATE backwards PRIMARY KEY, v ANY) WITHOUT ROWID, STRICT",
        "CREATE TABLE ints(b, a INTEGER PRIMARY KEY) WITHOUT ROWID",
        "INSERT INTO ints VALUES('b', 3)",
        "INSERT INTO custom VALUES('a', 1),('b', 'x')");
    Schema schema = source.check();
    TableLayout w = layout(schema, "w");
    assertThat(w.columns()).map(column -> column.name()).containsExactly("v", "b", "a", "s");
    assertThat(IntStream.range(0, 4).map(w::fieldOf)).containsExactly(2, 1, 0, 3);
    assertThat(w.keyColumns()).containsExactly(2, 1);
    assertThat(w.keyField(0)).isEqualTo(new KeyField(Collation.RTRIM, true));
    assertThat(w.keyField(1)).isEqualTo(new KeyField(Collation.NOCASE, false));
    assertThat(layout(schema, "doubled").keyFields()).isEqualTo(3);
    assertThat(layout(schema, "custom").keyField(0).collation()).isEqualTo(Collation.UNKNOWN);
    try (SchemaParser parser = new SchemaParser()) {
      Schema old = parser.parse(source.rows(), TextEncoding.UTF_8, 1);
      assertThat(layout(old, "w").keyField(0).descending()).isFalse();
    }
  }

  @Test
  void readsStrictAndGeneratedColumns() throws Exception {
    source.execute(
        "CREATE TABLE s(i INT, r REAL, t TEXT, b BLOB, a ANY, n INTEGER PRIMARY KEY) STRICT",
        "INSERT INTO s VALUES(1, 2, 'x', x'01', 5.0, 9),(1, 2, 'x', x'01', '5', 10)",
        "CREATE TABLE g(v AS (1), a, b REAL GENERATED ALWAYS AS (a+1) STORED, c AS (a), d)",
        "INSERT INTO g(a,d) VALUES(1,'d')");
    Schema schema = source.check();
    assertThat(layout(schema, "s").columns())
        .map(column -> column.real())
        .containsExactly(false, true, false, false, false, false);
    assertThat(layout(schema, "g").columns())
        .map(column -> column.name())
        .containsExactly("a", "b", "d");
  }

  @Test
  void copesWithNamesAndThingsItDoesNotKnow() throws Exception {
    source.execute(
        "CREATE TABLE \"we ird \"\"q\"\" n\u00e4me\"(\"select\" REAL, \"a b\", 'single', [br.ack],"
            + " rowid TEXT, \"\u65e5\u672c\" DEFAULT 'x', \"\", \"a'b\" PRIMARY KEY)",
        "INSERT INTO \"we ird \"\"q\"\" n\u00e4me\" VALUES(1,2,3,4,5,6,7,8)",
        "CREATE TABLE 'rowid_root'(x CHECK(mine(x)>0), y COLLATE backwards UNIQUE)",
        "INSERT INTO rowid_root VALUES(1,'y')",
        "CREATE TABLE keyed_root(x)",
        "CREATE TABLE \"main\"(\"table\")",
        "CREATE TABLE auto(id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "INSERT INTO auto DEFAULT VALUES",
        "CREATE TABLE copied AS SELECT 1 AS one, 2.5 AS \"two:1\"",
        "CREATE INDEX i1 ON rowid_root(mine(x), y COLLATE backwards) WHERE mine(x) > 1",
        "CREATE VIEW v AS SELECT * FROM nowhere",
        "CREATE TRIGGER tr AFTER INSERT ON rowid_root BEGIN SELECT mine(1); END",
        "CREATE TEMP TABLE temporary(x)",
        "CREATE VIRTUAL TABLE docs USING fts5(body)",
        "INSERT INTO docs VALUES('words')",
        "CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1)",
        "CREATE TABLE docs_ours(x)",
        "ANALYZE",
        "PRAGMA writable_schema=ON",
        "INSERT INTO sqlite_schema VALUES('table','odd','odd',0,"
            + "'CREATE VIRTUAL TABLE odd USING no_such_module(a, b)')",
        "PRAGMA writable_schema=RESET");
    Schema schema = source.check();
    assertThat(schema.virtualTables()).containsExactly("boxes", "docs", "odd");
    assertThat(names(schema, Table.Kind.SHADOW))
        .containsExactly(
            "boxes_node",
            "boxes_parent",
            "boxes_rowid",
            "docs_config",
            "docs_content",
            "docs_data",
            "docs_docsize",
            "docs_idx");
    assertThat(names(schema, Table.Kind.ORDINARY))
        .containsExactly(
            "auto",
            "copied",
            "docs_ours",
            "keyed_root",
            "main",
            "rowid_root",
            "we ird \"q\" n\u00e4me");
    Table auto = table(schema, "AUTO");
    assertThat(schema.tableAt(auto.rootPage())).isSameAs(auto);
    assertThat(auto.sql()).isEqualTo("CREATE TABLE auto(id INTEGER PRIMARY KEY AUTOINCREMENT)");
  }

  @Test
  void readsTwoThousandColumns() throws Exception {
    String columns =
        IntStream.range(0, 1990)
            .mapToObj(i -> "c" + i + (i % 2 == 0 ? " REAL DEFAULT " + i : " DEFAULT 'd'"))
            .collect(Collectors.joining(","));
    source.execute("CREATE TABLE wide(" + columns + ")", "INSERT INTO wide DEFAULT VALUES");
    for (int i = 1990; i < 2000; i++) {
      source.execute("ALTER TABLE wide ADD COLUMN c" + i + " DEFAULT " + i);
    }
    TableLayout layout = layout(source.check(), "wide");
    assertThat(layout.columnCount()).isEqualTo(2000);
    assertThat(layout.column(1998).defaultValue()).isEqualTo(Value.integer(1998));
  }

  @Test
  void readsAThousandTables() throws Exception {
    source.execute("BEGIN");
    for (int i = 0; i < 1000; i++) {
      String tail = i % 3 == 0 ? " WITHOUT ROWID" : "";
      source.execute("CREATE TABLE t" + i + "(a TEXT PRIMARY KEY, b REAL DEFAULT 1, c)" + tail);
    }
    source.execute("COMMIT");
    long start = System.nanoTime();
    assertThat(source.parse().tables()).hasSize(1000);
    // About a tenth of this on a slow machine; quadratic behaviour would show.
    assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
  }

  @Test
  void namesTheEntryThatIsDamaged() throws Exception {
    source.execute("CREATE TABLE good(a DEFAULT 1)", "CREATE TABLE also(b)");
    List<SchemaRow> rows = new ArrayList<>(source.rows());
    rows.add(0, new SchemaRow(0, "table", "bad", "bad", 9, "CREATE TABLE bad(a NOT)"));
    rows.add(new SchemaRow(90, "table", "sqlless", "sqlless", 9, null));
    rows.add(new SchemaRow(91, "table", "evil", "evil", 9, "DROP TABLE good"));
    rows.add(new SchemaRow(92, "table", "far", "far", 1L << 40, "CREATE TABLE far(a)"));
    rows.add(new SchemaRow(93, "table", "ALSO", "also", 9, "CREATE TABLE ALSO(a)"));
    try (SchemaParser parser = new SchemaParser()) {
      for (TextEncoding encoding : TextEncoding.values()) {
        Schema schema = parser.parse(rows, encoding);
        assertThat(names(schema, Table.Kind.ORDINARY)).containsExactly("also", "good");
        assertThat(schema.unreadable())
            .map(UnreadableTable::name)
            .containsExactly("ALSO", "bad", "evil", "far", "sqlless");
        assertThat(schema.unreadable().get(1).reason()).contains("syntax error");
      }
      assertThat(parser.parse(source.rows(), TextEncoding.UTF_8).unreadable()).isEmpty();
    }
  }

  @Test
  void findsRealAffinityAsSqliteDoes() throws Exception {
    List<String> words =
        List.of("", "REAL", "floa", "DOUBLE", "INT", "CHAR", "CLOB", "TEXT", "BLOB", "X");
    List<String> types = new ArrayList<>();
    for (String a : words) {
      for (String b : words) {
        types.add((a + b).trim());
        types.add((a + "_ " + b + "(10,2)").trim());
      }
    }
    types.removeIf(type -> type.startsWith("_"));
    StringBuilder columns = new StringBuilder();
    for (int i = 0; i < types.size(); i++) {
      columns.append(i == 0 ? "" : ",").append("c").append(i).append(' ').append(types.get(i));
    }
    // An integer is a real to be only under REAL affinity; 1 stays 1 under all others but TEXT.
    String ones = types.stream().map(type -> "1").collect(Collectors.joining(","));
    source.execute("CREATE TABLE t(" + columns + ")", "INSERT INTO t VALUES(" + ones + ")");
    source.check();
  }

  private static TableLayout layout(Schema schema, String table) {
    return table(schema, table).layout();
  }

  private static Table table(Schema schema, String name) {
    Table table = schema.table(name);
    if (table == null) {
      throw new AssertionError("no table " + name);
    }
    return table;
  }

  private static List<String> names(Schema schema, Table.Kind kind) {
    return schema.tables().stream().filter(table -> table.kind() == kind).map(Table::name).toList();
  }
}
