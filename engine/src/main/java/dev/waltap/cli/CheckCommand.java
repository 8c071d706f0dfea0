// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.fleet.Discovery;
import dev.waltap.fleet.FoundDatabase;
import dev.waltap.fleet.OpenLimit;
import dev.waltap.fleet.StateRoot;
import dev.waltap.inspect.DatabaseCheck;
import dev.waltap.schema.TableFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

@Command(
    name = "check",
    description = {
      "Takes the options of cdc and prints what it would do: whether each database can be captured,"
          + " by what SQLite it was written, which tables and columns, with what state, what comes"
          + " first, where events would go, and what would keep it from starting.",
      "Opens no connection, takes no lock, and makes or changes nothing; a port is tried by opening"
          + " and closing it. --format json, typed, prints a line of JSON for each database"
          + " instead."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap check --config /etc/waltap/app.toml",
      "  waltap check --directory /srv/tenants --state /var/lib/waltap --output changes.jsonl",
      "",
      "Exit codes: 0 all can be captured; 1 some can't, or the command would not start; 2 usage."
    })
final class CheckCommand extends CaptureCommand {

  CheckCommand(Shell shell) {
    super(shell);
  }

  @Override
  boolean endless() {
    return true;
  }

  @Override
  boolean checksWholeFile() {
    return true;
  }

  @Override
  void configure(CaptureBuilder builder) {}

  @Override
  void capture(ChangeDataCapture capture) {
    throw new IllegalStateException("it captures nothing");
  }

  @Override
  CaptureMode mode() {
    return CaptureMode.CDC;
  }

  @Override
  int run(Console console) throws Exception {
    boolean one = requireUsable(console);
    TableFilter filter = tableFilter();
    List<FoundDatabase> found =
        Discovery.list(databases().sources(), state().root(), new OutputOfMany(output()).files());
    StateRoot states = state().states();
    List<CheckReport> reports = new ArrayList<>();
    for (FoundDatabase each : found) {
      DatabaseCheck check = DatabaseCheck.of(each.file(), filter);
      reports.add(
          one
              ? CheckReport.of(check, state().stateOf(each.file()), false, true)
              : CheckReport.of(
                  check, states.of(each), states.isNew(states.of(each)), state().root() == null));
    }
    CheckedPlan plan =
        new CheckedPlan(
            reports,
            OutputReport.describe(output()),
            OutputReport.problem(output(), !one),
            problems(one, reports),
            one ? 0 : Math.min(found.size(), databases().mostOpen()));
    FormatOptions format = output().format();
    if (isTyped("--format") && format.isJson() && !format.isDebezium()) {
      print(CheckJson.of(plan));
      if (reports.isEmpty()) {
        // There is no line that could say it.
        plan.all().forEach(console::error);
      }
    } else {
      print(CheckText.of(plan));
    }
    return plan.isFine() ? ExitCode.OK : ExitCode.FAILED;
  }

  /** What would end the command at its start, whatever the databases are. */
  private List<String> problems(boolean one, List<CheckReport> reports) {
    List<String> problems = new ArrayList<>();
    if (!one) {
      int without = (int) reports.stream().filter(each -> each.state() == null).count();
      add(problems, state().states().problem());
      add(problems, OpenLimit.problem(reports.size(), without, databases().mostOpen()));
    }
    problems.addAll(CheckedPorts.problems(spec()));
    return problems;
  }

  private static void add(List<String> problems, @Nullable String problem) {
    if (problem != null) {
      problems.add(problem);
    }
  }

  private void print(String text) throws IOException {
    shell().out().write(text.getBytes(StandardCharsets.UTF_8));
    shell().out().flush();
  }
}
