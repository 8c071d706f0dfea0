// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.host.Reasons;
import dev.waltap.text.Plural;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
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

  /** What an idle one takes of the heap, and as much for its pages and changes when it is not. */
  private static final long HEAP_EACH = 5 << 18;

  private static final int MOST = 500;
  private static final int LEAST = 4;

  /** What the system calls it, in Java's messages, too. */
  static final String NONE_LEFT = "Too many open files";

  private static final String LINE = "Max open files";

  private OpenLimit() {}

  /** As many as this process has descriptors and heap for, at most 500. */
  public static int ofProcess() {
    long heap = Runtime.getRuntime().maxMemory();
    try {
      return of(Files.readAllLines(Path.of("/proc/self/limits")), heap);
    } catch (IOException e) {
      return of(List.of(), Math.min(heap, MOST / 10 * HEAP_EACH));
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

  /**
   * As many as there is room for.
   *
   * @param limits as {@code /proc/self/limits} has them
   * @param heap bytes that the heap may take
   */
  static int of(List<String> limits, long heap) {
    long room = Math.min(descriptors(limits), heap / HEAP_EACH);
    return (int) Math.max(LEAST, Math.min(MOST, room));
  }

  private static int descriptors(List<String> limits) {
    int limit = limit(limits);
    return limit < 0 ? MOST : (limit - DESCRIPTORS_BESIDES) / DESCRIPTORS_EACH;
  }

  /** The number of descriptors that a process may have; -1 if it is not known, or not limited. */
  private static int limit(List<String> limits) {
    for (String line : limits) {
      if (line.startsWith(LINE)) {
        String soft = line.substring(LINE.length()).strip().split("\\s+")[0];
        if (soft.matches("\\d{1,9}")) {
          return Integer.parseInt(soft);
        }
      }
    }
    return -1;
  }

  /** How many descriptors this process may have, in words. */
  static String descriptors() {
    try {
      int limit = limit(Files.readAllLines(Path.of("/proc/self/limits")));
      return limit < 0 ? "any number of" : String.valueOf(limit);
    } catch (IOException e) {
      return "only so many"; // As where none is left.
    }
  }

  /** Whether this process has fewer descriptors left than a capture takes to open. */
  static boolean isExhausted() {
    return left() < DESCRIPTORS_EACH;
  }

  /**
   * How many descriptors this process has left; very many where that is not known. Called once
   * before there are none, it loads what it needs while there are some.
   */
  static int left() {
    try {
      int limit = limit(Files.readAllLines(Path.of("/proc/self/limits")));
      if (limit < 0) {
        return Integer.MAX_VALUE;
      }
      try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
        int left = limit;
        for (var unused : open) {
          left--;
        }
        return left;
      }
    } catch (IOException | DirectoryIteratorException e) {
      String reason = Reasons.of(e instanceof IOException io ? io : new IOException(e));
      return reason.contains(NONE_LEFT) ? 0 : Integer.MAX_VALUE;
    }
  }
}
