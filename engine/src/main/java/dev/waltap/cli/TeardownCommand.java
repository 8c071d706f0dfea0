// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.fleet.StateRoot;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;

@Command(
    name = "teardown",
    description = {
      "Removes the state directory, and only it; the saved position is lost with it.",
      "With --state ROOT, below which many databases have theirs: that of this database alone, also"
          + " if the database was deleted."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap teardown app.db",
      "  waltap teardown /srv/tenants/eu/app.db --state /var/lib/waltap",
      "",
      "Exit codes: 0 done, or nothing to do; 1 refused or failed; 2 usage."
    })
final class TeardownCommand extends InstallerCommand {

  TeardownCommand(Shell shell) {
    super(shell);
  }

  @Override
  int run(Console console) throws IOException {
    Path state = StateOptions.existing(directory(), database());
    if (StateRoot.isRoot(state)) {
      console.note(
          "nothing to do: there is no state of "
              + FileNames.text(database())
              + " below "
              + FileNames.text(state));
      return ExitCode.OK;
    }
    // Short work: a signal lets it finish.
    return new CaptureRun(shell(), console, true)
        .run(
            builder(state),
            () -> {},
            capture -> {
              boolean removed = capture.teardown();
              console.note(
                  removed
                      ? "removed " + FileNames.text(state)
                      : "nothing to do: " + FileNames.text(state) + " does not exist");
            });
  }
}
