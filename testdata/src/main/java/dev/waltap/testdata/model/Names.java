// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Names of tables and columns, as SQLite sees them. */
public final class Names {
  private Names() {}

  /** Whether two names are one to SQLite: ASCII letters count without case. */
  public static boolean equal(String one, String other) {
    return one.length() == other.length() && (one.equals(other) || fold(one).equals(fold(other)));
  }

  /** The name with ASCII letters in lower case. */
  public static String fold(String name) {
    StringBuilder folded = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      folded.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
    }
    return folded.toString();
  }

  /** The order of names by the bytes of their UTF-8. */
  public static int compare(String one, String other) {
    return Arrays.compareUnsigned(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /** The name as an SQL identifier. */
  public static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
