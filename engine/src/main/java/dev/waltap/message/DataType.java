// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

/** The type of a value in a message, of those that Kafka Connect has. */
public enum DataType {
  /** An {@link Integer}. */
  INT32("int32"),
  /** A {@link Long}. */
  INT64("int64"),
  /** A {@link Double}. */
  DOUBLE("double"),
  /** A {@link Boolean}. */
  BOOLEAN("boolean"),
  /** A {@link String} without lone surrogates. */
  STRING("string"),
  /** A {@code byte[]}; base64 in JSON. */
  BYTES("bytes"),
  /** A {@link java.util.List}. */
  ARRAY("array"),
  /** A {@link DataStruct}. */
  STRUCT("struct");

  private final String jsonName;

  DataType(String jsonName) {
    this.jsonName = jsonName;
  }

  /** What the JSON converter of Kafka Connect calls it. */
  public String jsonName() {
    return jsonName;
  }
}
