// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import dev.waltap.testdata.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What does a capture cost the application? Measures an application that writes by itself, with
 * Waltap attached, and with triggers and a drainer, all in one run, in turns, each in processes of
 * its own on a fresh copy of the same database.
 */
public final class Comparison {
  private final ComparisonOptions options;
  private final List<Result> results = new ArrayList<>();

  private Comparison(ComparisonOptions options) {
    this.options = options;
  }

  /** Runs it; see {@link ComparisonOptions#USAGE}. */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.print(ComparisonOptions.USAGE);
      return;
    }
    ComparisonOptions options;
    try {
      options = ComparisonOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(ComparisonOptions.USAGE);
      System.exit(2);
      return;
    }
    Path directory =
        options.directory() == null
            ? Files.createTempDirectory("waltap-bench")
            : Files.createTempDirectory(options.directory(), "waltap-bench");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(directory), "clean-up"));
    new Comparison(options).run(directory);
  }

  private void run(Path directory) throws Exception {
    Path charts = options.charts();
    if (charts != null) {
      Files.createDirectories(charts); // Before what takes long, in case it can't be made.
    }
    Shop.create(directory.resolve("shop.db"));
    say(environment());
    MeasuredRun run = new MeasuredRun(options, directory);
    for (Scenario scenario : options.scenarios()) {
      for (int round = 0; round < options.rounds(); round++) {
        for (Way way : options.order(round)) {
          note(run.run(scenario, round, way));
        }
      }
      say("");
      say(new Report(scenario, results).table());
    }
    if (charts != null) {
      new CostCharts(results).draw(charts);
    }
  }

  private void note(Result result) throws IOException {
    results.add(result);
    System.err.printf(
        Locale.ROOT,
        "%s, round %d, %s: %.0f transactions/s%n",
        result.scenario().title(),
        result.round() + 1,
        result.way().title(),
        result.application().rate());
    Path csv = options.csv();
    if (csv != null) {
      String header = Files.exists(csv) ? "" : Result.CSV_HEADER + "\n";
      Files.writeString(
          csv,
          header + result.csv() + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }

  private String environment() {
    int processors = Runtime.getRuntime().availableProcessors();
    return String.format(
        Locale.ROOT,
        "Java %s, %s %s, %d processors; %d rounds of %.0f s after %.0f s of warm-up.%n%s",
        System.getProperty("java.version"),
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        processors,
        options.rounds(),
        options.seconds(),
        options.warmUp() + 1,
        processors < 3
            ? "Application and capture need a processor each, and this machine has no more: what"
                + " else runs on it shows in the figures."
            : "Application and capture have a processor each.");
  }

  private static void say(String text) {
    System.out.println(text);
  }

  /** Ends the processes that are left, then removes the files. */
  private static void cleanUp(Path directory) {
    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
    try {
      Directories.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
