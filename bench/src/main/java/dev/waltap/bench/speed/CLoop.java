// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A loop over all columns of all rows in C, built where there is a compiler and SQLite's header.
 */
final class CLoop {
  private CLoop() {}

  /** Builds it; empty where that is not possible. */
  static Optional<Path> build(Path directory) throws IOException, InterruptedException {
    Path source = directory.resolve("scan.c");
    Path program = directory.resolve("scan");
    try (InputStream resource = CLoop.class.getResourceAsStream("scan.c")) {
      Files.copy(Objects.requireNonNull(resource), source);
    }
    List<String> command =
        List.of("cc", "-O2", "-o", program.toString(), source.toString(), "-lsqlite3");
    try {
      Process compiler =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return compiler.waitFor() == 0 ? Optional.of(program) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // There is no compiler.
    }
  }
}
