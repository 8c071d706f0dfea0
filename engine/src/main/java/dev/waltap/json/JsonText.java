// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The text of JSON strings and timestamps; the other formats write the same. */
public final class JsonText {

  private static final char REPLACEMENT = '\uFFFD';

  private static final int LAST_YEAR_OF_FOUR_DIGITS = 9999;

  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private JsonText() {}

  /** UTC with always six fraction digits; {@link Instant#toString} drops zeros. */
  static String timestamp(Instant instant) {
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
    if (time.getYear() < 0 || time.getYear() > LAST_YEAR_OF_FOUR_DIGITS) {
      return TIMESTAMP.format(instant);
    }
    // One for each transaction, so by hand: a formatter goes by BigDecimal for the fraction.
    StringBuilder text = new StringBuilder(27);
    digits(text, time.getYear(), 1000).append('-');
    digits(text, time.getMonthValue(), 10).append('-');
    digits(text, time.getDayOfMonth(), 10).append('T');
    digits(text, time.getHour(), 10).append(':');
    digits(text, time.getMinute(), 10).append(':');
    digits(text, time.getSecond(), 10).append('.');
    return digits(text, instant.getNano() / 1000, 100_000).append('Z').toString();
  }

  /** All digits of a number, from that of the unit on. */
  private static StringBuilder digits(StringBuilder text, int number, int unit) {
    for (int place = unit; place > 0; place /= 10) {
      text.append((char) ('0' + number / place % 10));
    }
    return text;
  }

  /**
   * The text with each lone surrogate as U+FFFD. A database in UTF-16 may hold them; UTF-8 has no
   * bytes for them.
   */
  public static String wellFormed(String text) {
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
  public static String oneLine(String text) {
    int clean = 0;
    while (clean < text.length() && !Character.isISOControl(text.charAt(clean))) {
      clean++;
    }
    if (clean == text.length()) {
      return wellFormed(text);
    }
    StringBuilder result = new StringBuilder(text.length() + 16).append(text, 0, clean);
    for (int i = clean; i < text.length(); i++) {
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
