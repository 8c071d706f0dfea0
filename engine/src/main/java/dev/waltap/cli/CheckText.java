// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.inspect.DatabaseCheck;
import dev.waltap.io.FileNames;
import dev.waltap.text.Plural;
import java.nio.file.Path;
import java.util.List;

/** What a check found, for people. Stateless. */
final class CheckText {
  private CheckText() {}

  /** All of it. */
  static String of(CheckedPlan plan) {
    StringBuilder text = new StringBuilder();
    for (CheckReport report : plan.reports()) {
      append(text, report);
    }
    String problem = plan.outputProblem();
    line(text, "output", problem == null ? plan.output() : "NOT usable: " + problem);
    for (String other : plan.problems()) {
      line(text, "would not start", other);
    }
    if (plan.reports().size() != 1 || plan.open() > 0) {
      long fine = plan.reports().stream().filter(CheckReport::isFine).count();
      line(
          text,
          "databases",
          plan.reports().isEmpty()
              ? "none yet: those that appear later would be captured"
              : plan.reports().size()
                  + ", of which "
                  + fine
                  + " can be captured; at most "
                  + plan.open()
                  + " at once");
    }
    return text.toString();
  }

  private static void append(StringBuilder text, CheckReport report) {
    DatabaseCheck check = report.check();
    String problem = check.problem();
    text.append(FileNames.text(check.database())).append('\n');
    line(text, "  capture", problem == null ? "can be captured" : "NO: " + problem);
    if (problem == null) {
      String version = check.sqliteVersion();
      line(
          text,
          "  file",
          "pages of "
              + check.pageSize()
              + " bytes, a WAL of "
              + check.walBytes()
              + " bytes"
              + (version.isEmpty() ? "" : ", written last by SQLite " + version));
      line(text, "  tables", names(check.captured()));
      if (!check.leftOut().isEmpty()) {
        line(text, "  left out", names(check.leftOut()));
      }
      if (!check.excludedColumns().isEmpty()) {
        line(text, "  columns left out", names(check.excludedColumns()));
      }
      if (!check.unmatched().isEmpty()) {
        line(text, "  exclusions without match", names(check.unmatched()) + ": check these names");
      }
      if (check.atRisk() > 0) {
        line(text, "  at risk", Plural.of(check.atRisk(), "commit") + ": " + DatabaseCheck.RISK);
      }
    }
    line(text, "  state", state(report));
    if (report.isFine()) {
      line(text, "  begins with", begin(report));
    }
  }

  private static String begin(CheckReport report) {
    if (report.exists()) {
      return "what was committed since the saved position";
    }
    return report.rowsFirst()
        ? "its rows, since it is new, then each later change"
        : "the next commit; rows that are there already are not delivered, but by"
            + " 'bootstrap-and-cdc'";
  }

  private static String names(List<String> tables) {
    return tables.isEmpty() ? "none" : String.join(", ", tables);
  }

  private static String state(CheckReport report) {
    Path state = report.state();
    if (state == null) {
      return "none: changes from the start of each run on, none while nothing runs";
    }
    String name = FileNames.text(state);
    String problem = report.stateProblem();
    if (problem != null) {
      return "NOT usable: " + problem;
    }
    return report.exists() ? name + ", continues where it was" : name + ", would be set up";
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(": ").append(value).append('\n');
  }
}
