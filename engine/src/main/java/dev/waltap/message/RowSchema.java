// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.json.JsonText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the images of a row are in messages, and their envelope. Immutable but for what it keeps.
 */
final class RowSchema {
  private final String table;
  private final List<String> names;
  private final @Nullable DataType[] types;
  private final boolean[] optional;
  private final @Nullable Object[] defaults;
  private @Nullable DataSchema value;
  private @Nullable DataSchema envelope;

  /**
   * A schema of these columns.
   *
   * @param types of each; null for one that is left out
   * @param defaults of each; null for none, which columns that are optional have: a converter may
   *     write it in the place of a NULL
   */
  RowSchema(
      String table,
      List<String> names,
      @Nullable DataType[] types,
      boolean[] optional,
      @Nullable Object[] defaults) {
    this.table = table;
    this.names = names;
    this.types = types;
    this.optional = optional;
    this.defaults = defaults;
  }

  /** The type of a column; null for one that is left out. */
  @Nullable DataType type(int column) {
    return types[column];
  }

  RowSchema withOptional(int column) {
    return with(column, types[column]);
  }

  /** With a string there, unless it is left out. */
  RowSchema withString(int column) {
    return with(column, types[column] == null ? null : DataType.STRING);
  }

  RowSchema without(int column) {
    return with(column, null);
  }

  private RowSchema with(int column, @Nullable DataType type) {
    if (types[column] == type && optional[column]) {
      return this;
    }
    @Nullable DataType[] otherTypes = types.clone();
    boolean[] otherOptional = optional.clone();
    otherTypes[column] = type;
    otherOptional[column] = true;
    return new RowSchema(table, names, otherTypes, otherOptional, defaults);
  }

  /** An image. */
  DataSchema value() {
    DataSchema made = value;
    if (made == null) {
      DataSchema.Struct fields = DataSchema.struct(table + ".Value", 0);
      for (int i = 0; i < types.length; i++) {
        DataType type = types[i];
        if (type != null) {
          Object usual = optional[i] ? null : defaults[i];
          fields.field(JsonText.wellFormed(names.get(i)), DataSchema.of(type, optional[i], usual));
        }
      }
      made = fields.optional();
      value = made;
    }
    return made;
  }

  /** The envelope of images. */
  DataSchema envelope() {
    DataSchema made = envelope;
    if (made == null) {
      made = DebeziumSchemas.envelope(table, value());
      envelope = made;
    }
    return made;
  }
}
