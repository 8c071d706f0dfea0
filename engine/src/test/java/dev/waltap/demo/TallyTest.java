// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import dev.waltap.api.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TallyTest {

  private final Tally tally = new Tally();

  private static Change change(
      Operation operation, @Nullable Row before, @Nullable Row after, @Nullable Row key) {
    return Change.builder("products", operation).before(before).after(after).key(key).build();
  }

  private static Change schema(@Nullable TableSchema before, @Nullable TableSchema after) {
    return new Change(
        "products",
        Instant.EPOCH,
        Operation.SCHEMA,
        null,
        null,
        null,
        new Position(1, 1, 0),
        new Transaction("1:1", 0, true),
        before,
        after);
  }

  private static TableSchema table(String name, String... columns) {
    List<ColumnSchema> all = new ArrayList<>();
    for (String column : columns) {
      all.add(new ColumnSchema(column, "TEXT", 0));
    }
    return new TableSchema(name, "", all);
  }

  private List<String> lines() {
    return tally.words().stream()
        .map(words -> words.stream().map(Word::text).collect(Collectors.joining(" ")))
        .toList();
  }

  @Test
  void anUpdateShowsTheColumnsThatChanged() {
    Row before = Row.of("id", 1, "name", "lamp", "price", 123.05, "note", null);
    Row after = Row.of("id", 1, "name", "lamp", "price", 99.95, "note", "new");
    tally.add(change(Operation.UPDATE, before, after, Row.of("id", 1)));
    assertThat(lines())
        .containsExactly("UPDATE products 1: price 123.05 → 99.95, note NULL → 'new'");
  }

  @Test
  void textAndNumbersThatLookAlikeAreToldApart() {
    tally.add(
        change(
            Operation.UPDATE,
            Row.of("a", "1", "b", new byte[] {1}),
            Row.of("a", 1, "b", new byte[] {1}),
            Row.of("rowid", 7)));
    assertThat(lines()).containsExactly("UPDATE products 7: a '1' → 1");
  }

  @Test
  void insertsAndDeletesShowWholeRows() {
    Row row = Row.of("id", 1, "name", "x".repeat(50), "data", new byte[3]);
    tally.add(change(Operation.DELETE, row, null, Row.of("id", 1, "k", "a")));
    tally.add(change(Operation.INSERT, null, row, Row.of("id", 1)));
    String values = "id 1, name '" + "x".repeat(39) + "…', data 3 bytes";
    assertThat(lines())
        .containsExactly("DELETE products 1,'a': " + values, "INSERT products 1: " + values);
  }

  @Test
  void schemaChangesShowWhatIsOther() {
    tally.add(schema(table("products", "a", "b"), table("products", "a", "c")));
    tally.add(schema(table("products", "a"), table("goods", "a")));
    tally.add(schema(null, table("products", "a")));
    tally.add(schema(table("products", "a"), null));
    assertThat(lines())
        .containsExactly(
            "SCHEMA products: + c TEXT - b TEXT",
            "SCHEMA products: → goods",
            "SCHEMA products is new",
            "SCHEMA products is dropped");
  }

  @Test
  void manyChangesAreCounted() {
    for (int i = 1; i <= 10_000; i++) {
      tally.add(change(Operation.INSERT, null, Row.of("id", i), Row.of("id", i)));
    }
    assertThat(lines()).containsExactly("INSERT products: 10,000 events, the first: id 1");
    assertThat(tally.shown()).isEmpty();
    assertThat(tally.changes()).isEqualTo(10_000);
  }

  @Test
  void aSnapshotShowsItsTables() {
    tally.add(schema(null, table("products", "id")));
    tally.add(change(Operation.BOOTSTRAP, null, null, null));
    tally.add(change(Operation.INSERT, null, Row.of("id", 1), Row.of("id", 1)));
    assertThat(lines()).containsExactly("BOOTSTRAP products: 1 rows");
    assertThat(tally.isSnapshot()).isTrue();
  }
}
