// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.ChangeDataCapture;
import java.util.Set;
import picocli.CommandLine.Command;

@Command(
    name = "bootstrap",
    description = {
      "Every existing row of one consistent snapshot, then exits. Opens no state, so that it runs"
          + " beside a capture.",
      "Per table: SCHEMA, BOOTSTRAP (drop what you hold of it), then its rows as INSERTs."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap bootstrap app.db --table users > users.jsonl",
      "",
      "Exit codes: 0 done; 1 refused or failed; 2 usage; 128 + signal unfinished; 141 reader gone."
    })
final class BootstrapCommand extends CaptureCommand {

  BootstrapCommand(Shell shell) {
    super(shell);
  }

  /** It may run beside a capture, which has the port that the environment gives. */
  @Override
  Set<String> onlyTyped() {
    return Set.of(MonitorOptions.PORT);
  }

  @Override
  boolean endless() {
    return false;
  }

  @Override
  boolean usesState() {
    return false;
  }

  @Override
  void configure(CaptureBuilder builder) {}

  @Override
  void capture(ChangeDataCapture capture) {
    capture.bootstrap();
  }

  @Override
  CaptureMode mode() {
    return CaptureMode.BOOTSTRAP;
  }
}
