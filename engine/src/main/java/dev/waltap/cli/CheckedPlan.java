// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a check found of all databases and of what they share.
 *
 * @param reports of each database
 * @param output where events would go
 * @param outputProblem why they can't; null if they can
 * @param problems what else would end the command at its start
 * @param open how many databases would be open at once; 0 where there is only one
 */
record CheckedPlan(
    List<CheckReport> reports,
    String output,
    @Nullable String outputProblem,
    List<String> problems,
    int open) {

  CheckedPlan {
    reports = List.copyOf(reports);
    problems = List.copyOf(problems);
  }

  /** What would keep the command from running, whatever the databases are. */
  List<String> all() {
    return Stream.concat(Stream.ofNullable(outputProblem), problems.stream()).toList();
  }

  /** Whether the command would run, with every database. */
  boolean isFine() {
    return all().isEmpty() && reports.stream().allMatch(CheckReport::isFine);
  }
}
