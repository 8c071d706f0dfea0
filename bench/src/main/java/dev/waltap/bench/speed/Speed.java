// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import dev.waltap.testdata.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How fast is Waltap, beside C, JDBC and the sqlite3 shell? Measures all in one run, in turns, and
 * compares the ratios with those on record; see {@link SpeedOptions#USAGE}.
 */
public final class Speed {
  private final SpeedOptions options;
  private final Ratios ratios = new Ratios();

  private Speed(SpeedOptions options) {
    this.options = options;
  }

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.print(SpeedOptions.USAGE);
      return;
    }
    SpeedOptions options;
    try {
      options = SpeedOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(SpeedOptions.USAGE);
      System.exit(2);
      return;
    }
    Path parent = options.directory();
    Path directory =
        parent == null
            ? Files.createTempDirectory("waltap-speed")
            : Files.createTempDirectory(parent, "waltap-speed");
    boolean fast;
    try {
      fast = new Speed(options).run(directory);
    } finally {
      Directories.delete(directory);
    }
    System.exit(fast ? 0 : 1);
  }

  private boolean run(Path directory) throws Exception {
    for (Measurement measurement : new Measurements(options, directory).all()) {
      measure(measurement);
    }
    Path record = options.record();
    if (record != null) {
      ratios.write(record);
    }
    Path check = options.check();
    List<String> slower = check == null ? List.of() : ratios.slowerThan(check);
    slower.forEach(System.out::println);
    return slower.isEmpty();
  }

  private void measure(Measurement measurement) throws IOException, InterruptedException {
    List<Measurement.Runs> samples = measurement.run(options.rounds());
    System.out.println(measurement.table(samples));
    ratios.add(measurement.name(), measurement.ratios(samples));
  }
}
