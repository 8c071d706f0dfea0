// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.fleet.Discovery;
import dev.waltap.fleet.FoundDatabase;
import dev.waltap.fleet.OpenLimit;
import dev.waltap.inspect.DatabaseCheck;
import dev.waltap.schema.TableFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
    name = "check",
    description = {
      "Takes the options of cdc and prints what it would do: whether each database can be captured,"
          + " by what SQLite it was written, which tables, with what state, and where events would"
          + " go.",
      "Opens no connection, takes no lock, and makes or changes nothing. --format json, typed,"
          + " prints a line of JSON for each database instead."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap check --config /etc/waltap/app.toml",
      "  waltap check --directory /srv/tenants --state /var/lib/waltap --output changes.jsonl",
      "",
      "Exit codes: 0 all can be captured; 1 some can't; 2 usage."
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
    List<CheckReport> reports = new ArrayList<>();
    String outputProblem = OutputReport.problem(output());
    for (FoundDatabase each : found) {
      DatabaseCheck check = DatabaseCheck.of(each.file(), filter);
      reports.add(
          CheckReport.of(check, one ? state().stateOf(each.file()) : state().stateOf(each)));
    }
    boolean json = isTyped("--format") && output().format().isJson();
    print(
        json
            ? CheckJson.of(reports, outputProblem)
            : CheckText.of(
                reports, OutputReport.describe(output()), outputProblem, open(one, found.size())));
    boolean fine = outputProblem == null && reports.stream().allMatch(CheckReport::isFine);
    return fine ? ExitCode.OK : ExitCode.FAILED;
  }

  /** How many would be open at once; 0 for one database alone. */
  private int open(boolean one, int count) {
    Integer most = databases().maxOpen();
    return one ? 0 : Math.min(count, most == null ? OpenLimit.ofProcess() : most);
  }

  private void print(String text) throws IOException {
    shell().out().write(text.getBytes(StandardCharsets.UTF_8));
    shell().out().flush();
  }
}
