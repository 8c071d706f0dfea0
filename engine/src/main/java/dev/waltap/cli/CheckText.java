// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.inspect.DatabaseCheck;
import dev.waltap.io.FileNames;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a check found, for people. Stateless. */
final class CheckText {
  private CheckText() {}

  /**
   * All of it.
   *
   * @param output where events would go
   * @param outputProblem why they can't; null if they can
   * @param open how many databases would be open at once; 0 where there is only one
   */
  static String of(
      List<CheckReport> reports, String output, @Nullable String outputProblem, int open) {
    StringBuilder text = new StringBuilder();
    for (CheckReport report : reports) {
      append(text, report);
    }
    line(text, "output", outputProblem == null ? output : "NOT usable: " + outputProblem);
    if (open > 0) {
      long fine = reports.stream().filter(CheckReport::isFine).count();
      line(
          text,
          "databases",
          reports.size() + ", of which " + fine + " can be captured; at most " + open + " at once");
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
      if (!check.unmatched().isEmpty()) {
        line(
            text,
            "  nothing is called",
            names(check.unmatched()) + ": check the names of what to exclude");
      }
      if (check.atRisk() > 0) {
        line(text, "  at risk", check.atRisk() + " commits: " + DatabaseCheck.RISK);
      }
    }
    line(text, "  state", state(report));
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
