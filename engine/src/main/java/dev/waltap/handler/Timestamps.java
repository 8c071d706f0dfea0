// SPDX-License-Identifier: Apache-2.0
package dev.waltap.handler;

import java.time.Instant;

/**
 * Timestamps as {@link JsonText#timestamp} writes them. The last one is kept: all changes of a
 * transaction share it, and most transactions share its second with the one before. For any number
 * of threads.
 */
final class Timestamps {
  private static final int FRACTION_CHARS = "000000Z".length();

  private volatile Stamp last = Stamp.of(Instant.EPOCH);

  private record Stamp(Instant instant, String text) {
    static Stamp of(Instant instant) {
      return new Stamp(instant, JsonText.timestamp(instant));
    }

    /** One of the same second, of which the fraction alone is to be written. */
    @SuppressWarnings("JavaInstantGetSecondsGetNano") // The rest of the other's text is this one's.
    Stamp withinSecond(Instant other) {
      StringBuilder otherText = new StringBuilder(text.length());
      otherText.append(text, 0, text.length() - FRACTION_CHARS);
      return new Stamp(other, JsonText.fraction(otherText, other.getNano()).toString());
    }
  }

  String text(Instant instant) {
    Stamp stamp = last;
    if (!stamp.instant.equals(instant)) {
      boolean sameSecond = stamp.instant.getEpochSecond() == instant.getEpochSecond();
      stamp = sameSecond ? stamp.withinSecond(instant) : Stamp.of(instant);
      last = stamp;
    }
    return stamp.text;
  }
}
