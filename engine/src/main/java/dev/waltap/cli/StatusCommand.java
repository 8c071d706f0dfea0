// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Position;
import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.inspect.LogLag;
import dev.waltap.io.FileNames;
import dev.waltap.state.StateDirectory;
import dev.waltap.state.StateLock;
import dev.waltap.state.StateStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine.Command;

@Command(
    name = "status",
    description = {
      "What the state directory holds, how far it is behind the database, and whether a crash would"
          + " lose commits by a fault of SQLite 3.11.0 to 3.50.1.",
      "Reads beside a capture that runs, and locks nothing."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap status app.db",
      "",
      "Exit codes: 0 there is a state; 1 there is none, or it can't be used; 2 usage."
    })
final class StatusCommand extends InstallerCommand {

  StatusCommand(Shell shell) {
    super(shell);
  }

  @Override
  int run(Console console) throws IOException {
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
    StateStatus status = StateStatus.of(directory);
    if (!status.database().isOf(database())) {
      throw new CaptureException(
          CaptureException.Reason.REFUSED,
          "the state in "
              + directory
              + " belongs to "
              + status.database().path()
              + ", not to "
              + FileNames.text(database())
              + ": name the state directory of this database, or that database");
    }
    LogLag lag = LogLag.of(database(), status.pageSize(), status.end().wal());
    StringBuilder text = new StringBuilder();
    line(text, "state", status.directory().toString());
    line(text, "database", status.database().path().toString());
    line(text, "set up", status.created().toString());
    line(text, "saved position", position(status));
    line(text, "behind", behind(lag, status));
    line(text, "WAL", size(lag.walBytes()));
    if (lag.atRisk() > 0) {
      line(
          text,
          "at risk",
          lag.atRisk() + (lag.atRisk() == 1 ? " commit: " : " commits: ") + CommitsAtRisk.WHAT);
      line(text, "", CommitsAtRisk.ADVICE);
    }
    line(
        text,
        "page set",
        status.pages()
            + " pages of "
            + status.pageSize()
            + " bytes ("
            + size(status.pages() * status.pageSize())
            + "), as of "
            + end(status.base().position()));
    line(
        text,
        "journal",
        status.journalEntries()
            + " transactions ("
            + size(status.journalBytes())
            + "), up to "
            + end(status.end().position()));
    line(text, "on disk", size(status.fileBytes()));
    StateLock.Holder holder = status.holder();
    line(text, "held by", holder == null ? "nobody: no capture runs" : holder.toString());
    shell().out().write(text.toString().getBytes(StandardCharsets.UTF_8));
    shell().out().flush();
    return ExitCode.OK;
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(
        String.format(Locale.ROOT, "%-15s %s%n", name.isEmpty() ? "" : name + ":", value)
            .replace("\r\n", "\n"));
  }

  private static String position(StateStatus status) {
    Position acknowledged = status.acknowledged();
    return acknowledged == null ? "none: nothing was delivered yet" : acknowledged.toString();
  }

  private static String end(Position position) {
    return position.epoch() + ":" + position.frame();
  }

  private static String behind(LogLag lag, StateStatus status) {
    Position acknowledged = status.acknowledged();
    boolean waiting = acknowledged == null || !status.end().isWithin(acknowledged);
    String undelivered =
        waiting && status.journalEntries() > 0
            ? "; changes in the journal will be emitted first"
            : "";
    return switch (lag.kind()) {
      case CONTINUES ->
          (lag.frames() == 0
                  ? "nothing new in the WAL"
                  : lag.transactions()
                      + " transactions ("
                      + lag.frames()
                      + " frames) in the WAL, to be emitted exactly")
              + undelivered;
      case REUSED -> "the WAL was reused since: net changes will be emitted" + undelivered;
      case NO_WAL ->
          "there is no WAL: what changed since, if anything, will be emitted" + undelivered;
      case NO_DATABASE -> "the database is not there";
    };
  }

  private static String size(long bytes) {
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}
