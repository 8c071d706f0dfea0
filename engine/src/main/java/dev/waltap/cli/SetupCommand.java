// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.api.CaptureOptions;
import dev.waltap.io.FileNames;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "setup",
    description = {
      "Creates the state directory and its baseline: from now on the net effect of every change"
          + " will be delivered, even of those made while nothing runs.",
      "The directory holds copies of the captured tables' pages and is for its owner only."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap setup app.db && waltap cdc app.db",
      "",
      "Exit codes: 0 done, or there already; 1 refused or failed; 2 usage; 128 + signal unfinished."
    })
final class SetupCommand extends InstallerCommand {

  @Mixin private FilterOptions filter = new FilterOptions();

  @Option(
      names = "--wal-limit",
      paramLabel = "SIZE",
      converter = OptionConverters.Size.class,
      description =
          "The WAL size at which the read transaction is released (256MiB). The scan continues from"
              + " a newer snapshot then.")
  private long walLimit = CaptureOptions.DEFAULT_WAL_LIMIT;

  SetupCommand(Shell shell) {
    super(shell);
  }

  @Override
  int run(Console console) {
    CaptureBuilder builder = builder();
    try {
      filter.applyTo(builder);
      builder.walLimit(walLimit);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
    return new CaptureRun(shell(), console, false)
        .run(
            builder,
            () -> {},
            capture -> {
              boolean created = capture.setup();
              console.note(
                  created
                      ? "set up "
                          + FileNames.text(directory())
                          + ": from now on no change will be missed"
                      : FileNames.text(directory()) + " is set up already");
            });
  }
}
