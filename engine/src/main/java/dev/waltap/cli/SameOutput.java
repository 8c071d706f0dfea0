// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.file.OutputPath;
import dev.waltap.handler.OutputRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds an output that is given twice, which would get every change twice. */
final class SameOutput {
  private static final Path OF_STANDARD_OUTPUT = Path.of("/proc/self/fd/1");

  private SameOutput() {}

  /**
   * Refuses outputs of which two are the same.
   *
   * @throws IllegalArgumentException if there are such; it repeats no address, which may hold
   *     secrets
   */
  static void refuse(List<String> outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      for (String other : outputs.subList(i + 1, outputs.size())) {
        if (isSame(outputs.get(i), other)) {
          throw new IllegalArgumentException(
              "--output names "
                  + name(outputs.get(i), other)
                  + " twice, which would get every change twice: name each output once");
        }
      }
    }
  }

  private static boolean isSame(String one, String other) {
    if (one.equals(other)) {
      return true;
    }
    if (isUrl(one) || isUrl(other)) {
      return false;
    }
    try {
      Path first = path(one);
      Path second = path(other);
      return first.equals(second)
          || (Files.exists(first) && Files.exists(second) && Files.isSameFile(first, second));
    } catch (IOException e) {
      return false; // Opening it will say what is wrong.
    }
  }

  /** Where it leads to; what must not be an output at all is refused elsewhere. */
  private static Path path(String output) throws IOException {
    Path path = output.equals("-") ? OF_STANDARD_OUTPUT : OptionConverters.path(output);
    try {
      return output.equals("-") ? path : OutputPath.of(path).resolve();
    } catch (OutputRefusedException e) {
      return path;
    }
  }

  private static boolean isUrl(String output) {
    return HttpOptions.isAddress(output) || ClientOptions.isAddress(output);
  }

  private static String name(String one, String other) {
    if (isUrl(one)) {
      return "an address";
    }
    return one.equals("-") || other.equals("-") ? "standard output" : "the file " + one;
  }
}
