// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Makes a table of the runs of one scenario. */
final class Report {
  static final double TARGET_PERCENT = 5;

  private final Scenario scenario;
  private final List<Result> results;

  Report(Scenario scenario, List<Result> all) {
    this.scenario = scenario;
    this.results = all.stream().filter(result -> result.scenario().equals(scenario)).toList();
  }

  /** The table, as lines of text. */
  String table() {
    StringBuilder table = new StringBuilder();
    table.append(scenario.title()).append('\n');
    line(
        table,
        "",
        "transactions/s (min–max)",
        "µs mean",
        "µs CPU",
        "µs p99",
        "slowdown (min–max)",
        "delivered",
        "gaps",
        "lag ms",
        "seen µs p50/p99",
        "% of a core",
        "wake-ups/s");
    for (Way way : Way.values()) {
      List<Result> runs = of(way);
      if (!runs.isEmpty()) {
        row(table, way, runs);
      }
    }
    return table.append(verdict()).toString();
  }

  private void row(StringBuilder table, Way way, List<Result> runs) {
    double[] rates = sorted(runs, run -> run.application().rate());
    boolean alone = way == Way.ALONE;
    double[] slowdown = slowdown(way);
    double share =
        median(
            sorted(
                runs,
                run ->
                    100.0 * run.captured().delivered() / Math.max(1, run.application().changes())));
    line(
        table,
        way.title(),
        text("%,.0f (%,.0f–%,.0f)", median(rates), rates[0], rates[rates.length - 1]),
        text("%.1f", median(sorted(runs, run -> run.application().meanMicros()))),
        text("%.1f", median(sorted(runs, run -> run.application().processorMicros()))),
        text("%.0f", median(sorted(runs, run -> run.application().p99Micros()))),
        alone
            ? "-"
            : text(
                "%.1f %% (%.1f–%.1f)",
                median(slowdown), slowdown[0], slowdown[slowdown.length - 1]),
        alone ? "-" : text("%.2f %%", share),
        alone ? "-" : text("%d", runs.stream().mapToLong(run -> run.captured().gaps()).sum()),
        alone ? "-" : text("%.1f", median(runs, run -> run.captured().lagMillis())),
        alone ? "-" : seen(runs),
        alone ? "-" : text("%.1f", 100 * processors(runs)),
        alone ? "-" : text("%,.0f", median(runs, run -> run.captured().wakeUps())));
  }

  private static String seen(List<Result> runs) {
    double median = median(runs, run -> run.captured().seen().median());
    return median == 0
        ? "-"
        : text("%,.0f/%,.0f", median, median(runs, run -> run.captured().seen().p99()));
  }

  private static double processors(List<Result> runs) {
    return median(runs, run -> run.captured().processors());
  }

  /** How many processors the capture kept busy, in the median. */
  double processors(Way way) {
    return processors(of(way));
  }

  /** How much slower the application was, in percent, in the median. */
  double medianSlowdown(Way way) {
    return median(slowdown(way));
  }

  /** Of each round, by the time that a transaction takes: where it is paced the rate is given. */
  private double[] slowdown(Way way) {
    return of(way).stream()
        .mapToDouble(run -> 100 * (1 - cost(alone(run.round())) / cost(run)))
        .sorted()
        .toArray();
  }

  private double cost(Result result) {
    return scenario.rate() > 0
        ? result.application().meanMicros()
        : 1 / result.application().rate();
  }

  private Result alone(int round) {
    return of(Way.ALONE).stream().filter(run -> run.round() == round).findFirst().orElseThrow();
  }

  private String verdict() {
    double[] slowdown = slowdown(Way.WALTAP);
    if (slowdown.length == 0) {
      return "";
    }
    double median = median(slowdown);
    return text(
        "Waltap's slowdown: %.1f %% in the median; at most %.0f %% was the target: %s\n",
        median, TARGET_PERCENT, median <= TARGET_PERCENT ? "met" : "missed");
  }

  private List<Result> of(Way way) {
    return results.stream().filter(result -> result.way() == way).toList();
  }

  private static double[] sorted(List<Result> runs, ToDoubleFunction<Result> figure) {
    return runs.stream().mapToDouble(figure).sorted().toArray();
  }

  private static double median(List<Result> runs, ToDoubleFunction<Result> figure) {
    return median(sorted(runs, figure));
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  private static void line(StringBuilder table, String... cells) {
    int[] widths = {-14, 26, 9, 8, 8, 22, 11, 6, 9, 17, 13, 12};
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      String format = "%" + widths[Math.min(i, widths.length - 1)] + "s";
      line.append(text(format, cells[i]));
    }
    table.append(line.toString().stripTrailing()).append('\n');
  }

  @Override
  public String toString() {
    return Arrays.asList(scenario, results).toString();
  }
}
