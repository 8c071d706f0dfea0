// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import dev.waltap.testdata.soak.SoakOptions;
import dev.waltap.testdata.soak.Soaks;

/**
 * Shows what a busy database and its capture do to each other, and prints the figures, all of them
 * in the last line: {@code SoakMain SCENARIO [options]}. Exit code 1 if something is not as
 * promised: a replica that differs, a damaged database, or a figure out of bounds that depends on
 * the capture alone.
 */
public final class SoakMain {
  private SoakMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    if (args.length == 0 || args[0].equals("--help")) {
      System.out.print(Soaks.USAGE + SoakOptions.USAGE);
      System.exit(args.length == 0 ? 2 : 0);
    }
    System.exit(Soaks.named(args[0], SoakOptions.parse(args, 1)).run() ? 0 : 1);
  }
}
