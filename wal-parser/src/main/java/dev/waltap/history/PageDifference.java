// SPDX-License-Identifier: Apache-2.0
package dev.waltap.history;

import dev.waltap.format.Bytes;
import java.util.Arrays;

/**
 * What one version of a page changed of another, as runs of words of eight bytes. Stateless.
 *
 * <pre>
 * OFFSET  SIZE  MEANING
 *      0     2  number of runs
 *      2        the runs, by rising place:
 *               0     2  first word that differs, 0 for the start of the page
 *               2     2  number of words
 *               4    8n  the words as the newer version has them
 * </pre>
 */
final class PageDifference {
  static final int TOO_LARGE = -1;

  /** The largest difference, of any size, has fewer runs. */
  static final int NEVER_RUNS = 0xffff;

  private static final int WORD = 8;
  private static final int COUNT = 2;
  private static final int RUN = 4;

  /** Words that are the same but cost no more within a run than between two. */
  private static final int GAP = 2 * WORD;

  private PageDifference() {}

  /**
   * Writes what {@code newer} changed of {@code older}; returns where it ends, or {@link
   * #TOO_LARGE} if that would be past {@code limit}.
   */
  static int write(byte[] older, byte[] newer, byte[] out, int at, int limit) {
    int size = newer.length;
    int runs = 0;
    int end = at + COUNT;
    int start = firstChange(older, newer, 0);
    while (start < size) {
      int stop = endOfRun(older, newer, start);
      int length = stop - start;
      if (end + RUN + length > limit) {
        return TOO_LARGE;
      }
      Bytes.putU16(out, end, start / WORD);
      Bytes.putU16(out, end + 2, length / WORD);
      System.arraycopy(newer, start, out, end + RUN, length);
      end += RUN + length;
      runs++;
      start = firstChange(older, newer, stop);
    }
    Bytes.putU16(out, at, runs);
    return end;
  }

  /** The first word from an offset on that differs; the page's size if there is none. */
  private static int firstChange(byte[] older, byte[] newer, int from) {
    int size = newer.length;
    int same = Arrays.mismatch(older, from, size, newer, from, size);
    return same < 0 ? size : from + same & -WORD;
  }

  /** Behind the last word that differs before a gap that is worth a new run. */
  private static int endOfRun(byte[] older, byte[] newer, int start) {
    int stop = start + WORD;
    for (int at = stop; at < newer.length && at <= stop + GAP; at += WORD) {
      if (Bytes.i64(older, at) != Bytes.i64(newer, at)) {
        stop = at + WORD;
      }
    }
    return stop;
  }

  /** Makes the newer version of the older one; returns where the difference ends. */
  static int apply(byte[] difference, int at, byte[] page) {
    int end = at + COUNT;
    for (int runs = Bytes.u16(difference, at); runs > 0; runs--) {
      int start = Bytes.u16(difference, end) * WORD;
      int length = Bytes.u16(difference, end + 2) * WORD;
      System.arraycopy(difference, end + RUN, page, start, length);
      end += RUN + length;
    }
    return end;
  }
}
