// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The same work done by several, in turns; the first of them is Waltap.
 *
 * @param name for the tables and the file of ratios
 * @param title what is done
 * @param unit of what it is done to, as "rows"
 * @param amount how much of it
 * @param byProcessor whether processor time counts; otherwise the clock
 */
record Measurement(
    String name,
    String title,
    String unit,
    double amount,
    boolean byProcessor,
    List<Contestant> contestants) {

  /** What one of them took, each time. */
  record Runs(Contestant contestant, List<Sample> samples) {
    double seconds() {
      return median(samples.stream().mapToDouble(Sample::seconds).sorted().toArray());
    }

    double processor() {
      return median(samples.stream().mapToDouble(Sample::processorSeconds).sorted().toArray());
    }
  }

  /** The runs of each, in their order. */
  List<Runs> run(int rounds) throws IOException, InterruptedException {
    List<Runs> all = new ArrayList<>();
    for (Contestant contestant : contestants) {
      all.add(new Runs(contestant, new ArrayList<>()));
    }
    for (int round = 0; round < rounds; round++) {
      for (Runs runs : all) {
        runs.samples().add(runs.contestant().run());
      }
    }
    return all;
  }

  /** A table of them, and how many times as fast Waltap is as each other. */
  String table(List<Runs> all) {
    StringBuilder table = new StringBuilder(title).append('\n');
    table.append(row("", "seconds", "processor", unit + "/s", unit + "/s of a core"));
    for (Runs runs : all) {
      table.append(
          row(
              runs.contestant().name(),
              text("%.2f", runs.seconds()),
              text("%.2f", runs.processor()),
              text("%,.1f", amount / runs.seconds()),
              text("%,.1f", amount / runs.processor())));
    }
    ratios(all).forEach((other, ratio) -> table.append(text("  %.2f × %s%n", ratio, other)));
    return table.toString();
  }

  /** How many times as fast Waltap is as each other, by the other's name. */
  Map<String, Double> ratios(List<Runs> all) {
    Map<String, Double> ratios = new LinkedHashMap<>();
    double waltap = cost(all.get(0));
    for (Runs other : all.subList(1, all.size())) {
      ratios.put(other.contestant().name(), cost(other) / waltap);
    }
    return ratios;
  }

  private double cost(Runs runs) {
    return byProcessor ? runs.processor() : runs.seconds();
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String row(String name, String... figures) {
    StringBuilder line = new StringBuilder(text("  %-28s", name));
    for (String figure : figures) {
      line.append(text("%22s", figure));
    }
    return line.append('\n').toString();
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
