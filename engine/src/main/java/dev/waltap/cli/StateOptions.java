// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.FleetBuilder;
import dev.waltap.api.CaptureOptions;
import dev.waltap.fleet.StateRoot;
import dev.waltap.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where position and page set live, for commands that may do without. */
final class StateOptions {

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Keep position and page set here, set up first if it does not exist (DB-waltap where"
              + " 'setup' made it, else none). With many databases, each below it.")
  private @Nullable Path directory;

  @Option(names = "--no-state", description = "Keep none, even where 'setup' made it.")
  private boolean none;

  @Option(
      names = "--state-lag",
      paramLabel = "TIME",
      description =
          "How far the saved pages may lag behind what was delivered; what lags is read again from"
              + " a journal after a crash (5s).")
  private @Nullable Duration lag;

  void check(ShellCommand command, boolean once) {
    if (none && directory != null) {
      throw command.usage("--state and --no-state exclude each other: give one of them");
    }
    if (none && once) {
      throw command.usage("--once needs state to know where it was: leave out --no-state");
    }
  }

  /** Where the state is, if there is one. */
  Path directory(Path database) {
    return directory != null ? directory : StateDirectory.pathFor(database);
  }

  boolean isPresent(Path database) {
    return !none
        && (directory != null || StateDirectory.at(StateDirectory.pathFor(database)).exists());
  }

  /** Below which directory each of several databases has its state; null for beside them. */
  @Nullable Path root() {
    return directory;
  }

  /** Where the state of a database alone is, or would be made; null for none. */
  @Nullable Path stateOf(Path database) {
    return isPresent(database) ? directory(database) : null;
  }

  /**
   * Where the state of a database is: in the directory that was named, or somewhere below it, as
   * where that is the root of many.
   */
  static Path existing(Path directory, Path database) throws IOException {
    if (StateDirectory.at(directory).exists() || !Files.isDirectory(directory)) {
      return directory;
    }
    Path below = StateRoot.find(directory, database);
    return below == null ? directory : below;
  }

  /** Where those of several databases are. */
  StateRoot states() {
    return new StateRoot(directory, none);
  }

  void applyTo(FleetBuilder fleet) {
    if (none) {
      fleet.noState();
    } else if (directory != null) {
      fleet.stateRoot(directory);
    }
  }

  /** How far it may lag, of one or of each. */
  void applyLag(CaptureBuilder builder) {
    if (lag != null) {
      builder.stateLag(lag, CaptureOptions.StateLag.DEFAULT.bytes());
    }
  }

  void applyTo(CaptureBuilder builder, Path database) {
    applyLag(builder);
    if (isPresent(database)) {
      builder.stateDirectory(directory(database));
    }
  }
}
