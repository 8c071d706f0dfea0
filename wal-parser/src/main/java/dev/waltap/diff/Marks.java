package dev.waltap.diff;

import java.util.Arrays;

/** A set of pages that is emptied by starting a new serial number. For one thread. */
final class Marks {
  private int[] serials = new int[1024];
  private int serial = 1;

  /** Empties the set. */
  void begin() {
    if (++serial == Integer.MAX_VALUE) {
      Arrays.fill(serials, 0);
      serial = 1;
    }
  }

  boolean contains(int pageNumber) {
    return pageNumber < serials.length && serials[pageNumber] == serial;
  }

  /** Adds a page; returns whether it was not there before. */
  boolean add(int pageNumber) {
    if (pageNumber >= serials.length) {
      serials =
          Arrays.copyOf(serials, Math.max(pageNumber + 1, serials.length + (serials.length >> 1)));
    }
    if (serials[pageNumber] == serial) {
      return false;
    }
    serials[pageNumber] = serial;
    return true;
  }
}
