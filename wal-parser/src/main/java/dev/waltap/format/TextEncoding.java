// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** The encoding of all text in a database: header bytes 56..59, values 1 to 3. */
public enum TextEncoding {
  /** Value 1. */
  UTF_8(StandardCharsets.UTF_8),
  /** Value 2. */
  UTF_16LE(StandardCharsets.UTF_16LE),
  /** Value 3. */
  UTF_16BE(StandardCharsets.UTF_16BE);

  private final Charset charset;

  TextEncoding(Charset charset) {
    this.charset = charset;
  }

  /** The charset that decodes it, malformed bytes as U+FFFD. */
  public Charset charset() {
    return charset;
  }

  /**
   * The encoding of the header's number. As for SQLite, only its two lowest bits count; a database
   * without any schema yet may say 0, which means UTF-8.
   */
  public static TextEncoding of(int number) {
    return switch (number & 3) {
      case 2 -> UTF_16LE;
      case 3 -> UTF_16BE;
      default -> UTF_8;
    };
  }
}
