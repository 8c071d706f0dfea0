// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import dev.waltap.testdata.faults.Fault;
import dev.waltap.testdata.faults.FaultRun;
import dev.waltap.testdata.faults.Work;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Lets every system call of captures fail, one after the other, in every way it may fail in: on
 * state, output, database and HTTP; and every place in the product's code that allocates, when it
 * is first come to. Needs Linux and {@code cc}. Exit code 1 after any failure.
 *
 * <p>Options: {@code --work NAME} and {@code --fault NAME}, repeatable, all by default; {@code --at
 * N} for one call, {@code --from N} for later ones, {@code --step N} for every N-th.
 */
public final class FaultMain {
  private static final String USAGE =
      """
      usage: FaultMain [--work NAME]... [--fault NAME]... [--at N] [--from N] [--step N]
        --at     let this system call fail
        --from   it and later ones
        --step   every N-th
      """;

  private final Set<Work> works = EnumSet.noneOf(Work.class);
  private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
  private int from = 1;
  private int to = Integer.MAX_VALUE;
  private int step = 1;
  private int tries;
  private int failures;

  private FaultMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    FaultMain main = new FaultMain();
    if (args.length % 2 != 0) { // Also --help: to run all of it takes hours.
      System.out.print(USAGE);
      System.out.println("  --work   of " + EnumSet.allOf(Work.class) + ", all by default");
      System.out.println("  --fault  of " + EnumSet.allOf(Fault.class) + ", all by default");
      System.exit(args[0].equals("--help") ? 0 : 2);
    }
    main.parse(args);
    for (Work work : main.works) {
      for (Fault fault : main.faults) {
        if (work.fits(fault)) {
          main.attempt(work, fault);
        }
      }
    }
    System.out.println(main.tries + " faults, " + main.failures + " failures");
    System.exit(main.failures == 0 ? 0 : 1);
  }

  private void parse(String[] args) {
    for (int i = 0; i + 1 < args.length; i += 2) {
      String value = args[i + 1].toUpperCase(Locale.ROOT);
      switch (args[i]) {
        case "--work" -> works.add(Work.valueOf(value));
        case "--fault" -> faults.add(Fault.valueOf(value));
        case "--at" -> from = to = Integer.parseInt(value);
        case "--from" -> from = Integer.parseInt(value);
        case "--step" -> step = Integer.parseInt(value);
        default -> throw new IllegalArgumentException("no option " + args[i]);
      }
    }
    if (works.isEmpty()) {
      works.addAll(EnumSet.allOf(Work.class));
    }
    if (faults.isEmpty()) {
      faults.addAll(EnumSet.allOf(Fault.class));
    }
  }

  private void attempt(Work work, Fault fault) {
    try {
      run(work, fault);
    } catch (Exception | AssertionError e) {
      System.out.println("FAILED " + work + " " + fault + " without faults");
      e.printStackTrace(System.out);
      failures++;
    }
  }

  private void run(Work work, Fault fault) throws Exception {
    long start = System.nanoTime();
    int at = from;
    int failed = 0;
    FaultRun run = new FaultRun(work);
    try {
      run.calls(fault);
      String before = run.totals();
      boolean met = true;
      for (; met && at <= to; at += step) {
        try {
          met = run.attemptAt(fault, at);
        } catch (AssertionError e) {
          failed++;
          System.out.println("FAILED " + e.getMessage() + "\n    " + e.getCause());
          run.close();
          run = new FaultRun(work);
          run.calls(fault);
          before = run.totals();
        }
        tries++;
      }
      System.out.printf(
          Locale.ROOT,
          "%s %s: calls %d to %d, %d failures, %.1f s, descriptors and threads %s, then %s%n",
          work,
          fault,
          from,
          at - step,
          failed,
          (System.nanoTime() - start) / 1e9,
          before,
          run.totals());
      failures += failed;
    } finally {
      run.close();
    }
  }
}
