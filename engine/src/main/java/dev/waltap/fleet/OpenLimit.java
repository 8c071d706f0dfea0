// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
