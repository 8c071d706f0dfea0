// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.text.Plural;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How many captures may be open at once where nobody says so. Stateless. */
public final class OpenLimit {

  /** What an open capture with state has, of which there were 20 when that was counted. */
  static final int DESCRIPTORS_EACH = 24;

  /** For the jar, outputs, watches and what an application has. */
  private static final int DESCRIPTORS_BESIDES = 200;

  private static final int MOST = 200;
  private static final int LEAST = 4;
  private static final String LINE = "Max open files";

  private OpenLimit() {}

  /** As many as this process has descriptors for, at most 200. */
  public static int ofProcess() {
    try {
      return of(Files.readAllLines(Path.of("/proc/self/limits")));
    } catch (IOException e) {
      return MOST / 4;
    }
  }

  /**
   * Why so many can't be captured, and what to do; null if they can: what has no state can't be
   * parked, so it must all fit, beside a place in which all others take turns.
   *
   * @param all how many databases there are
   * @param without how many of them have no state
   */
  public static @Nullable String problem(int all, int without, int maxOpen) {
    int room = without == all ? maxOpen : maxOpen - 1;
    return without <= room
        ? null
        : Plural.of(without, "database")
            + (without == 1 ? " has" : " have")
            + " no state, and only "
            + maxOpen
            + " can be open at once (--max-open): give --state DIR, below which each gets its own,"
            + " so that idle ones can be parked";
  }

  static int of(List<String> limits) {
    for (String line : limits) {
      if (line.startsWith(LINE)) {
        String soft = line.substring(LINE.length()).strip().split("\\s+")[0];
        if (soft.matches("\\d{1,9}")) {
          int room = (Integer.parseInt(soft) - DESCRIPTORS_BESIDES) / DESCRIPTORS_EACH;
          return Math.max(LEAST, Math.min(MOST, room));
        }
      }
    }
    return MOST;
  }
}
