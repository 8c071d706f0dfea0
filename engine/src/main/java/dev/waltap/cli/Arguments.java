// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The arguments as the caller's bytes spell them. */
final class Arguments {

  private Arguments() {}

  /**
   * The arguments, read again as UTF-8 where the JVM could not: it decodes them by the locale, and
   * in the C locale a table named in anything but ASCII could not be asked for.
   */
  static String[] asGiven(String[] args) {
    if (Arrays.stream(args).allMatch(Arguments::isAscii)) {
      return args;
    }
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc/self/cmdline"));
      String[] all = new String(bytes, StandardCharsets.UTF_8).split("\0", -1);
      // The last piece follows the last NUL and is empty.
      int from = all.length - 1 - args.length;
      return from > 0 ? Arrays.copyOfRange(all, from, all.length - 1) : args;
    } catch (IOException e) {
      return args;
    }
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }
}
