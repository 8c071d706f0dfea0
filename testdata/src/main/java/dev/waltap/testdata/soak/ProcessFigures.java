// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What some databases cost if each is captured by a process of its own, and if one captures all of
 * them: memory and processor time, while nothing is written and while a share of them is, each
 * second. The two in turn, so that both are measured on the same machine at nearly the same time.
 */
public final class ProcessFigures {
  private static final int ROUNDS = 2;
  private static final long SETTLE_MILLIS = 3_000;

  private final FleetOptions options;
  private final Path directory;

  /** Figures with these options. */
  public ProcessFigures(FleetOptions options) throws IOException {
    this.options = options;
    this.directory = Files.createTempDirectory("waltap-processes");
  }

  /** Takes and prints them. */
  public boolean run() throws Exception {
    try {
      int count = options.whole("--databases");
      List<Path> databases = FleetFigures.make(directory, count, options.whole("--size"));
      for (int round = 1; round <= ROUNDS; round++) {
        measure(round, "a process for each of " + count + " databases", databases, true);
        measure(round, "one process for all " + count, databases, false);
      }
      return true;
    } finally {
      Directories.delete(directory);
    }
  }

  private void measure(int round, String way, List<Path> databases, boolean alone)
      throws Exception {
    List<FleetProcess> processes = new ArrayList<>();
    try {
      if (alone) {
        for (Path database : databases) {
          processes.add(capture(round, database.getFileName().toString(), database));
        }
      } else {
        Path all = directory.resolve("databases");
        processes.add(
            capture(round, "all", "--directory", all, "--max-open", options.whole("--max-open")));
      }
      for (FleetProcess each : processes) {
        each.awaitReady();
      }
      double ready = cpuSeconds(processes);
      Thread.sleep(SETTLE_MILLIS); // What a start leaves to do is no part of the rest.
      double idleBegin = cpuSeconds(processes);
      long begin = System.nanoTime();
      Thread.sleep((long) (options.number("--seconds") * 1000));
      double idle = (cpuSeconds(processes) - idleBegin) / ((System.nanoTime() - begin) / 1e9);
      double busyBegin = cpuSeconds(processes);
      begin = System.nanoTime();
      long commits = FleetFigures.write(databases, options);
      double seconds = (System.nanoTime() - begin) / 1e9;
      Soak.print(
          "%s: %.1f s of a processor until ready; %.1f %% of one while nothing is written, %.1f %%"
              + " at %.0f commits a second; %d MiB, %d threads",
          way,
          ready,
          idle * 100,
          (cpuSeconds(processes) - busyBegin) / seconds * 100,
          commits / seconds,
          memoryMiB(processes),
          threads(processes));
      for (FleetProcess each : processes) {
        each.stop();
      }
    } finally {
      processes.forEach(FleetProcess::close);
    }
  }

  private FleetProcess capture(int round, String name, Object... what) throws IOException {
    String own = name + "-" + round;
    List<Object> arguments = new ArrayList<>(List.of("cdc"));
    arguments.addAll(List.of(what));
    arguments.addAll(List.of("--state", directory.resolve("state-" + own)));
    arguments.addAll(List.of("--output", directory.resolve("changes-" + own)));
    return FleetProcess.start(
        directory.resolve("errors-" + own), "dev.waltap.cli.Main", arguments.toArray());
  }

  private static double cpuSeconds(List<FleetProcess> processes) throws IOException {
    double sum = 0;
    for (FleetProcess each : processes) {
      sum += each.cpuSeconds();
    }
    return sum;
  }

  private static long memoryMiB(List<FleetProcess> processes) throws IOException {
    long sum = 0;
    for (FleetProcess each : processes) {
      sum += each.proportionalKiB();
    }
    return sum / 1024;
  }

  private static int threads(List<FleetProcess> processes) throws IOException {
    int sum = 0;
    for (FleetProcess each : processes) {
      sum += each.threads();
    }
    return sum;
  }
}
