// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import dev.waltap.testdata.durable.KillRun;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Kills captures from the command line: one database after the other, until all runs are done or
 * the first fails, which ends it with exit code 1 and says how to run it again.
 *
 * <p>Options: {@code --runs N}, {@code --seed S} of the first run, the next have the next numbers,
 * {@code --kills N} in each run.
 */
public final class KillMain {
  private KillMain() {}

  /** Runs it. */
  public static void main(String[] args) {
    AllChecks.turnOn();
    int runs = 1;
    int kills = 5;
    boolean goOn = false;
    long seed = ThreadLocalRandom.current().nextInt(1_000_000_000);
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--runs" -> runs = Integer.parseInt(args[++i]);
        case "--seed" -> seed = Long.parseLong(args[++i]);
        case "--kills" -> kills = Integer.parseInt(args[++i]);
        case "--go-on" -> goOn = true;
        default -> {
          System.err.println("no option " + args[i] + ": --runs N --seed S --kills N --go-on");
          System.exit(2);
        }
      }
    }
    int failures = 0;
    long killed = 0;
    for (int run = 0; run < runs; run++) {
      try {
        long start = System.nanoTime();
        KillRun.Result result = new KillRun(seed + run, kills).run();
        killed += result.kills();
        System.out.printf(
            Locale.ROOT,
            "seed %d: %d kills, %d changes, %.1f s%n",
            seed + run,
            result.kills(),
            result.changes(),
            (System.nanoTime() - start) / 1e9);
      } catch (Exception | AssertionError e) {
        e.printStackTrace();
        System.out.println("FAILED seed " + (seed + run));
        failures++;
        if (!goOn) {
          break;
        }
      }
    }
    System.out.println(runs + " runs, " + killed + " kills, " + failures + " failures");
    System.exit(failures == 0 ? 0 : 1);
  }
}
