// SPDX-License-Identifier: Apache-2.0
package dev.waltap.text;

import dev.waltap.api.Row;
import dev.waltap.api.StorageClass;
import dev.waltap.record.Names;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Names and values for people: a text in quotes, a number without, long ones cut. Nothing in them
 * can move a terminal's cursor. Stateless.
 */
public final class ValueText {

  /** Characters of a text, and bytes of a blob, that are shown. */
  private static final int SHOWN = 60;

  /** Characters of a text that are shown where there is little room. */
  private static final int BRIEF = 40;

  /** Of these, so many before the first one that differs. */
  private static final int CONTEXT = 12;

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private ValueText() {}

  /** A name as SQL has it, in quotes if it would need them there. */
  public static String name(String name) {
    boolean plain = !name.isEmpty() && !Character.isDigit(name.charAt(0));
    for (int i = 0; plain && i < name.length(); i++) {
      char c = name.charAt(i);
      plain = c == '_' || Character.isLetterOrDigit(c);
    }
    return plain ? name : visible(Names.quote(name));
  }

  /** A value. */
  public static String of(Row row, int index) {
    return of(row, index, 0);
  }

  /** A value in few characters, for one of many on a line: of a BLOB its size only. */
  public static String brief(Row row, int index) {
    return switch (row.storageClass(index)) {
      case TEXT -> briefText(String.valueOf(row.getString(index)));
      case BLOB -> blobSize(row.getByteBuffer(index)) + " bytes";
      case NULL, INTEGER, REAL -> of(row, index);
    };
  }

  private static String briefText(String text) {
    boolean cut = text.codePointCount(0, text.length()) > BRIEF;
    String shown = cut ? text.substring(0, text.offsetByCodePoints(0, BRIEF - 1)) + "…" : text;
    return "'" + visible(shown.replace("'", "''")) + "'";
  }

  private static int blobSize(@Nullable ByteBuffer bytes) {
    return bytes == null ? 0 : bytes.remaining();
  }

  /** A value of which something before this place need not be shown. */
  private static String of(Row row, int index, int from) {
    return switch (row.storageClass(index)) {
      case NULL -> "NULL";
      case INTEGER -> Long.toString(row.getLong(index));
      case REAL -> real(row.getDouble(index));
      case TEXT -> text(String.valueOf(row.getString(index)), from);
      case BLOB -> blob(row.getByteBuffer(index));
    };
  }

  /** Two values of a column, and of long texts that part where they begin to differ. */
  public static String change(Row before, int indexBefore, Row after, int indexAfter) {
    int from = 0;
    if (isText(before, indexBefore) && isText(after, indexAfter)) {
      String old = String.valueOf(before.getString(indexBefore));
      String next = String.valueOf(after.getString(indexAfter));
      from = Math.max(old.length(), next.length()) > SHOWN ? common(old, next) - CONTEXT : 0;
    }
    return of(before, indexBefore, from) + " → " + of(after, indexAfter, from);
  }

  private static boolean isText(Row row, int index) {
    return row.storageClass(index) == StorageClass.TEXT;
  }

  private static int common(String a, String b) {
    int end = Math.min(a.length(), b.length());
    int i = 0;
    while (i < end && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    return i;
  }

  /** As SQLite prints them: infinities as 9e999. */
  private static String real(double value) {
    return Double.isInfinite(value) ? (value > 0 ? "9e999" : "-9e999") : Double.toString(value);
  }

  private static String text(String text, int near) {
    int from = near > CONTEXT ? Math.min(near, text.length()) : 0;
    if (from > 0 && from < text.length() && Character.isLowSurrogate(text.charAt(from))) {
      from--;
    }
    int end = text.length();
    boolean cut = text.codePointCount(from, end) > SHOWN;
    if (cut) {
      end = text.offsetByCodePoints(from, SHOWN);
    }
    String shown = "'" + visible(text.substring(from, end).replace("'", "''")) + "'";
    String whole = (from > 0 ? "…" : "") + shown + (cut ? "…" : "");
    return from > 0 || cut
        ? whole + " (" + text.codePointCount(0, text.length()) + " characters)"
        : whole;
  }

  private static String blob(@Nullable ByteBuffer bytes) {
    int length = blobSize(bytes);
    byte[] shown = new byte[Math.min(length, SHOWN / 2)];
    if (bytes != null) {
      bytes.get(shown);
    }
    String text = "x'" + HEX.formatHex(shown) + "'";
    return shown.length < length ? text + "… (" + length + " bytes)" : text;
  }

  /** A text without control characters, line breaks, and what turns the direction of writing. */
  public static String visible(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> visible.append("\\n");
        case '\r' -> visible.append("\\r");
        case '\t' -> visible.append("\\t");
        default -> {
          if (isInvisible(c)) {
            visible.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
          } else {
            visible.append(c);
          }
        }
      }
    }
    return visible.toString();
  }

  private static boolean isInvisible(char c) {
    int type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }
}
