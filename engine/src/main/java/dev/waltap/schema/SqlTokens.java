// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.record.Names;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The tokens of an SQL statement, one after the other; just enough to find a name in it. */
final class SqlTokens {
  private static final Pattern LITERAL =
      Pattern.compile(
          "[+-]?\\s*(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?(?![\\w.])|'(?:[^']|'')*'|(?i:true|false)\\b");

  private final String sql;
  private int start;
  private int end;

  SqlTokens(String sql) {
    this.sql = sql;
  }

  /** Goes on to the next token; returns false at the end. */
  boolean next() {
    start = end;
    while (start < sql.length()) {
      char c = sql.charAt(start);
      if (c == '-' && sql.startsWith("--", start)) {
        start = after("\n", start);
      } else if (c == '/' && sql.startsWith("/*", start)) {
        start = after("*/", start + 2);
      } else if (c <= ' ') {
        start++;
      } else {
        end = endOfToken(c);
        return true;
      }
    }
    end = start;
    return false;
  }

  private int after(String closing, int from) {
    int at = sql.indexOf(closing, from);
    return at < 0 ? sql.length() : at + closing.length();
  }

  private int endOfToken(char first) {
    if (first == '[') {
      return after("]", start);
    }
    if (first == '"' || first == '\'' || first == '`') {
      int at = start + 1;
      while (at < sql.length()) {
        if (sql.charAt(at++) != first) {
          continue;
        }
        if (at == sql.length() || sql.charAt(at) != first) {
          return at;
        }
        at++; // A quote in the name is written twice.
      }
      return at;
    }
    int at = start + 1;
    while (isWordPart(first) && at < sql.length() && isWordPart(sql.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isWordPart(char c) {
    char folded = Names.fold(c);
    return (folded >= 'a' && folded <= 'z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '$'
        || c >= 0x80;
  }

  /** Whether this token is a keyword, without quotes. */
  boolean isWord(String lowerCase) {
    return Names.fold(sql.substring(start, end)).equals(lowerCase);
  }

  /** Whether it begins a constraint of a table, where a column's definition could begin, too. */
  boolean isConstraint() {
    return isWord("constraint")
        || isWord("primary")
        || isWord("unique")
        || isWord("check")
        || isWord("foreign");
  }

  /** This token as a name, without its quotes. */
  String name() {
    char first = sql.charAt(start);
    String token = sql.substring(start, end);
    boolean quoted = first == '"' || first == '\'' || first == '`';
    if ((!quoted && first != '[') || token.length() < 2) {
      return token;
    }
    String inner = token.substring(1, token.length() - 1);
    return quoted ? inner.replace("" + first + first, "" + first) : inner;
  }

  /** The literal that begins with this token: a number, a text or a truth; null if none does. */
  @Nullable String literal() {
    Matcher matcher = LITERAL.matcher(sql).region(start, sql.length());
    return matcher.lookingAt() ? matcher.group() : null;
  }
}
