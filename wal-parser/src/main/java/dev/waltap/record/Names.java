// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Names of tables and columns, which SQLite matches without regard to ASCII case, and only that.
 */
public final class Names {

  /** SQLite's BINARY order of names, which in Java's UTF-16 is not {@link String#compareTo}. */
  public static final Comparator<String> BINARY =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private Names() {}

  /** The name with A to Z made a to z, fit as a map key. */
  public static String fold(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) != fold(name.charAt(i))) {
        StringBuilder folded = new StringBuilder(name);
        for (int j = i; j < name.length(); j++) {
          folded.setCharAt(j, fold(name.charAt(j)));
        }
        return folded.toString();
      }
    }
    return name;
  }

  /** Whether SQLite takes the two for one name. */
  public static boolean same(String a, String b) {
    if (a.length() != b.length()) {
      return false;
    }
    for (int i = 0; i < a.length(); i++) {
      if (fold(a.charAt(i)) != fold(b.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** The name quoted as an identifier, for an SQL statement. */
  public static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** One character, A to Z made a to z. */
  public static char fold(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
  }
}
