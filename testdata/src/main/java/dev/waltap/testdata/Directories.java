// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Removes directories that tests and workloads made. */
public final class Directories {

  private Directories() {}

  /**
   * Removes a directory and all that is in it; what others remove meanwhile is no failure.
   *
   * @throws java.nio.file.NoSuchFileException if there is no such directory
   */
  public static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
