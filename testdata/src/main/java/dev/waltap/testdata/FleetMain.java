// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import dev.waltap.testdata.soak.FleetFigures;
import dev.waltap.testdata.soak.FleetOptions;
import dev.waltap.testdata.soak.FleetSoak;
import dev.waltap.testdata.soak.OpenFigures;
import dev.waltap.testdata.soak.ProcessFigures;

/**
 * Captures many databases in one process: {@code FleetMain soak|figures|processes|opens [options]}.
 * Exit code 1 if a replica differs from its database, or what is open is not bounded.
 */
public final class FleetMain {
  private FleetMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    if (args.length == 0 || args[0].equals("--help")) {
      System.out.print(
          "usage: FleetMain soak|figures|processes|opens [options]\n" + FleetOptions.USAGE);
      System.exit(args.length == 0 ? 2 : 0);
    }
    FleetOptions options = FleetOptions.parse(args, 1);
    boolean fine =
        switch (args[0]) {
          case "figures" -> new FleetFigures(options).run();
          case "processes" -> new ProcessFigures(options).run();
          case "opens" -> new OpenFigures(options).run();
          default -> new FleetSoak(options).run();
        };
    System.exit(fine ? 0 : 1);
  }
}
