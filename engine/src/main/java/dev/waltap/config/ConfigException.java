// SPDX-License-Identifier: Apache-2.0
package dev.waltap.config;

/** A file of options is not written as one. Its message repeats no value, which may be a secret. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;

  ConfigException(int line, String message) {
    super(message);
    this.line = line;
  }

  /** Where it is, from 1; 0 for the file as a whole. */
  public int line() {
    return line;
  }
}
