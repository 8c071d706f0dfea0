// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Programs of this machine. */
final class Tools {
  private static final long LIMIT_SECONDS = 30;

  private Tools() {}

  /** Whether this program is there and ends with 0. */
  static boolean works(String... line) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(line)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return false;
    }
  }
}
