// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.waltap.Waltap;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.message.SqlHandler;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Names;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The statements that replay transactions, run by the sqlite3 shell on a copy. */
class SqlReplayTest {
  private static final String[] TABLES = {
    "CREATE TABLE plain(a, b TEXT, c REAL UNIQUE, d NUMERIC)",
    "CREATE TABLE named(\"rowid\" TEXT, \"qu\"\"ote\" BLOB, [br ack] INT)",
    "CREATE TABLE alias(id INTEGER PRIMARY KEY AUTOINCREMENT, b, c UNIQUE)",
    "CREATE TABLE declared(a TEXT COLLATE NOCASE, b, c, PRIMARY KEY(a, b))",
    "CREATE TABLE keyed(a TEXT, b BLOB, c, PRIMARY KEY(b, a)) WITHOUT ROWID",
    "CREATE TABLE computed(a INT, s AS (a + 1) STORED, v AS (a - 1), b -- the last\n)",
  };
  private static final String[] COLUMNS = {
    "plain(a,b,c,d)",
    "named(\"rowid\",\"qu\"\"ote\",[br ack])",
    "alias(b,c)",
    "declared(a,b,c)",
    "keyed(a,b,c)",
    "computed(a,b)"
  };

  private TestDatabase source;
  private TestDatabase copy;
  private Connection writer;

  @BeforeEach
  void open() throws SQLException {
    assumeThat(TestDatabase.hasShell()).isTrue();
    source = TestDatabase.create();
    copy = TestDatabase.create();
    writer = source.open();
    TestDatabase.execute(writer, "PRAGMA foreign_keys=OFF", "PRAGMA wal_autocheckpoint=0");
  }

  @AfterEach
  void close() throws SQLException {
    if (writer != null) {
      writer.close();
      source.close();
      copy.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 11, 16})
  void aCopyIsLikeItsSourceAfterEachRun(long seed) throws Exception {
    Random random = new Random(seed);
    TestDatabase.execute(writer, TABLES);
    change(random, 60);
    replay(capture(true));
    same();
    for (int i = 0; i < 3; i++) {
      change(random, 120);
      String sql = capture(false);
      replay(sql);
      same();
      replay(sql); // As after a crash: it may be run again.
      same();
    }
  }

  @Test
  void ddlIsReplayedWithTheRowsThatNoEventNames() throws Exception {
    TestDatabase.execute(writer, TABLES);
    change(new Random(4), 60);
    TestDatabase.execute(writer, "DELETE FROM plain WHERE rowid > 5", "DELETE FROM keyed");
    TestDatabase.execute(writer, "INSERT INTO keyed VALUES('x', x'00', 1), ('y', x'01', 2)");
    replay(capture(true));
    TestDatabase.execute(
        writer,
        "ALTER TABLE plain ADD COLUMN e TEXT NOT NULL DEFAULT 'it''s'",
        "ALTER TABLE plain RENAME COLUMN b TO \"new b\"",
        "ALTER TABLE alias RENAME TO \"renamed alias\"",
        "ALTER TABLE declared DROP COLUMN c",
        "BEGIN",
        "ALTER TABLE keyed RENAME COLUMN a TO z",
        "DELETE FROM keyed WHERE z = 'x'",
        "UPDATE keyed SET c = 3",
        "CREATE TABLE made(x REFERENCES nowhere(y))",
        "INSERT INTO made VALUES(1)",
        "DROP TABLE computed",
        "COMMIT",
        "BEGIN",
        "CREATE TABLE other(a TEXT PRIMARY KEY, b) WITHOUT ROWID",
        "INSERT INTO other SELECT rowid, a FROM plain",
        "DROP TABLE plain",
        "ALTER TABLE other RENAME TO plain",
        "COMMIT");
    replay(capture(false));
    same();
  }

  @Test
  void uniqueValuesMayBeExchanged() throws Exception {
    TestDatabase.execute(
        writer,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE)",
        "INSERT INTO t VALUES(1, 'a'), (2, 'b'), (3, 'c')");
    replay(capture(true));
    TestDatabase.execute(
        writer,
        "BEGIN",
        "UPDATE t SET u = 'x' WHERE id = 1",
        "UPDATE t SET u = 'a' WHERE id = 2",
        "UPDATE t SET u = 'b' WHERE id = 1",
        "DELETE FROM t WHERE id = 3",
        "INSERT INTO t VALUES(4, 'c')",
        "COMMIT");
    replay(capture(false));
    same();
  }

  @Test
  void triggersAndForeignKeysOfTheCopyDoNothing() throws Exception {
    TestDatabase.execute(
        writer,
        "CREATE TABLE p(id INTEGER PRIMARY KEY)",
        "CREATE TABLE c(p REFERENCES p ON DELETE CASCADE)",
        "INSERT INTO p VALUES(1)",
        "INSERT INTO c VALUES(1)");
    replay(capture(true));
    try (Connection other = copy.open()) {
      TestDatabase.execute(
          other, "CREATE TRIGGER g AFTER INSERT ON p BEGIN DELETE FROM c; DELETE FROM p; END");
    }
    TestDatabase.execute(writer, "DELETE FROM p", "INSERT INTO p VALUES(2)");
    replay(capture(false));
    same();
  }

  /** Random rows in random tables, a few to a transaction. */
  private void change(Random random, int statements) throws SQLException {
    for (int i = 0; i < statements; i++) {
      if (i % 4 == 0) {
        TestDatabase.execute(writer, i == 0 ? "BEGIN" : "COMMIT", i == 0 ? "SELECT 1" : "BEGIN");
      }
      String columns = COLUMNS[random.nextInt(COLUMNS.length)];
      String table = columns.substring(0, columns.indexOf('('));
      String[] names = columns.substring(table.length() + 1, columns.length() - 1).split(",");
      int what = random.nextInt(5);
      String name = names[random.nextInt(names.length)];
      int row = random.nextInt(9);
      String one = "(SELECT " + name + " FROM " + table + " LIMIT 1 OFFSET " + row + ")";
      String sql =
          what == 0
              ? "DELETE FROM " + table + " WHERE " + name + " IS " + one
              : what == 1
                  ? "UPDATE OR IGNORE "
                      + table
                      + " SET "
                      + name
                      + " = ? WHERE "
                      + name
                      + " IS "
                      + one
                  : "INSERT OR REPLACE INTO "
                      + columns
                      + " VALUES(?"
                      + ",?".repeat(names.length - 1)
                      + ")";
      try (PreparedStatement statement = writer.prepareStatement(sql)) {
        for (int p = 1; p <= statement.getParameterMetaData().getParameterCount(); p++) {
          statement.setObject(p, value(random, table.equals("keyed")));
        }
        statement.execute();
      } catch (SQLException e) {
        assertThat(e.getMessage()).contains("NOT NULL");
      }
    }
    TestDatabase.execute(writer, "COMMIT");
  }

  private static @Nullable Object value(Random random, boolean notNull) {
    return switch (random.nextInt(9)) {
      case 0 -> notNull ? 0L : null;
      case 1 -> random.nextLong();
      case 2 -> random.nextBoolean() ? Long.MIN_VALUE : (Object) (long) random.nextInt(9);
      case 3 -> finite(Double.longBitsToDouble(random.nextLong()));
      case 4 -> random.nextBoolean() ? 0.1 * random.nextInt(99) : Double.NEGATIVE_INFINITY;
      case 5 -> "it's\n; \"é\r\n.quit\n😀" + random.nextInt(9);
      case 6 -> "\0" + "ab\0".repeat(random.nextInt(3)) + "c".repeat(random.nextInt(2));
      case 7 -> "\0x".repeat(300);
      default -> {
        byte[] bytes = new byte[random.nextInt(6)];
        random.nextBytes(bytes);
        yield bytes;
      }
    };
  }

  private static double finite(double number) {
    return Double.isNaN(number) ? Double.MIN_VALUE : number;
  }

  private String capture(boolean bootstrap) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Path state = source.directory().resolve("state");
    try (ChangeDataCapture capture =
        Waltap.open(source.path())
            .stateDirectory(state)
            .once(true)
            .batchSize(7)
            .handler(new SqlHandler(out))
            .build()) {
      if (bootstrap) {
        capture.bootstrapAndCdc();
      } else {
        capture.cdc();
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private void replay(String sql) throws Exception {
    Path file = copy.directory().resolve("replay.sql");
    Files.writeString(file, sql);
    Process process =
        new ProcessBuilder(
                "sqlite3",
                "-batch",
                "-bail",
                "-cmd",
                ".dbconfig enable_trigger off",
                copy.path().toString())
            .redirectInput(file.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }

  private void same() throws SQLException {
    try (Connection other = copy.open()) {
      String schema =
          "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
              + " ORDER BY 1";
      List<String> tables = rows(writer, schema);
      assertThat(rows(other, schema)).isEqualTo(tables);
      for (String table : names(writer)) {
        String query = query(writer, table);
        assertThat(rows(other, query)).as(table).isEqualTo(rows(writer, query));
      }
    }
  }

  private static List<String> names(Connection connection) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rs =
            statement.executeQuery(
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
                    + " AND name NOT LIKE 'sqlite_%' ORDER BY 1")) {
      while (rs.next()) {
        names.add(rs.getString(1));
      }
    }
    return names;
  }

  private static String query(Connection connection, String table) throws SQLException {
    StringBuilder sql = new StringBuilder("SELECT ");
    String quoted = Names.quote(table);
    try (Statement statement = connection.createStatement();
        ResultSet rs =
            statement.executeQuery(
                "SELECT name, (SELECT wr FROM pragma_table_list WHERE name = '"
                    + table
                    + "') FROM pragma_table_xinfo('"
                    + table
                    + "')")) {
      String separator = "";
      while (rs.next()) {
        if (separator.isEmpty() && !rs.getBoolean(2)) {
          sql.append("_rowid_, ");
        }
        String name = Names.quote(rs.getString(1));
        sql.append(separator).append("typeof(").append(name).append("), ");
        sql.append("CASE WHEN typeof(").append(name).append(") IN ('text', 'blob') THEN hex(CAST(");
        sql.append(name).append(" AS BLOB)) ELSE ").append(name).append(" END");
        separator = ", ";
      }
    }
    return sql.append(" FROM ").append(quoted).append(" ORDER BY 1, 2, 3").toString();
  }

  private static List<String> rows(Connection connection, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rs = statement.executeQuery(query)) {
      while (rs.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= rs.getMetaData().getColumnCount(); i++) {
          row.add(String.valueOf(rs.getObject(i)));
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }
}
