// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.format.TextEncoding;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the decoder makes of files that SQLite wrote, against what SQLite itself reads there. */
class RecordAgainstSqliteTest {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void decodesRandomRows(TextEncoding encoding) throws Exception {
    long seed = Long.getLong("waltap.seed", new Random().nextLong());
    RandomValues values = new RandomValues(new Random(seed));
    Path database = directory.resolve("rows.db");
    TableLayout layout =
        TableLayout.rowidTable(
            "t",
            2,
            encoding,
            List.of(
                new ColumnLayout("id", false, Value.NULL),
                new ColumnLayout("any", false, Value.NULL),
                new ColumnLayout("r", true, Value.NULL),
                new ColumnLayout("s", false, Value.NULL),
                new ColumnLayout("added", false, Value.integer(7))),
            0,
            0);
    List<List<Value>> expected = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement sql = connection.createStatement()) {
      sql.execute("PRAGMA encoding='" + encoding.charset().name() + "'");
      sql.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, any, r REAL, s TEXT)");
      sql.execute("BEGIN");
      for (int i = 0; i < 500; i++) {
        sql.execute(
            "INSERT INTO t VALUES(%s,%s,%s,%s)"
                .formatted(i - 250, values.any(), values.any(), values.any()));
      }
      sql.execute("COMMIT");
      sql.execute("ALTER TABLE t ADD COLUMN added DEFAULT 7");
      expected.addAll(select(sql, "t ORDER BY id", "id", "any", "r", "s", "added"));
    }
    List<FileRows.Cell> cells = FileRows.read(database, 2);
    List<List<Value>> actual = new ArrayList<>();
    for (FileRows.Cell cell : cells) {
      actual.add(decode(StoredRow.owning(layout, cell.rowid(), cell.payload())));
    }
    assertThat(actual).as("-Dwaltap.seed=" + seed).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void ordersRandomKeysAsTheBtreeDoes(TextEncoding encoding) throws Exception {
    long seed = Long.getLong("waltap.seed", new Random().nextLong());
    Random random = new Random(seed);
    RandomValues values = new RandomValues(random);
    Path database = directory.resolve("keys.db");
    Collation[] known = {Collation.BINARY, Collation.NOCASE, Collation.RTRIM};
    List<KeyField> key = new ArrayList<>();
    StringBuilder columns = new StringBuilder();
    for (Collation collation : known) {
      boolean descending = random.nextBoolean();
      key.add(new KeyField(collation, descending));
      columns.append(columns.length() == 0 ? "" : ",").append((char) ('a' + key.size() - 1));
      columns.append(" COLLATE ").append(collation).append(descending ? " DESC" : "");
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement sql = connection.createStatement()) {
      sql.execute("PRAGMA encoding='" + encoding.charset().name() + "'");
      sql.execute("PRAGMA page_size=512");
      sql.execute("CREATE TABLE t(v, a, b, c REAL, PRIMARY KEY(" + columns + ")) WITHOUT ROWID");
      sql.execute("BEGIN");
      for (int i = 0; i < 1500; i++) {
        String first = random.nextInt(3) == 0 ? "1" : values.notNull();
        String second = random.nextInt(3) == 0 ? "1" : values.text();
        sql.execute(
            "INSERT OR REPLACE INTO t VALUES(%d,%s,%s,%s)"
                .formatted(i, first, second, values.notNull()));
      }
      sql.execute("COMMIT");
    }
    List<ColumnLayout> layouts = new ArrayList<>();
    for (String name : List.of("v", "a", "b", "c")) {
      layouts.add(new ColumnLayout(name, name.equals("c"), Value.NULL));
    }
    TableLayout layout =
        TableLayout.withoutRowid(
            "t", 2, encoding, layouts, new int[] {1, 2, 3}, new int[] {3, 0, 1, 2}, key);
    KeyComparator comparator = new KeyComparator(layout);
    assertThat(comparator.known()).isTrue();
    List<FileRows.Cell> cells = FileRows.read(database, 2);
    assertThat(cells.size()).isGreaterThan(500);
    int shorter = 0;
    for (int i = 0; i < 200_000; i++) {
      int one = random.nextInt(cells.size());
      int other = i % 2 == 0 ? Math.min(one + 1, cells.size() - 1) : random.nextInt(cells.size());
      byte[] a = cells.get(one).payload();
      byte[] b = cells.get(other).payload();
      assertThat(Integer.signum(comparator.compare(a, 0, a.length, b, 0, b.length)))
          .as(() -> "-Dwaltap.seed=" + seed + " " + columns + ": " + hex(a) + " and " + hex(b))
          .isEqualTo(Integer.compare(one, other));
      byte[] keyA = leading(a, comparator);
      byte[] keyB = leading(b, comparator);
      assertThat(Integer.signum(comparator.compare(keyA, 0, a.length, keyB, 0, b.length)))
          .as(
              () ->
                  "-Dwaltap.seed="
                      + seed
                      + " "
                      + columns
                      + ": leading bytes "
                      + hex(keyA)
                      + ", "
                      + hex(b))
          .isEqualTo(Integer.compare(one, other));
      shorter += keyA.length < a.length ? 1 : 0;
    }
    assertThat(shorter).isPositive();
  }

  /** As much of a payload as the comparator asks for, beginning with no more than a varint. */
  private static byte[] leading(byte[] payload, KeyComparator comparator) {
    int available = Math.min(9, payload.length);
    int needed;
    while ((needed = comparator.extent(payload, 0, available, payload.length)) > available) {
      available = needed;
    }
    return Arrays.copyOf(payload, needed);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static List<Value> decode(StoredRow row) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < row.layout().columnCount(); i++) {
      values.add(
          switch (row.valueClass(i)) {
            case NULL -> Value.NULL;
            case INTEGER -> Value.integer(row.longValue(i));
            case REAL -> Value.real(row.doubleValue(i));
            case TEXT -> Value.text(row.rawBytes(i));
            case BLOB -> Value.blob(row.rawBytes(i));
          });
    }
    return values;
  }

  private static List<List<Value>> select(Statement sql, String from, String... columns)
      throws SQLException {
    StringBuilder query = new StringBuilder();
    for (String column : columns) {
      query.append(query.length() == 0 ? "SELECT " : ",");
      query.append("typeof(%1$s),%1$s,CAST(%1$s AS BLOB)".formatted(column));
    }
    List<List<Value>> rows = new ArrayList<>();
    try (ResultSet rs = sql.executeQuery(query + " FROM " + from)) {
      while (rs.next()) {
        List<Value> row = new ArrayList<>();
        for (int i = 1; i <= 3 * columns.length; i += 3) {
          byte[] bytes = rs.getBytes(i + 2);
          row.add(
              switch (rs.getString(i)) {
                case "integer" -> Value.integer(rs.getLong(i + 1));
                case "real" -> Value.real(rs.getDouble(i + 1));
                case "text" -> Value.text(bytes == null ? new byte[0] : bytes);
                case "blob" -> Value.blob(bytes == null ? new byte[0] : bytes);
                default -> Value.NULL;
              });
        }
        rows.add(row);
      }
    }
    return rows;
  }
}
