// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.format.TextEncoding;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableFilterTest {

  @TempDir Path directory;

  @Test
  void acceptsWhatPatternsName() throws Exception {
    try (Source source = new Source(directory.resolve("source.db"), TextEncoding.UTF_8)) {
      source.execute(
          "CREATE TABLE Users(a)",
          "CREATE TABLE orders(a)",
          "CREATE TABLE \"od[d]\"(a)",
          "CREATE TABLE \"a.b\"(\"c.d\", e)",
          "CREATE VIEW v AS SELECT 1",
          "CREATE VIRTUAL TABLE f USING fts5(x)");
      Schema schema = source.parse();
      assertThat(accepted(schema, List.of(), List.of()))
          .containsExactly("Users", "a.b", "od[d]", "orders");
      assertThat(accepted(schema, List.of("USERS", "f_data", "v"), List.of()))
          .containsExactly("Users", "f_data");
      assertThat(accepted(schema, List.of("?[rd]*"), List.of("od[d]"))).containsExactly("orders");
      assertThat(accepted(schema, List.of("od[d]"), List.of())).containsExactly("od[d]");
      assertThat(accepted(schema, List.of("*"), List.of("*s", "a*"))).contains("f_idx", "od[d]");
      assertThat(filter(List.of("v", "f", "users", "x*"), List.of()).unmatched(schema))
          .containsExactly("v", "f", "x*");
      Table dotted = schema.tables().get(1);
      TableFilter filter = new TableFilter(List.of(), List.of(), List.of("A.B.c.*"));
      assertThat(filter.projection(dotted).names()).containsExactly("e");
      assertThatThrownBy(() -> new TableFilter(List.of(), List.of(), List.of("nodot")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("not TABLE.COLUMN: nodot");
    }
  }

  @Test
  void globsAsSqliteDoes() throws Exception {
    long seed = Long.getLong("waltap.seed", new Random().nextLong());
    Random random = new Random(seed);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        PreparedStatement glob = connection.prepareStatement("SELECT ? GLOB ?")) {
      for (int i = 0; i < 20_000; i++) {
        String name = random(random, "ab-]^é", 6);
        String pattern = random(random, "ab-]^é*?[[", 8);
        glob.setString(1, name);
        glob.setString(2, pattern);
        try (ResultSet rs = glob.executeQuery()) {
          assertThat(new Glob(pattern).matches(name))
              .as("-Dwaltap.seed=%d: %s GLOB %s", seed, name, pattern)
              .isEqualTo(rs.getBoolean(1) || name.equals(pattern));
        }
      }
    }
  }

  private static String random(Random random, String alphabet, int bound) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(bound); i > 0; i--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private static List<String> accepted(Schema schema, List<String> in, List<String> out) {
    TableFilter filter = filter(in, out);
    return schema.tables().stream().filter(filter::accepts).map(Table::name).toList();
  }

  private static TableFilter filter(List<String> in, List<String> out) {
    return new TableFilter(in, out, List.of());
  }
}
