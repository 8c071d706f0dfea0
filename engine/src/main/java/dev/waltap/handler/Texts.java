package dev.waltap.handler;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Strings as every format writes them. */
final class Texts {

  private static final char REPLACEMENT = '\uFFFD';

  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Texts() {}

  /** UTC with always six fraction digits; {@link Instant#toString} drops zeros. */
  static String timestamp(Instant instant) {
    return TIMESTAMP.format(instant);
  }

  /**
   * The text with each lone surrogate as U+FFFD. A database in UTF-16 may hold them; UTF-8 has no
   * bytes for them.
   */
  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return replaceLoneSurrogates(text, i);
      }
    }
    return text;
  }

  private static String replaceLoneSurrogates(String text, int from) {
    StringBuilder result = new StringBuilder(text.length()).append(text, 0, from);
    int i = from;
    while (i < text.length()) {
      int codePoint = text.codePointAt(i);
      boolean lone = codePoint <= Character.MAX_VALUE && Character.isSurrogate((char) codePoint);
      result.appendCodePoint(lone ? REPLACEMENT : codePoint);
      i += Character.charCount(codePoint);
    }
    return result.toString();
  }

  /** The text on one line: control characters as {@code \\u000A}, so that a line is an event. */
  static String oneLine(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return wellFormed(text);
    }
    StringBuilder result = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        result.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
      } else {
        result.append(c);
      }
    }
    return wellFormed(result.toString());
  }
}
