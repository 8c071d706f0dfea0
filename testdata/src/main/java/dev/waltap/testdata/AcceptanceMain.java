// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import dev.waltap.testdata.acceptance.CommandLineJudge;
import dev.waltap.testdata.acceptance.EmbeddedJudge;
import dev.waltap.testdata.acceptance.Judge;
import dev.waltap.testdata.workload.WriterOptions;
import dev.waltap.testdata.workload.WriterProcess;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The acceptance check: three tables, 200,000 transactions of one row and 200 of 10,000 rows,
 * written by another process as fast as it can. The replica must be equal after each part; it says
 * how often history was lost on the way, which a JVM that has just started does more easily.
 *
 * <p>Options: {@code --small N} and {@code --large N} transactions, {@code --rows N} of each large
 * one, {@code --warm-up N} small ones before, {@code --capture waltap|sql|command-line}: in this
 * process with the oracle as its handler, or the command line in its own, judged by the file it
 * writes; {@code --minutes N} to wait at most for each part; {@code --writer-on CPU} and {@code
 * --capture-on CPU} to keep each on a processor of its own; the latter, {@code --capture-jvm
 * "OPTION ..."} and {@code --capture-options "OPTION ..."} are for the command line.
 */
public final class AcceptanceMain {
  private WriterOptions warmUp = WriterOptions.SMALL_TRANSACTIONS.with("--transactions", "0");
  private WriterOptions small = WriterOptions.SMALL_TRANSACTIONS;
  private WriterOptions large = WriterOptions.LARGE_TRANSACTIONS;
  private String capture = "waltap";
  private Duration limit = Duration.ofMinutes(10);
  private List<String> writerBy = List.of();
  private List<String> captureBy = List.of();
  private List<String> captureJvm = List.of();
  private List<String> captureOptions = List.of();

  private AcceptanceMain() {}

  /** Runs it; exit code 1 and a stack trace say that replica and source differ. */
  public static void main(String[] args) throws Exception {
    AcceptanceMain main = new AcceptanceMain();
    try {
      main.parse(args);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      System.err.println("not understood: " + String.join(" ", args) + " (" + e.getMessage() + ")");
      System.exit(2);
    }
    main.run();
  }

  private void parse(String[] args) {
    for (int i = 0; i < args.length; i += 2) {
      String value = args[i + 1];
      switch (args[i]) {
        case "--warm-up" -> warmUp = warmUp.with("--transactions", value);
        case "--small" -> small = small.with("--transactions", value);
        case "--large" -> large = large.with("--transactions", value);
        case "--rows" -> large = large.with("--rows", value);
        case "--capture" -> capture = value;
        case "--capture-on" -> {
          capture = "command-line";
          captureBy = List.of("taskset", "-c", value);
        }
        case "--capture-jvm" -> captureJvm = List.of(value.split(" "));
        case "--capture-options" -> captureOptions = List.of(value.split(" "));
        case "--writer-on" -> writerBy = List.of("taskset", "-c", value);
        case "--minutes" -> limit = Duration.ofMinutes(Long.parseLong(value));
        default -> throw new IllegalArgumentException("no option " + args[i]);
      }
    }
  }

  private void run() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        Judge judge = judge(database, connection)) {
      if (warmUp.transactions() > 0) {
        part("warm-up", database, connection, judge, warmUp.with("--marker", "1"));
      }
      part("small", database, connection, judge, small.with("--marker", "2"));
      part("large", database, connection, judge, large.with("--marker", "3"));
    }
  }

  private Judge judge(TestDatabase database, Connection connection) throws Exception {
    return capture.equals("command-line")
        ? new CommandLineJudge(database, connection, captureBy, captureJvm, captureOptions, limit)
        : new EmbeddedJudge(database.path(), connection, Captures.named(capture), limit);
  }

  private void part(
      String name, TestDatabase database, Connection connection, Judge judge, WriterOptions options)
      throws Exception {
    long changes = judge.changes();
    long transactions = judge.transactions();
    long gaps = judge.gaps();
    long start = System.nanoTime();
    double rate;
    try (WriterProcess writer = WriterProcess.start(database.path(), options, writerBy)) {
      rate = writer.await(limit);
    }
    double written = (System.nanoTime() - start) / 1e9;
    judge.awaitMarker(options.marker(), limit);
    double emitted = (System.nanoTime() - start) / 1e9;
    judge.compareWith(connection);
    System.out.printf(
        Locale.ROOT,
        "%s: %d transactions of %d rows at %.0f/s in %.1f s; emitted as %d transactions, %d changes,"
            + " judged %.1f s later; %d gaps; the replica is equal%n",
        name,
        options.transactions(),
        options.rows(),
        rate,
        written,
        judge.transactions() - transactions,
        judge.changes() - changes,
        emitted - written,
        judge.gaps() - gaps);
  }
}
