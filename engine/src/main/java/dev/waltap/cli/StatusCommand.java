// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.fleet.Discovery;
import dev.waltap.fleet.FoundDatabase;
import dev.waltap.fleet.StateRoot;
import dev.waltap.inspect.CaptureStatus;
import dev.waltap.io.FileNames;
import dev.waltap.state.StateDirectory;
import dev.waltap.state.StateStatus;
import dev.waltap.text.Plural;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    description = {
      "What the state directory holds, how far it is behind the database, who keeps the WAL from"
          + " being reused, and whether a crash would lose commits by a fault of SQLite 3.11.0 to"
          + " 3.50.1.",
      "Reads beside a capture that runs, and locks nothing.",
      "Of several databases, or of --directory DIR, it is a table, or a line of JSON each."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap status app.db",
      "  waltap status app.db --format json | jq .behind.transactions",
      "  waltap status app.db --quiet --max-lag 30s || echo 'the capture of app.db is late'",
      "  waltap status --directory /srv/tenants --recursive --state /var/lib/waltap --max-lag 30s",
      "",
      "Exit codes: 0 there is a state, not further behind than --max-lag; 1 there is none, it can't"
          + " be used, or it is further behind; 2 usage. Of many, 1 if that is so of any."
    })
final class StatusCommand extends ShellCommand {
  private static final int LOOKS = 5;
  private static final long PAUSE_MILLIS = 200;

  /** Of thousands that are late the first ones say enough. */
  private static final int MOST_NAMED = 20;

  @Mixin private DatabaseOptions databases = new DatabaseOptions();

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "The state directory (DB-waltap); with many databases, the one below which each has its"
              + " own.")
  private @Nullable Path directory;

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description = "Lines for people, or one line of JSON for each database (text).")
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
    if (!databases.isOne(this)) {
      return runAll(console);
    }
    Path database = databases.one();
    StateDirectory state =
        StateDirectory.at(
            directory == null
                ? StateDirectory.pathFor(database)
                : StateOptions.existing(directory, database));
    if (!state.exists()) {
      throw new CaptureException(
          CaptureException.Reason.REFUSED,
          "there is no state in "
              + state
              + ": changes made while nothing runs are not emitted; run 'waltap setup "
              + FileNames.text(database)
              + "' to have them emitted from then on");
    }
    CaptureStatus status = CaptureStatus.of(database, state);
    boolean late = isLate(status);
    for (int look = 1; late && look < LOOKS; look++) {
      // A commit of this very moment is on its way, and no delay yet.
      Thread.sleep(PAUSE_MILLIS);
      status = CaptureStatus.of(database, state);
      late = isLate(status);
    }
    if (maxLag == null || !isQuiet()) {
      Instant now = Instant.now();
      print(format == StatusFormat.JSON ? StatusJson.of(status, now) : StatusText.of(status, now));
    }
    if (late && maxLag != null) {
      console.error(FileNames.text(database) + late(status, maxLag));
      return ExitCode.FAILED;
    }
    return ExitCode.OK;
  }

  private static String late(CaptureStatus status, MaxLag bound) {
    return ": the capture is behind by more than --max-lag "
        + bound.text()
        + ": "
        + StatusText.behind(status, Instant.now())
        + (isCaptured(status.state()) ? "" : "; no capture runs");
  }

  /** Whether a capture runs, though the database may be parked. */
  private static boolean isCaptured(StateStatus state) {
    return state.holder() != null || state.fleet() != null;
  }

  private int runAll(Console console) throws IOException, InterruptedException {
    StateRoot states = new StateRoot(directory, false);
    List<MemberStatus> all = new ArrayList<>();
    for (FoundDatabase each : Discovery.list(databases.sources(), directory, any -> false)) {
      all.add(MemberStatus.of(each, states.of(each)));
    }
    if (all.isEmpty()) {
      throw new CaptureException(
          CaptureException.Reason.REFUSED,
          "there is no database: none in " + databases.describe() + "; check the path and --match");
    }
    for (int look = 1; look < LOOKS && all.stream().anyMatch(this::isLate); look++) {
      Thread.sleep(PAUSE_MILLIS);
      for (int i = 0; i < all.size(); i++) {
        if (isLate(all.get(i))) {
          all.set(i, all.get(i).again());
        }
      }
    }
    if (maxLag == null || !isQuiet()) {
      Instant now = Instant.now();
      print(
          format == StatusFormat.JSON
              ? MemberStatus.json(all, now)
              : MemberStatusText.of(all, now));
    }
    return complain(all, console);
  }

  /** Says which of them are as they should not be, and returns what that makes the exit code. */
  private int complain(List<MemberStatus> all, Console console) {
    List<String> bad = new ArrayList<>();
    for (MemberStatus each : all) {
      CaptureStatus status = each.status();
      if (status == null) {
        bad.add(each.name() + ": " + each.problem());
      } else if (maxLag != null && isLate(status)) {
        bad.add(each.name() + late(status, maxLag));
      }
    }
    bad.stream().limit(MOST_NAMED).forEach(console::error);
    if (bad.size() > MOST_NAMED) {
      console.error(
          Plural.of(bad.size() - MOST_NAMED, "more database")
              + (bad.size() - MOST_NAMED == 1 ? " is" : " are")
              + " late or without a state: --format json shows all");
    }
    return bad.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private boolean isLate(MemberStatus member) {
    return member.status() != null && isLate(member.status());
  }

  private boolean isLate(CaptureStatus status) {
    return maxLag != null && maxLag.isExceededBy(status, Instant.now());
  }

  private void print(String text) throws IOException {
    shell().out().write(text.getBytes(StandardCharsets.UTF_8));
    shell().out().flush();
  }
}
