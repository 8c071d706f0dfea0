// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code waltap} itself: says which commands there are. */
@Command(
    name = "waltap",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Change data capture for SQLite, straight from its write-ahead log.",
      "Nothing is ever written to the database. Events go to standard output, one JSON object per"
          + " line; everything else goes to standard error."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap demo                          see it work, with no file at hand",
      "  waltap cdc app.db                    changes from now on, until Ctrl-C",
      "  waltap bootstrap-and-cdc app.db      every row, then every change",
      "  waltap setup app.db                  miss nothing from now on, even while nothing runs",
      "  waltap cdc app.db --once             what has changed since, then exit",
      "  waltap inspect app.db                what is in the WAL right now",
      "  waltap help gaps                     explains: guarantees, gaps, guard, formats, outputs,",
      "                                       limits, fleet, monitoring, settings",
      "",
      "Exit codes: 0 done; 1 refused or failed; 2 usage; 3 gap under --on-gap fail;",
      "  128 + signal for an unfinished bootstrap, setup or --once; 141 reader gone."
    })
final class RootCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getErr());
    throw new ParameterException(spec.commandLine(), "no command given");
  }
}
