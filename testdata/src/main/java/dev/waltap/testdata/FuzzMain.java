// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import dev.waltap.testdata.fuzz.Feature;
import dev.waltap.testdata.fuzz.FuzzCase;
import dev.waltap.testdata.fuzz.Fuzzer;
import dev.waltap.testdata.fuzz.Selection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fuzzes a capture from the command line: one random database after the other, until time is up or
 * the first difference, which ends it with exit code 1 and says how to run it again, and with how
 * few of its statements.
 *
 * <p>Options: {@code --seed N} (that database only), {@code --transactions N} of each database,
 * {@code --burst N}, {@code --minutes N}, {@code --capture waltap|without-gaps|always|sql}, {@code
 * --tables PREFIX} to capture only those, {@code --only STATEMENTS} of that seed (see {@link
 * Selection}), {@code --no-FEATURE}, {@code --FEATURE}; see {@link Feature}.
 */
public final class FuzzMain {
  private long seed = -1;
  private int transactions = 200;
  private int burst = 1;
  private long minutes = 1;
  private String capture = "waltap";
  private String tables = "";
  private @Nullable Selection only;
  private final Set<Feature> features = EnumSet.allOf(Feature.class);

  private FuzzMain() {}

  /** Runs it. */
  public static void main(String[] args) {
    AllChecks.turnOn();
    FuzzMain main = new FuzzMain();
    try {
      main.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
    System.exit(main.run() ? 0 : 1);
  }

  private void parse(String[] args) {
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--seed" -> seed = Long.parseLong(args[++i]);
        case "--transactions" -> transactions = Integer.parseInt(args[++i]);
        case "--burst" -> burst = Integer.parseInt(args[++i]);
        case "--minutes" -> minutes = Long.parseLong(args[++i]);
        case "--capture" -> capture = args[++i];
        case "--tables" -> tables = args[++i];
        case "--only" -> only = Selection.parse(args[++i]);
        default -> feature(args[i]);
      }
    }
    if (only != null && seed < 0) {
      throw new IllegalArgumentException("--only needs the --seed whose statements it names");
    }
  }

  private void feature(String option) {
    for (Feature feature : Feature.values()) {
      if (option.equals("--no-" + feature.option())) {
        features.remove(feature);
        return;
      }
      if (option.equals("--" + feature.option())) {
        features.add(feature);
        return;
      }
    }
    throw new IllegalArgumentException(
        "no option "
            + option
            + "; features: "
            + List.of(Feature.values()).stream().map(Feature::option).toList());
  }

  private boolean run() {
    long total = 0;
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
    long next = seed >= 0 ? seed : ThreadLocalRandom.current().nextInt(1_000_000_000);
    FuzzCase first = new FuzzCase(next, transactions, burst, features, capture, tables);
    do {
      long start = System.nanoTime();
      Fuzzer fuzzer = new Fuzzer(first.withSeed(next));
      try {
        if (only != null) {
          fuzzer.replay(only).forEach(System.out::println);
          System.out.println("no difference");
          return true;
        }
        Fuzzer.Emitted emitted = fuzzer.run();
        total += emitted.transactions();
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
            java.util.Locale.ROOT,
            "seed %d: %d transactions, %d changes, %.1f transactions/s, %d transactions in all%n",
            next,
            emitted.transactions(),
            emitted.changes(),
            emitted.transactions() / seconds,
            total);
      } catch (Exception | AssertionError e) {
        // Its message last: the command is at its end.
        (e.getCause() == null ? e : e.getCause()).printStackTrace();
        System.err.println("FAILED: " + e.getMessage());
        return false;
      }
      next++;
    } while (seed < 0 && System.nanoTime() < deadline);
    return true;
  }
}
