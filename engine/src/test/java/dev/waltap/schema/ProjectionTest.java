// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.api.StorageClass;
import dev.waltap.api.TransactionContext;
import dev.waltap.format.TextEncoding;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectionTest {

  @TempDir Path directory;
  private Source source;

  @BeforeEach
  void open() throws Exception {
    source = new Source(directory.resolve("source.db"), TextEncoding.UTF_16LE);
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void givesTypedValues() throws Exception {
    source.execute(
        "CREATE TABLE t(Id INTEGER PRIMARY KEY, r REAL, s TEXT, b BLOB, n)",
        "INSERT INTO t VALUES(7, 2, 'é', x'0102', NULL)");
    Row row = source.images(table("t")).get(0);
    assertThat(row.names()).containsExactly("Id", "r", "s", "b", "n");
    assertThat(row.getLong("ID")).isEqualTo(7);
    assertThat(row.getDouble("id")).isEqualTo(7.0);
    assertThat(row.storageClass("r")).isEqualTo(StorageClass.REAL);
    assertThat(row.getDouble("r")).isEqualTo(2.0);
    assertThat(row.getString("s")).isEqualTo("é");
    assertThat(row.getBytes("s")).containsExactly(0xe9, 0);
    assertThat(row.getBytes("b")).containsExactly(1, 2);
    assertThat(row.isNull("n")).isTrue();
    assertThat(row.getString("n")).isNull();
    assertThat(row.getBytes("n")).isNull();
    for (String name : List.of("s", "b", "n")) {
      byte[] bytes = row.getBytes(name);
      ByteBuffer buffer = row.getByteBuffer(row.indexOf(name));
      assertThat(buffer).isEqualTo(bytes == null ? null : ByteBuffer.wrap(bytes));
      assertThat(buffer == null || buffer.isReadOnly()).isTrue();
    }
    assertThatThrownBy(() -> row.getByteBuffer(0)).isInstanceOf(IllegalStateException.class);
    assertThat(row.getObject("n")).isNull();
    assertThat(row.indexOf("none")).isEqualTo(-1);
    assertThat(row).hasToString("{Id=7, r=2.0, s=é, b=x'0102', n=null}");
    assertThatThrownBy(() -> row.getLong("s"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("s is TEXT, not INTEGER");
    assertThatThrownBy(() -> row.getString("b")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> row.getBytes("Id")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> row.getLong("n")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> row.getLong("none")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> row.getLong(5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> row.storageClass(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void leavesExcludedColumnsOutButNoKeys() throws Exception {
    source.execute(
        "CREATE TABLE t(a, secret, k1, k2, PRIMARY KEY(k2, k1))",
        "INSERT INTO t VALUES(1, 2, 3, 4)");
    Table table = table("t");
    TableFilter filter = new TableFilter(List.of(), List.of(), List.of("T.secret", "*.k[12]"));
    Projection projection = filter.projection(table);
    TableRow row = source.rows(table, projection).get(0);
    assertThat(row).hasToString("{a=1, k1=3, k2=4}");
    assertThat(row.key()).hasToString("{k2=4, k1=3}");
    assertThat(row.indexOf("secret")).isEqualTo(-1);
    assertThat(row.names()).isSameAs(source.rows(table, projection).get(0).names());
  }

  @Test
  void keysByRowidWhatHasNoOtherKey() throws Exception {
    source.execute(
        "CREATE TABLE none(a)",
        "INSERT INTO none(rowid, a) VALUES(42, 'x')",
        "CREATE TABLE nulls(a, b, PRIMARY KEY(a, b))",
        "INSERT INTO nulls(rowid, a, b) VALUES(42, NULL, 1),(43, 2, 1)");
    Row byRowid = key("none", 0);
    assertThat(byRowid).hasToString("{rowid=42}");
    assertThat(byRowid.getLong("RowId")).isEqualTo(42);
    assertThat(byRowid.getObject(0)).isEqualTo(42L);
    assertThat(key("nulls", 0)).isEqualTo(byRowid).hasSameHashCodeAs(byRowid);
    assertThat(key("nulls", 1)).hasToString("{a=2, b=1}").isNotEqualTo(byRowid);
    assertThatThrownBy(() -> byRowid.getString(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> byRowid.getLong(1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void keysAChangeByTheImageAfterItOrElseBeforeIt() throws Exception {
    source.execute("CREATE TABLE t(a PRIMARY KEY, b)", "INSERT INTO t VALUES('x', 1),('y', 2)");
    Table table = table("t");
    List<TableRow> rows = source.rows(table, Projection.whole(table.layout()));
    var transaction = new TransactionContext(1, 2, Instant.EPOCH, dev.waltap.api.Source.NONE);
    Change update = transaction.change("t", Operation.UPDATE, rows.get(0), rows.get(1), 0, false);
    Change delete = transaction.change("t", Operation.DELETE, rows.get(0), null, 1, true);
    assertThat(update.key()).hasToString("{a=y}").isSameAs(update.key());
    assertThat(delete.key()).hasToString("{a=x}").isEqualTo(rows.get(0).key());
    Change explicit =
        transaction.change(
            "t", Operation.DELETE, rows.get(0), null, rows.get(0).key(), null, null, 1, true);
    assertThat(delete).isEqualTo(explicit).hasSameHashCodeAs(explicit).hasToString(explicit + "");
    assertThat(
            transaction
                .change("t", Operation.DELETE, rows.get(0), null, null, null, null, 1, true)
                .key())
        .as("no key was given")
        .isNull();
  }

  @Test
  void equalsByNamesAndValues() throws Exception {
    source.execute(
        "CREATE TABLE t(a, b)",
        "INSERT INTO t VALUES(1, 'x'),(1, 'x'),(1.0, 'x'),(1, x'7800'),(1, NULL)",
        "CREATE TABLE u(a, b)",
        "INSERT INTO u VALUES(1, 'x')",
        "CREATE TABLE v(a, B)",
        "INSERT INTO v VALUES(1, 'x')");
    List<Row> rows = source.images(table("t"));
    assertThat(rows.get(0)).isEqualTo(rows.get(1)).hasSameHashCodeAs(rows.get(1));
    assertThat(rows.get(0)).isEqualTo(source.images(table("u")).get(0));
    assertThat(rows.get(0)).isNotEqualTo(source.images(table("v")).get(0));
    assertThat(rows.subList(2, 5)).doesNotContain(rows.get(0));
  }

  @Test
  void printsBriefly() throws Exception {
    source.execute(
        "CREATE TABLE t(a, b)", "INSERT INTO t VALUES(zeroblob(1000), printf('%.1000c','x'))");
    assertThat(source.images(table("t")).get(0).toString())
        .isEqualTo("{a=x'" + "00".repeat(32) + "'…, b=" + "x".repeat(32) + "…}");
  }

  private Row key(String name, int row) throws Exception {
    Table table = table(name);
    return source.rows(table, Projection.whole(table.layout())).get(row).key();
  }

  private Table table(String name) throws Exception {
    Table table = source.check().table(name);
    if (table == null) {
      throw new AssertionError("no table " + name);
    }
    return table;
  }
}
