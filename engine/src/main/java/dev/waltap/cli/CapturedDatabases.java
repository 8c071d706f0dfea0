// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.FleetBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which databases are captured, and how many at once. */
final class CapturedDatabases extends DatabaseOptions {
  private static final String MAX_OPEN = "--max-open";

  @Option(
      names = MAX_OPEN,
      paramLabel = "N",
      description =
          "Most databases that are open at once (as file descriptors allow, at most 200); idle ones"
              + " are parked, which takes state.")
  private @Nullable Integer maxOpen;

  @Override
  boolean isOne(ShellCommand command) {
    boolean one = super.isOne(command);
    if (one) {
      refuse(command, MAX_OPEN, "several databases or --directory DIR");
    }
    return one;
  }

  /** Most that are open at once; null if that was not said. */
  @Nullable Integer maxOpen() {
    return maxOpen;
  }

  @Override
  void applyTo(FleetBuilder fleet) {
    super.applyTo(fleet);
    if (maxOpen != null) {
      fleet.maxOpen(maxOpen);
    }
  }
}
