// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import java.util.Map;
import java.util.TreeMap;

/** The options of {@link FleetSoak} and {@link FleetFigures}; what is not given has its default. */
public final class FleetOptions {
  /** All options, for people. */
  public static final String USAGE =
      """
      options (default):
        --databases N   at the start (40)
        --max-open N    of the capture (8)
        --seconds N     how long (10)
        --kills N       soak: how often the capture is killed meanwhile (3)
        --seed N        soak: of what happens (1)
        --size BYTES    figures, processes, opens: of each database (1000000)
        --share N       figures, processes: databases written each second, in per cent (1)
        --warm N        figures: seconds of writes before anything is counted (0)
        --keep 0|1      figures, processes: whether the writer keeps its connections open (0)
        --count N       opens: how often databases are opened and parked (300)
      """;

  private final Map<String, String> values =
      new TreeMap<>(
          Map.of(
              "--databases", "40",
              "--max-open", "8",
              "--seconds", "10",
              "--kills", "3",
              "--seed", "1",
              "--size", "1000000",
              "--share", "1",
              "--warm", "0",
              "--keep", "0",
              "--count", "300"));

  private FleetOptions() {}

  /** Reads pairs of name and value, from this index of the arguments on. */
  public static FleetOptions parse(String[] args, int from) {
    FleetOptions options = new FleetOptions();
    for (int i = from; i < args.length; i += 2) {
      if (!options.values.containsKey(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException("no such option, or no value: " + args[i]);
      }
      options.values.put(args[i], args[i + 1]);
    }
    return options;
  }

  double number(String name) {
    return Double.parseDouble(values.getOrDefault(name, ""));
  }

  int whole(String name) {
    return (int) number(name);
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
