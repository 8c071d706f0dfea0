// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Timestamps as {@link JsonText#timestamp} writes them, in ASCII. The last one is kept: all changes
 * of a transaction share it, and most transactions share its second with the one before. For one
 * thread.
 */
public final class Timestamps {
  private static final int FRACTION_DIGITS = 6;
  private static final int NANOS_IN_MICRO = 1000;

  private long second;
  private int micros;
  private byte[] text;

  /** Timestamps of which none was written yet. */
  public Timestamps() {
    text = JsonText.timestamp(Instant.EPOCH).getBytes(StandardCharsets.US_ASCII);
  }

  /** The bytes of one, to be read only, and before the next one is asked for. */
  @SuppressWarnings("JavaInstantGetSecondsGetNano") // Both are compared.
  public byte[] ascii(Instant instant) {
    if (instant.getEpochSecond() != second) {
      second = instant.getEpochSecond();
      micros = instant.getNano() / NANOS_IN_MICRO;
      text = JsonText.timestamp(instant).getBytes(StandardCharsets.US_ASCII);
    } else if (instant.getNano() / NANOS_IN_MICRO != micros) {
      micros = instant.getNano() / NANOS_IN_MICRO;
      int rest = micros;
      int zone = text.length - 1;
      for (int at = zone - 1; at >= zone - FRACTION_DIGITS; at--) {
        text[at] = (byte) ('0' + rest % 10);
        rest /= 10;
      }
    }
    return text;
  }
}
