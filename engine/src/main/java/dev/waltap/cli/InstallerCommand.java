// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.state.StateDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that makes or removes the state of a database. */
abstract class InstallerCommand extends ShellCommand {

  @Parameters(paramLabel = "DB", description = "The database file, in WAL mode.")
  private Path database = Path.of("");

  @Option(names = "--state", paramLabel = "DIR", description = "The state directory (DB-waltap).")
  private @Nullable Path directory;

  InstallerCommand(Shell shell) {
    super(shell);
  }

  Path database() {
    return database;
  }

  Path directory() {
    return directory != null ? directory : StateDirectory.pathFor(database);
  }

  CaptureBuilder builder() {
    return builder(directory());
  }

  CaptureBuilder builder(Path state) {
    return Waltap.open(database).stateDirectory(state);
  }
}
