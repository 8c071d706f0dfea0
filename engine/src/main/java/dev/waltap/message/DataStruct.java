// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values by the fields of a schema, each as {@link DataType} says. Immutable. */
public final class DataStruct {
  private final DataSchema schema;
  private final List<@Nullable Object> values;

  DataStruct(DataSchema schema, @Nullable Object... values) {
    if (values.length != schema.fields().size()) {
      throw new IllegalArgumentException(
          values.length + " values for " + schema.fields().size() + " fields");
    }
    this.schema = schema;
    this.values = Collections.unmodifiableList(Arrays.asList(values.clone()));
  }

  /** What its fields are. */
  public DataSchema schema() {
    return schema;
  }

  /** The values, in the order of the schema's fields. */
  public List<@Nullable Object> values() {
    return values;
  }
}
