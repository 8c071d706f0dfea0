// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.json.JsonText;
import java.util.Arrays;
import java.util.List;

/** What keys of these columns are in messages. Immutable. */
final class KeySchema {
  private final List<String> names;
  private final DataType[] types;
  private final boolean[] optional;
  private final DataSchema schema;

  /**
   * A schema of these columns; the arrays are its own from here on.
   *
   * @param table what its name begins with
   */
  KeySchema(String table, List<String> names, DataType[] types, boolean[] optional) {
    this.names = names;
    this.types = types;
    this.optional = optional;
    DataSchema.Struct fields = DataSchema.struct(table + ".Key", 0);
    for (int i = 0; i < types.length; i++) {
      fields.field(JsonText.wellFormed(names.get(i)), DataSchema.of(types[i], optional[i]));
    }
    this.schema = fields.required();
  }

  /** Whether it is of such columns. */
  boolean isOf(List<String> others, DataType[] otherTypes, boolean[] otherOptional) {
    return names.equals(others)
        && Arrays.equals(types, otherTypes)
        && Arrays.equals(optional, otherOptional);
  }

  DataSchema schema() {
    return schema;
  }
}
