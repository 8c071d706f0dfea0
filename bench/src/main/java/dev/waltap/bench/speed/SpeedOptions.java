// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is measured.
 *
 * @param rows of the table that is read
 * @param rounds how often each
 * @param only names of measurements; all if there are none
 * @param directory where the temporary directory goes; null for the system's
 * @param launcher the distribution's launcher, for whole processes; null for a plain JVM
 * @param jvm options of the JVMs that Waltap and JDBC run in
 * @param check a file of ratios that must be reached; null for none
 * @param record a file to write the ratios to; null for none
 */
record SpeedOptions(
    long rows,
    int rounds,
    Set<String> only,
    @Nullable Path directory,
    @Nullable Path launcher,
    List<String> jvm,
    @Nullable Path check,
    @Nullable Path record) {

  static final String USAGE =
      """
      usage: java -cp bench/target/benchmarks.jar dev.waltap.bench.speed.Speed [options]
        --rows N         of the table that is read (2000000)
        --rounds N       how often each way is measured, in turns (3)
        --only LIST      of scan, bootstrap, bulk, single, state (all of them)
        --directory DIR  where the temporary directory goes
        --launcher FILE  bin/waltap of the distribution, for whole processes (a plain JVM)
        --jvm OPTIONS    of the JVMs, as "-XX:+UseSerialGC -Xmn64m" (none)
        --check FILE     exit code 1 if a ratio is less than four fifths of what the file says
        --record FILE    write the ratios there
      """;

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static SpeedOptions parse(String[] args) {
    long rows = 2_000_000;
    int rounds = 3;
    Set<String> only = new TreeSet<>();
    Path directory = null;
    Path launcher = null;
    List<String> jvm = List.of();
    Path check = null;
    Path record = null;
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException("no value for " + args[i]);
      }
      String value = args[i + 1];
      switch (args[i]) {
        case "--rows" -> rows = Long.parseLong(value);
        case "--rounds" -> rounds = Integer.parseInt(value);
        case "--only" -> only.addAll(List.of(value.split(",", -1)));
        case "--directory" -> directory = Path.of(value);
        case "--launcher" -> launcher = Path.of(value);
        case "--jvm" -> jvm = List.of(value.strip().split(" +", -1));
        case "--check" -> check = Path.of(value);
        case "--record" -> record = Path.of(value);
        default -> throw new IllegalArgumentException("no option " + args[i]);
      }
    }
    if (rows < 1 || rounds < 1) {
      throw new IllegalArgumentException("rows and rounds must be at least 1");
    }
    return new SpeedOptions(rows, rounds, only, directory, launcher, jvm, check, record);
  }

  boolean includes(String name) {
    return only.isEmpty() || only.contains(name);
  }
}
