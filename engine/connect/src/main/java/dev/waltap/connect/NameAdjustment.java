// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import java.util.Locale;

/** What becomes of names that a converter can't have. */
enum NameAdjustment {
  /** They stay. */
  NONE,
  /** What Avro's names can't have becomes {@code _}. */
  AVRO;

  static NameAdjustment of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** The name of a field. */
  String field(String name) {
    return this == NONE ? name : part(name);
  }

  /** The name of a schema, whose parts are separated by dots. */
  String schema(String name) {
    if (this == NONE) {
      return name;
    }
    StringBuilder adjusted = new StringBuilder();
    for (String part : name.split("\\.", -1)) {
      adjusted.append(adjusted.length() == 0 ? "" : ".").append(part(part));
    }
    return adjusted.toString();
  }

  private static String part(String name) {
    String legal = name.replaceAll("[^A-Za-z0-9_]", "_");
    boolean starts = !legal.isEmpty() && !Character.isDigit(legal.charAt(0));
    return starts ? legal : "_" + legal;
  }
}
