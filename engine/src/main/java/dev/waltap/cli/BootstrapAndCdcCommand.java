// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.ChangeDataCapture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "bootstrap-and-cdc",
    description = {
      "The snapshot, then every change after exactly that snapshot: no gap, no overlap.",
      "With a saved position it continues from there, unless --rebootstrap."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap bootstrap-and-cdc app.db --state app.db-waltap --output changes.jsonl",
      "",
      "Exit codes: 0 stopped by SIGINT or SIGTERM, or caught up with --once; 1 refused or failed;",
      "  2 usage; 3 gap under --on-gap fail; 128 + signal for an unfinished --once; 141 reader"
          + " gone."
    })
final class BootstrapAndCdcCommand extends CaptureCommand {

  @Option(
      names = "--once",
      description =
          "Catch up with what was committed when it started, deliver, save, exit; needs state.")
  private boolean once;

  @Option(names = "--rebootstrap", description = "Start over in spite of a saved position.")
  private boolean rebootstrap;

  BootstrapAndCdcCommand(Shell shell) {
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
  void configure(CaptureBuilder builder) {
    builder.rebootstrap(rebootstrap);
  }

  @Override
  void capture(ChangeDataCapture capture) {
    capture.bootstrapAndCdc();
  }

  @Override
  CaptureMode mode() {
    return CaptureMode.BOOTSTRAP_AND_CDC;
  }
}
