// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.util.Locale;

/** How far one piece of long work is, its rate, and when it will be done. */
final class Progress {

  private static final int BAR_COLUMNS = 24;

  private final String work;
  private final String unit;
  private final long startNanos;
  private long done;
  private long total = -1;

  Progress(String work, String unit, long startNanos) {
    this.work = work;
    this.unit = unit;
    this.startNanos = startNanos;
  }

  /** Whether this is the same work going on. */
  boolean continues(String work, long done) {
    return this.work.equals(work) && done >= this.done;
  }

  /** Notes how far it is now; returns whether that is all. */
  boolean moveTo(long done, long total) {
    this.done = done;
    this.total = total;
    return total >= 0 && done >= total;
  }

  /** {@code scan: 45%, 1200 of 2700 pages, 600/s, 0:03 left}. */
  String line(long now) {
    String share = total > 0 ? percent() + "%, " : "";
    return work + ": " + share + counts(now);
  }

  /** {@code scan [##### ] 45%, 1200 of 2700 pages, 600/s, 0:03 left}. */
  String bar(long now) {
    if (total <= 0) {
      return line(now);
    }
    int filled = (int) (BAR_COLUMNS * Math.min(1.0, (double) done / total));
    String bar = "#".repeat(filled) + " ".repeat(BAR_COLUMNS - filled);
    return work + " [" + bar + "] " + percent() + "%, " + counts(now);
  }

  private long percent() {
    return (long) (100.0 * Math.min(done, total) / total);
  }

  private String counts(long now) {
    StringBuilder text = new StringBuilder().append(done);
    if (total >= 0) {
      text.append(" of ").append(total);
    }
    text.append(' ').append(unit);
    double seconds = (now - startNanos) / 1e9;
    if (seconds > 0 && done > 0) {
      double rate = done / seconds;
      text.append(", ").append(Math.round(rate)).append("/s");
      if (total > done) {
        text.append(", ").append(time(Math.round((total - done) / rate))).append(" left");
      }
    }
    return text.toString();
  }

  private static String time(long seconds) {
    return seconds >= 3600
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
        : String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
  }
}
