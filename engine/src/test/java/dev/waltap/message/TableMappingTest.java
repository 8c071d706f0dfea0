// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Row;
import dev.waltap.json.BlobFormat;
import org.junit.jupiter.api.Test;

class TableMappingTest {

  /** A converter knows a schema again by that, and has not to write it for each key. */
  @Test
  void keysAlikeShareTheirSchema() throws Exception {
    Row row = Row.of("a", 1, "b", "x");
    TableMapping mapping =
        new TableMapping(
            "db.t", row, Row.of("a", 1, "b", "x"), BlobFormat.BASE64, TypeMismatch.STRING);
    DataSchema first = mapping.key(Row.of("a", 1, "b", "x")).schema();
    assertThat(mapping.key(Row.of("a", 2, "b", "y")).schema()).isSameAs(first);
    assertThat(first.fields()).extracting(DataField::name).containsExactly("a", "b");

    DataSchema ofNull = mapping.key(Row.of("a", 1, "b", null)).schema();
    assertThat(ofNull).isNotSameAs(first);
    assertThat(ofNull.fields().get(1).schema().isOptional()).isTrue();
    DataSchema ofText = mapping.key(Row.of("a", "1", "b", "x")).schema();
    assertThat(ofText.fields().get(0).schema().type()).isEqualTo(DataType.STRING);
    DataSchema ofRowid = mapping.key(Row.of("rowid", 7)).schema();
    assertThat(ofRowid.fields()).extracting(DataField::name).containsExactly("rowid");
  }
}
