// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a value in a message is, as schemas of Kafka Connect say it. Immutable. */
public final class DataSchema {

  static final DataSchema INT32 = of(DataType.INT32, false);
  static final DataSchema INT64 = of(DataType.INT64, false);
  static final DataSchema STRING = of(DataType.STRING, false);
  static final DataSchema OPTIONAL_INT32 = of(DataType.INT32, true);
  static final DataSchema OPTIONAL_INT64 = of(DataType.INT64, true);
  static final DataSchema OPTIONAL_BOOLEAN = of(DataType.BOOLEAN, true);
  static final DataSchema OPTIONAL_STRING = of(DataType.STRING, true);

  private final DataType type;
  private final boolean optional;
  private final @Nullable String name;
  private final int version;
  private final List<DataField> fields;
  private final @Nullable DataSchema items;
  private final @Nullable String allowed;
  private final @Nullable Object usual;

  private DataSchema(
      DataType type,
      boolean optional,
      @Nullable String name,
      int version,
      List<DataField> fields,
      @Nullable DataSchema items,
      @Nullable String allowed,
      @Nullable Object usual) {
    this.type = type;
    this.optional = optional;
    this.name = name;
    this.version = version;
    this.fields = List.copyOf(fields);
    this.items = items;
    this.allowed = allowed;
    this.usual = usual;
  }

  static DataSchema of(DataType type, boolean optional) {
    return of(type, optional, null);
  }

  /** With a default; null for none. */
  static DataSchema of(DataType type, boolean optional, @Nullable Object usual) {
    return new DataSchema(type, optional, null, 0, List.of(), null, null, usual);
  }

  static DataSchema array(DataSchema items, boolean optional) {
    return new DataSchema(DataType.ARRAY, optional, null, 0, List.of(), items, null, null);
  }

  /** A string that is one of some, the empty default being {@code false}, as Debezium has it. */
  static DataSchema choice(String name, String allowed) {
    return new DataSchema(DataType.STRING, true, name, 1, List.of(), null, allowed, "false");
  }

  static Struct struct(String name, int version) {
    return new Struct(name, version);
  }

  /** What values are. */
  public DataType type() {
    return type;
  }

  /** Whether null is allowed. */
  public boolean isOptional() {
    return optional;
  }

  /** Its name; null for most that are no struct. */
  public @Nullable String name() {
    return name;
  }

  /** Its version, from 1; 0 for none. */
  public int version() {
    return version;
  }

  /** The fields of a struct, in order. */
  public List<DataField> fields() {
    return fields;
  }

  /** What the items of an array are. */
  public @Nullable DataSchema items() {
    return items;
  }

  /** The values of an enumeration, with commas between. */
  public @Nullable String allowed() {
    return allowed;
  }

  /** The default, a value of the type; null for none. */
  public @Nullable Object defaultValue() {
    return usual;
  }

  /** Collects the fields of a struct. For one thread. */
  static final class Struct {
    private final String name;
    private final int version;
    private final List<DataField> fields = new ArrayList<>();

    private Struct(String name, int version) {
      this.name = name;
      this.version = version;
    }

    Struct field(String field, DataSchema schema) {
      fields.add(new DataField(field, schema));
      return this;
    }

    DataSchema required() {
      return new DataSchema(DataType.STRUCT, false, name, version, fields, null, null, null);
    }

    DataSchema optional() {
      return new DataSchema(DataType.STRUCT, true, name, version, fields, null, null, null);
    }
  }
}
