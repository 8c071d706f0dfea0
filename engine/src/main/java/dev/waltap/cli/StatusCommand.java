// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.inspect.CaptureStatus;
import dev.waltap.io.FileNames;
import dev.waltap.state.StateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    description = {
      "What the state directory holds, how far it is behind the database, who keeps the WAL from"
          + " being reused, and whether a crash would lose commits by a fault of SQLite 3.11.0 to"
          + " 3.50.1.",
      "Reads beside a capture that runs, and locks nothing."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap status app.db",
      "  waltap status app.db --format json | jq .behind.transactions",
      "  waltap status app.db --quiet --max-lag 30s || echo 'the capture of app.db is late'",
      "",
      "Exit codes: 0 there is a state, not further behind than --max-lag; 1 there is none, it can't"
          + " be used, or it is further behind; 2 usage."
    })
final class StatusCommand extends InstallerCommand {
  private static final int LOOKS = 5;
  private static final long PAUSE_MILLIS = 200;

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description = "Lines for people, or one line of JSON (text).")
  private StatusFormat format = StatusFormat.TEXT;

  @Option(
      names = "--max-lag",
      paramLabel = "N|TIME",
      converter = MaxLag.Converter.class,
      description =
          "Exit 1 if more than N committed transactions, or any for longer than a time (30s, 5m),"
              + " have not been delivered. With --quiet nothing is printed unless that is so.")
  private @Nullable MaxLag maxLag;

  StatusCommand(Shell shell) {
    super(shell);
  }

  /** A capture's {@code --format} is another one. */
  @Override
  Set<String> onlyTyped() {
    return Set.of("--format");
  }

  @Override
  int run(Console console) throws IOException, InterruptedException {
    StateDirectory directory = StateDirectory.at(directory());
    if (!directory.exists()) {
      throw new CaptureException(
          CaptureException.Reason.REFUSED,
          "there is no state in "
              + directory
              + ": changes made while nothing runs are not emitted; run 'waltap setup "
              + FileNames.text(database())
              + "' to have them emitted from then on");
    }
    CaptureStatus status = CaptureStatus.of(database(), directory);
    boolean late = isLate(status);
    for (int look = 1; late && look < LOOKS; look++) {
      // A commit of this very moment is on its way, and no delay yet.
      Thread.sleep(PAUSE_MILLIS);
      status = CaptureStatus.of(database(), directory);
      late = isLate(status);
    }
    if (maxLag == null || !isQuiet()) {
      print(status);
    }
    if (late && maxLag != null) {
      console.error(
          FileNames.text(database())
              + ": the capture is behind by more than --max-lag "
              + maxLag.text()
              + ": "
              + StatusText.behind(status, Instant.now())
              + (status.state().holder() == null ? "; no capture runs" : ""));
      return ExitCode.FAILED;
    }
    return ExitCode.OK;
  }

  private boolean isLate(CaptureStatus status) {
    return maxLag != null && maxLag.isExceededBy(status, Instant.now());
  }

  private void print(CaptureStatus status) throws IOException {
    Instant now = Instant.now();
    String text =
        format == StatusFormat.JSON ? StatusJson.of(status, now) : StatusText.of(status, now);
    shell().out().write(text.getBytes(StandardCharsets.UTF_8));
    shell().out().flush();
  }
}
