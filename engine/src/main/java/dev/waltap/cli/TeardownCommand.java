// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.io.FileNames;
import picocli.CommandLine.Command;

@Command(
    name = "teardown",
    description = "Removes the state directory, and only it; the saved position is lost with it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap teardown app.db",
      "",
      "Exit codes: 0 done, or nothing to do; 1 refused or failed; 2 usage."
    })
final class TeardownCommand extends InstallerCommand {

  TeardownCommand(Shell shell) {
    super(shell);
  }

  @Override
  int run(Console console) {
    // Short work: a signal lets it finish.
    return new CaptureRun(shell(), console, true)
        .run(
            builder(),
            () -> {},
            capture -> {
              boolean removed = capture.teardown();
              console.note(
                  removed
                      ? "removed " + FileNames.text(directory())
                      : "nothing to do: " + FileNames.text(directory()) + " does not exist");
            });
  }
}
