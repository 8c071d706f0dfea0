// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.format.TextEncoding;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one capture of the process has parsed, no other parses again. */
class KnownSchemasTest {
  private static final String SQL = "CREATE TABLE known_to_all(a INTEGER PRIMARY KEY, b DEFAULT 7)";
  private static final String KEYED = "CREATE TABLE keyed(k TEXT PRIMARY KEY DESC) WITHOUT ROWID";

  private static List<SchemaRow> rows(long root) {
    return List.of(
        new SchemaRow(2, "table", "keyed", "keyed", root + 1, KEYED),
        new SchemaRow(1, "table", "known_to_all", "known_to_all", root, SQL),
        new SchemaRow(3, "table", "gone", "gone", root + 2, "CREATE TABLE gone(x, no such("),
        new SchemaRow(4, "index", "i", "known_to_all", root + 3, "CREATE INDEX i ON t(b)"));
  }

  @Test
  void isNotParsedAgainWhereverItsRootsAre() {
    Schema first;
    try (SchemaParser parser = new SchemaParser()) {
      first = parser.parse(rows(2), TextEncoding.UTF_8);
    }
    try (SchemaParser parser = new SchemaParser()) {
      Schema second = parser.parse(rows(20), TextEncoding.UTF_8);
      assertThat(parser.parsed()).isZero();
      assertThat(second.tables()).map(Table::rootPage).containsExactly(21, 20);
      assertThat(second.unreadable()).isEqualTo(first.unreadable()).hasSize(1);
      assertThat(first.tables()).map(Table::rootPage).containsExactly(3, 2);
      assertThat(second.table("keyed")).isNotNull();
      assertThat(second.table("keyed").layout().keyField(0).descending()).isTrue();
    }
  }

  @Test
  void isAnotherInAnotherEncodingOrFormat() {
    try (SchemaParser parser = new SchemaParser()) {
      parser.parse(rows(2), TextEncoding.UTF_8);
      Schema old = parser.parse(rows(2), TextEncoding.UTF_8, 1);
      assertThat(old.table("keyed")).isNotNull();
      assertThat(old.table("keyed").layout().keyField(0).descending()).isFalse();
      Schema wide = parser.parse(rows(2), TextEncoding.UTF_16LE);
      assertThat(wide.table("keyed")).isNotNull();
      assertThat(wide.table("keyed").layout().encoding()).isEqualTo(TextEncoding.UTF_16LE);
    }
  }

  @Test
  void itsUpdatesLeaveWhatIsKnownAsItIs() {
    try (SchemaParser parser = new SchemaParser()) {
      Schema schema = parser.parse(rows(2), TextEncoding.UTF_8);
      schema.apply(parser.update(schema, List.of(rows(2).get(1)), List.of()));
      assertThat(schema.table("known_to_all")).isNull();
      assertThat(parser.parse(rows(2), TextEncoding.UTF_8).table("known_to_all")).isNotNull();
    }
  }
}
