// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.ChangeDataCapture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "cdc",
    description = {
      "Changes only: from the saved position if there is one, else from now, until stopped.",
      "A line 'waltap: ready' on standard error says that every later commit will be emitted."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap cdc app.db --table users --table 'order*'",
      "  waltap cdc app.db --output https://example.org/hook --header 'Authorization: Bearer T'",
      "  waltap cdc app.db --once --output changes.jsonl     (from cron, after 'waltap setup')",
      "",
      "Exit codes: 0 stopped by SIGINT or SIGTERM, or caught up with --once; 1 refused or failed;",
      "  2 usage; 3 gap under --on-gap fail; 128 + signal for an unfinished --once; 141 reader"
          + " gone."
    })
final class CdcCommand extends CaptureCommand {

  @Option(
      names = "--once",
      description =
          "Catch up with what was committed when it started, deliver, save, exit; needs state.")
  private boolean once;

  CdcCommand(Shell shell) {
    super(shell);
  }

  @Override
  boolean once() {
    return once;
  }

  @Override
  boolean endless() {
    return !once;
  }

  @Override
  void configure(CaptureBuilder builder) {}

  @Override
  void capture(ChangeDataCapture capture) {
    capture.cdc();
  }

  @Override
  CaptureMode mode() {
    return CaptureMode.CDC;
  }
}
