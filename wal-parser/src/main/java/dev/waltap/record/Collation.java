// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

/** How a b-tree orders text. */
public enum Collation {
  /** By the stored bytes, in whatever encoding. */
  BINARY,
  /** By UTF-8 bytes, A to Z taken for a to z. */
  NOCASE,
  /** By UTF-8 bytes, without spaces at the end. */
  RTRIM,
  /** One that the application defines: its order can't be known here. */
  UNKNOWN;

  /** The collation of this name, matched without regard to ASCII case. */
  public static Collation of(String name) {
    return switch (Names.fold(name)) {
      case "binary" -> BINARY;
      case "nocase" -> NOCASE;
      case "rtrim" -> RTRIM;
      default -> UNKNOWN;
    };
  }
}
