// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.waltap.inspect.DatabaseCheck;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** What a check found, as a line of JSON for each database. Stateless. */
final class CheckJson {
  private CheckJson() {}

  /** The lines, each with its LF. */
  static String of(CheckedPlan plan) {
    StringBuilder lines = new StringBuilder();
    for (CheckReport report : plan.reports()) {
      lines.append(line(report, plan)).append('\n');
    }
    return lines.toString();
  }

  private static String line(CheckReport report, CheckedPlan plan) {
    String outputProblem = plan.outputProblem();
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      DatabaseCheck check = report.check();
      json.writeStartObject();
      json.writeStringField("database", FileNames.text(check.database()));
      json.writeBooleanField(
          "fine", report.isFine() && outputProblem == null && plan.problems().isEmpty());
      json.writeStringField("problem", check.problem());
      json.writeStringField("sqlite_version", check.sqliteVersion());
      json.writeNumberField("page_size", check.pageSize());
      json.writeNumberField("wal_bytes", check.walBytes());
      json.writeNumberField("commits_at_risk", check.atRisk());
      names(json, "tables", check.captured());
      names(json, "left_out", check.leftOut());
      names(json, "excluded_columns", check.excludedColumns());
      names(json, "exclusions_without_match", check.unmatched());
      state(json, report);
      json.writeBooleanField("rows_first", report.rowsFirst());
      json.writeStringField("output_problem", outputProblem);
      names(json, "problems", plan.problems());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void names(JsonGenerator json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  private static void state(JsonGenerator json, CheckReport report) throws IOException {
    Path state = report.state();
    json.writeStringField("state", state == null ? null : FileNames.text(state));
    json.writeBooleanField("state_exists", report.exists());
    json.writeStringField("state_held_by", report.held());
    json.writeStringField("state_problem", report.stateProblem());
  }
}
