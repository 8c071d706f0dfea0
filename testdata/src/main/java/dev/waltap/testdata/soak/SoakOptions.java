// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.workload.WriterOptions;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The options of a soak; immutable. What the arguments do not name has its default. */
public final class SoakOptions {
  /** All options, for people. */
  public static final String USAGE =
      """
      options (default):
        --seconds N         how long each part takes (10)
        --rounds N          load, truncate: how often the parts alternate (3)
        --rate N            commits per second of each writer, 0 for as fast as it can (0)
        --synchronous MODE  of the writers (NORMAL)
        --writers N         writer processes (1)
        --autocheckpoint N  of the writers, in pages (1000)
        --sync-delay MS     load, truncate: syncs of the writers take so much longer; needs cc (0)
        --guard MODE        of the capture (adaptive)
        --times N           stop, kill, idle: how often (5)
        --stop N            stop: seconds for which the capture stands still (2)
        --take N            slow: changes per second that the consumer takes (100)
      """;

  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("--seconds", "10"),
          Map.entry("--rounds", "3"),
          Map.entry("--rate", "0"),
          Map.entry("--synchronous", "NORMAL"),
          Map.entry("--writers", "1"),
          Map.entry("--autocheckpoint", "1000"),
          Map.entry("--sync-delay", "0"),
          Map.entry("--guard", "adaptive"),
          Map.entry("--times", "5"),
          Map.entry("--stop", "2"),
          Map.entry("--take", "100"));

  private final Map<String, String> values = new TreeMap<>(DEFAULTS);

  private SoakOptions() {}

  /** Reads pairs of name and value, from this index of the arguments on. */
  public static SoakOptions parse(String[] args, int from) {
    SoakOptions options = new SoakOptions();
    for (int i = from; i < args.length; i += 2) {
      if (!DEFAULTS.containsKey(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException("no such option, or no value: " + args[i]);
      }
      options.values.put(args[i], args[i + 1]);
    }
    return options;
  }

  private double number(String name) {
    return Double.parseDouble(values.getOrDefault(name, ""));
  }

  double seconds() {
    return number("--seconds");
  }

  int rounds() {
    return (int) number("--rounds");
  }

  double rate() {
    return number("--rate");
  }

  int writers() {
    return (int) number("--writers");
  }

  double syncDelayMillis() {
    return number("--sync-delay");
  }

  String guard() {
    return values.getOrDefault("--guard", "").toLowerCase(Locale.ROOT);
  }

  int times() {
    return (int) number("--times");
  }

  double stopSeconds() {
    return number("--stop");
  }

  double take() {
    return number("--take");
  }

  /** What a writer does for so long: single-row transactions into a table. */
  WriterOptions writer(int number, double seconds) {
    return WriterOptions.DEFAULT
        .with("--mix", "INSERT")
        .with("--transactions", Long.toString(Long.MAX_VALUE / 2))
        .with("--tables", "1")
        .with("--seed", Integer.toString(number + 1))
        .with("--synchronous", values.getOrDefault("--synchronous", ""))
        .with("--autocheckpoint", values.getOrDefault("--autocheckpoint", ""))
        .with("--rate", values.getOrDefault("--rate", ""))
        .with("--seconds", Double.toString(seconds));
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
