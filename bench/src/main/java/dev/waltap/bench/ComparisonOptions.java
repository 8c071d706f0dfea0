// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the comparison is to do.
 *
 * @param rounds how often each way is measured in each scenario
 * @param seconds how long each time
 * @param warmUp seconds before that
 * @param scenarios what the application does
 * @param ways what is compared with the application alone
 * @param directory where to make the temporary directory; null for the system's
 * @param outputDirectory where captures write their output; null for the temporary directory
 * @param charts where the charts go; null for nowhere
 * @param csv where every single run is appended to; null for nowhere
 * @param waltapOptions more options for {@code waltap cdc}
 * @param waltapJvmOptions options for its JVM
 */
record ComparisonOptions(
    int rounds,
    double seconds,
    double warmUp,
    List<Scenario> scenarios,
    List<Way> ways,
    @Nullable Path directory,
    @Nullable Path outputDirectory,
    @Nullable Path charts,
    @Nullable Path csv,
    List<String> waltapOptions,
    List<String> waltapJvmOptions) {

  static final String USAGE =
      """
      usage: java -cp bench/target/benchmarks.jar dev.waltap.bench.Comparison [options]
        --rounds N             how often each way is measured (5)
        --seconds S            how long each time (10)
        --warm-up S            before each measurement (5)
        --synchronous LIST     NORMAL, FULL (NORMAL,FULL)
        --rates LIST           transactions per second, 0 for as fast as it can (0,1000)
        --cores LIST           how many application and capture share, by taskset, 0 for all (0)
        --ways LIST            waltap, triggers (waltap,triggers)
        --directory DIR        where the temporary directory goes
        --output-directory DIR where captures write to, if not there, too
        --charts DIRECTORY     draw cost-slowdown.svg and cost-processor.svg there
        --csv FILE             append a line for every single run
        --waltap-options 'X …' more options for 'waltap cdc', such as --guard never
        --waltap-jvm 'X …'     options for its JVM, such as -Xmx256m
      """;

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static ComparisonOptions parse(String[] args) {
    int rounds = 5;
    double seconds = 10;
    double warmUp = 5;
    List<String> synchronous = List.of("NORMAL", "FULL");
    List<String> rates = List.of("0", "1000");
    List<String> cores = List.of("0");
    List<Way> ways = List.of(Way.WALTAP, Way.TRIGGERS);
    Path directory = null;
    Path outputDirectory = null;
    Path charts = null;
    Path csv = null;
    List<String> waltapOptions = List.of();
    List<String> waltapJvmOptions = List.of();
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException("no value for " + args[i]);
      }
      String value = args[i + 1];
      switch (args[i]) {
        case "--rounds" -> rounds = Integer.parseInt(value);
        case "--seconds" -> seconds = Double.parseDouble(value);
        case "--warm-up" -> warmUp = Double.parseDouble(value);
        case "--synchronous" -> synchronous = list(value, ",");
        case "--rates" -> rates = list(value, ",");
        case "--ways" ->
            ways =
                list(value, ",").stream()
                    .map(way -> Way.valueOf(way.toUpperCase(Locale.ROOT)))
                    .toList();
        case "--directory" -> directory = Path.of(value);
        case "--output-directory" -> outputDirectory = Path.of(value);
        case "--cores" -> cores = list(value, ",");
        case "--charts" -> charts = Path.of(value);
        case "--csv" -> csv = Path.of(value);
        case "--waltap-options" -> waltapOptions = list(value, "\\s+");
        case "--waltap-jvm" -> waltapJvmOptions = list(value, "\\s+");
        default -> throw new IllegalArgumentException("no option " + args[i]);
      }
    }
    if (rounds < 1 || seconds <= 0 || warmUp < 0) {
      throw new IllegalArgumentException("rounds and seconds must be more than nothing");
    }
    return new ComparisonOptions(
        rounds,
        seconds,
        warmUp,
        scenarios(cores, synchronous, rates),
        ways,
        directory,
        outputDirectory,
        charts,
        csv,
        waltapOptions,
        waltapJvmOptions);
  }

  private static List<String> list(String value, String separator) {
    return Arrays.stream(value.trim().split(separator)).filter(item -> !item.isEmpty()).toList();
  }

  private static List<Scenario> scenarios(
      List<String> cores, List<String> synchronous, List<String> rates) {
    List<Scenario> scenarios = new ArrayList<>();
    for (String mode : synchronous) {
      if (!List.of("OFF", "NORMAL", "FULL", "EXTRA").contains(mode)) {
        throw new IllegalArgumentException("no synchronous mode " + mode);
      }
      for (String count : cores) {
        for (String rate : rates) {
          scenarios.add(new Scenario(Integer.parseInt(count), mode, Double.parseDouble(rate)));
        }
      }
    }
    return scenarios;
  }

  /** The ways of one round, in an order that turns with the rounds. */
  List<Way> order(int round) {
    List<Way> all = new ArrayList<>();
    all.add(Way.ALONE);
    all.addAll(ways.stream().filter(way -> way != Way.ALONE).distinct().toList());
    java.util.Collections.rotate(all, round);
    return all;
  }
}
