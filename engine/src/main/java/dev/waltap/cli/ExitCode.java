// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

/** What the process's end says. */
final class ExitCode {

  static final int OK = 0;

  /** Refused or failed. */
  static final int FAILED = 1;

  static final int USAGE = 2;

  /** History was lost, under {@code --on-gap fail}. */
  static final int GAP = 3;

  /** As a process killed by SIGPIPE: 128 + 13. */
  static final int CLOSED_PIPE = 141;

  private ExitCode() {}

  /** An end forced by the signal of this number. */
  static int ofSignal(int number) {
    return 128 + number;
  }
}
