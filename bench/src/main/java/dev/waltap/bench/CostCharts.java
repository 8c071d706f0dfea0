// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws what captures cost at each rate: a bar for each way and synchronous mode. */
final class CostCharts {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;

  private final List<Result> results;
  private final List<Scenario> scenarios;

  CostCharts(List<Result> results) {
    this.results = results;
    this.scenarios = results.stream().map(Result::scenario).distinct().toList();
  }

  /** Writes the charts into this directory, over what they were. */
  void draw(Path directory) throws IOException {
    save(
        chart("Slowdown of the application, %", Report::medianSlowdown),
        directory.resolve("cost-slowdown.svg"));
    save(
        chart("Processor time of the capture, % of a core", (r, way) -> 100 * r.processors(way)),
        directory.resolve("cost-processor.svg"));
  }

  private CategoryChart chart(String title, ToDoubleBiFunction<Report, Way> figure) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("single-row transactions per second")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setDecimalPattern("#0.#");
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    for (Way way : ways()) {
      for (Scenario group : groups()) {
        List<Scenario> line = scenarios.stream().filter(one -> isOf(group, one)).toList();
        chart.addSeries(
            name(way, group),
            line.stream().map(Scenario::pace).toList(),
            line.stream().map(one -> figure.applyAsDouble(new Report(one, results), way)).toList());
      }
    }
    return chart;
  }

  private List<Way> ways() {
    return results.stream().map(Result::way).filter(way -> way != Way.ALONE).distinct().toList();
  }

  /** The scenarios as if they had no rate. */
  private List<Scenario> groups() {
    return scenarios.stream()
        .map(one -> new Scenario(one.cores(), one.synchronous(), 0))
        .distinct()
        .toList();
  }

  private static boolean isOf(Scenario group, Scenario one) {
    return one.cores() == group.cores() && one.synchronous().equals(group.synchronous());
  }

  private static String name(Way way, Scenario group) {
    return way.title()
        + ", "
        + group.synchronous()
        + (group.cores() > 0 ? ", cores: " + group.cores() : "");
  }

  private static void save(CategoryChart chart, Path file) throws IOException {
    VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
  }
}
