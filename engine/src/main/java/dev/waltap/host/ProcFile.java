// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file under {@code /proc}, read whole. */
final class ProcFile {

  private ProcFile() {}

  /** Its lines; none where there is no such file, or it is not for us. */
  static List<String> lines(String path) {
    return text(path).lines().toList();
  }

  /** All of it; empty where there is no such file, or it is not for us. */
  static String text(String path) {
    // Malformed bytes become U+FFFD: a name that is not UTF-8 must not hide all the others.
    return new String(bytes(path), StandardCharsets.UTF_8);
  }

  /** All of it as it is; empty where there is no such file, or it is not for us. */
  static byte[] bytes(String path) {
    try {
      return Files.readAllBytes(Path.of(path));
    } catch (IOException e) {
      return new byte[0];
    }
  }
}
