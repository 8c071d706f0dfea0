// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.json.JsonText;
import dev.waltap.record.Names;
import org.jspecify.annotations.Nullable;

/**
 * What a column reads as in rows that were there before it was added, as a value of its type. Of a
 * literal that SQLite would convert in ways of its own there is none.
 */
final class ColumnDefault {

  private ColumnDefault() {}

  /**
   * The value.
   *
   * @param literal as it is declared; null for none
   */
  static @Nullable Object of(String declaredType, @Nullable String literal) {
    if (literal == null) {
      return null;
    }
    ColumnType type = ColumnType.of(declaredType);
    if (literal.startsWith("'")) {
      String text = literal.substring(1, literal.length() - 1).replace("''", "'");
      return type == ColumnType.STRING && isKept(declaredType, text)
          ? JsonText.wellFormed(text)
          : null;
    }
    String number = number(literal);
    try {
      return switch (type) {
        case INT64 -> Long.valueOf(number);
        case DOUBLE -> Double.valueOf(number);
        case STRING -> Long.toString(Long.parseLong(number));
        case BYTES, ANY -> null;
      };
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static String number(String literal) {
    return switch (Names.fold(literal)) {
      case "true" -> "1";
      case "false" -> "0";
      default -> literal.replaceAll("\\s", "");
    };
  }

  /** Whether a text stays one: under NUMERIC affinity, what looks like a number becomes one. */
  private static boolean isKept(String declaredType, String text) {
    String name = Names.fold(declaredType);
    return name.contains("char")
        || name.contains("clob")
        || name.contains("text")
        || !text.matches("[\\s0-9+.eE-]*");
  }
}
