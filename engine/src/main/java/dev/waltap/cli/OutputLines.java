// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Lines of standard output, in UTF-8 and ended by LF whatever the locale. For one thread. */
final class OutputLines {
  private final OutputStream out;

  /** Writes to a stream, which the caller flushes. */
  OutputLines(OutputStream out) {
    this.out = out;
  }

  /**
   * Writes a line.
   *
   * @throws UncheckedIOException if the stream does
   */
  void line(String text) {
    try {
      out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
