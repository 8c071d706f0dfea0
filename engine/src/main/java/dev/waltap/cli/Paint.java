// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

/** Colours of standard output, on a terminal only, and not where NO_COLOR is set. Stateless. */
enum Paint {
  /** Colours. */
  ON,
  /** Plain text, for files, pipes, and who wants it. */
  OFF;

  private static final String RESET = "\u001B[0m";

  /** What fits the process's standard output. */
  static Paint of(Shell shell) {
    return shell.screen().isColored() ? ON : OFF;
  }

  String bold(String text) {
    return with("\u001B[1m", text);
  }

  String faint(String text) {
    return with("\u001B[2m", text);
  }

  String red(String text) {
    return with("\u001B[31m", text);
  }

  String green(String text) {
    return with("\u001B[32m", text);
  }

  String yellow(String text) {
    return with("\u001B[33m", text);
  }

  String cyan(String text) {
    return with("\u001B[36m", text);
  }

  private String with(String start, String text) {
    return this == ON && !text.isEmpty() ? start + text + RESET : text;
  }
}
