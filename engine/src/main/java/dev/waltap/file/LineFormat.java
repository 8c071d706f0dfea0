// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import dev.waltap.json.ChangeJson;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How the lines of an output begin. By this a line of our own that broke off is distinguished from
 * somebody else's text, which is never cut.
 */
public enum LineFormat {
  /** A change as {@link ChangeJson} writes it: table, timestamp and operation come first. */
  JSON {
    @Override
    Match match(byte[] start, int length) {
      int[] at = {0};
      if (!follows("{\"table\":\"", start, length, at)) {
        return Match.NONE;
      }
      for (; at[0] < length && start[at[0]] != '"'; at[0]++) {
        if (start[at[0]] >= 0 && start[at[0]] < ' ') {
          return Match.NONE;
        }
        if (start[at[0]] == '\\') {
          at[0]++;
        }
      }
      boolean ours =
          follows("\",\"timestamp\":\"####-##-##T##:##:##.######Z\"", start, length, at)
              && follows(",\"operation\":\"", start, length, at);
      return Match.of(ours, at[0] < length);
    }
  },

  /** A message of Debezium's: an envelope, a schema change, or where a transaction is. */
  DEBEZIUM {
    @Override
    Match match(byte[] start, int length) {
      Match best = Match.NONE;
      for (String beginning : DEBEZIUM_LINES) {
        int[] at = {0};
        boolean ours = follows(beginning, start, length, at);
        Match match = Match.of(ours, at[0] < length);
        best = match.compareTo(best) > 0 ? match : best;
      }
      return best;
    }
  },

  /** {@code 2026-11-22T10:00:00.123456Z: users INSERT}. */
  TEXT {
    @Override
    Match match(byte[] start, int length) {
      int[] at = {0};
      boolean ours = follows("####-##-##T##:##:##.######Z: ", start, length, at);
      return Match.of(ours, at[0] < length);
    }
  };

  /** Bytes of a line's start that {@link #match} looks at; more do no harm. */
  static final int START_BYTES = 4096;

  private static final List<String> DEBEZIUM_LINES =
      List.of(
          "{\"before\":{\"",
          "{\"before\":null,\"after\":",
          "{\"source\":{\"version\":\"",
          "{\"status\":\"BEGIN\",\"id\":\"",
          "{\"status\":\"END\",\"id\":\"",
          "{\"schema\":{\"type\":\"struct\",\"fields\":[",
          "{\"topic\":\"");

  /** What the start of a line may be. */
  enum Match {
    /** Not a line of this format. */
    NONE,
    /** Too short to say; a line of this format may begin so. */
    POSSIBLE,
    /** A line of this format. */
    CERTAIN;

    private static Match of(boolean ours, boolean enough) {
      return !ours ? NONE : enough ? CERTAIN : POSSIBLE;
    }
  }

  /** Compares the first bytes of a line with how a line of this format begins. */
  abstract Match match(byte[] start, int length);

  /**
   * Whether the text is here, as far as there is something, {@code #} being any digit; moves on
   * past it.
   */
  private static boolean follows(String text, byte[] start, int length, int[] at) {
    byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < wanted.length && at[0] < length; i++, at[0]++) {
      byte found = start[at[0]];
      if (wanted[i] == '#' ? found < '0' || found > '9' : found != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
