// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.FleetBuilder;
import dev.waltap.api.CaptureException;
import dev.waltap.fleet.Discovery;
import dev.waltap.fleet.FoundDatabase;
import dev.waltap.fleet.OpenLimit;
import dev.waltap.fleet.StateRoot;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which databases are captured, and how many at once. */
final class CapturedDatabases extends DatabaseOptions {
  private static final String MAX_OPEN = "--max-open";

  @Option(
      names = MAX_OPEN,
      paramLabel = "N",
      description =
          "Most databases that are open at once (as descriptors and heap allow, at most 500); idle"
              + " ones are parked, which takes state.")
  private @Nullable Integer maxOpen;

  @Override
  boolean isOne(ShellCommand command) {
    boolean one = super.isOne(command);
    if (one) {
      refuse(command, MAX_OPEN, "several databases or --directory DIR");
    }
    return one;
  }

  /** Most that are open at once: as it was said, else as this process can. */
  int mostOpen() {
    return maxOpen == null ? OpenLimit.ofProcess() : maxOpen;
  }

  /**
   * Refuses databases that can't all have a place, as a capture's start does.
   *
   * @param now what is captured: too many of the same are no reason to refuse other options
   * @param ours says of a file whether it is an output
   * @throws CaptureException REFUSED
   */
  void requireRoom(CapturedDatabases now, StateOptions state, Predicate<Path> ours) {
    if (mostOpen() == now.mostOpen() && sources().equals(now.sources())) {
      return;
    }
    StateRoot states = state.states();
    List<FoundDatabase> found = Discovery.list(sources(), state.root(), ours);
    int without = (int) found.stream().filter(each -> states.of(each) == null).count();
    String problem = OpenLimit.problem(found.size(), without, mostOpen());
    if (problem != null) {
      throw new CaptureException(CaptureException.Reason.REFUSED, problem);
    }
  }

  @Override
  void applyTo(FleetBuilder fleet) {
    super.applyTo(fleet);
    if (maxOpen != null) {
      fleet.maxOpen(maxOpen);
    }
  }
}
