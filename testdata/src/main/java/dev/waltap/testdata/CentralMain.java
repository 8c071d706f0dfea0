package dev.waltap.testdata;

import dev.waltap.api.CaptureMetrics;
import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import dev.waltap.testdata.workload.WriterOptions;
import dev.waltap.testdata.workload.WriterProcess;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The central check: three tables, 200,000 transactions of one row and 200 of 10,000 rows, written
 * by another process as fast as it can, captured in this one. The replica must be equal after each
 * part; it says how often history was lost on the way.
 *
 * <p>Options: {@code --small N} and {@code --large N} transactions, {@code --rows N} of each large
 * one, {@code --capture waltap|sql}, {@code --minutes N} to wait at most for each part, {@code
 * --writer-on CPU} to keep the writer on one processor: with {@code taskset -c} of another one
 * before this command, each has its own.
 */
public final class CentralMain {
  private WriterOptions small = WriterOptions.SMALL_TRANSACTIONS;
  private WriterOptions large = WriterOptions.LARGE_TRANSACTIONS;
  private String capture = "waltap";
  private Duration limit = Duration.ofMinutes(10);
  private List<String> writerBy = List.of();

  private CentralMain() {}

  /** Runs it; exit code 1 and a stack trace say that replica and source differ. */
  public static void main(String[] args) throws Exception {
    CentralMain main = new CentralMain();
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
        case "--small" -> small = small.with("--transactions", value);
        case "--large" -> large = large.with("--transactions", value);
        case "--rows" -> large = large.with("--rows", value);
        case "--capture" -> capture = value;
        case "--writer-on" -> writerBy = List.of("taskset", "-c", value);
        case "--minutes" -> limit = Duration.ofMinutes(Long.parseLong(value));
        default -> throw new IllegalArgumentException("no option " + args[i]);
      }
    }
  }

  private void run() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        ReplicaOracle oracle = new ReplicaOracle(OracleOptions.DEFAULT)) {
      oracle.baseline(connection);
      try (OracleHarness harness =
          new OracleHarness(
              database.path(), oracle, Captures.named(capture), engine -> engine.cdc())) {
        harness.start().awaitReady(limit);
        part("small", database, connection, oracle, harness, small.with("--marker", "1"));
        part("large", database, connection, oracle, harness, large.with("--marker", "2"));
      }
    }
  }

  private void part(
      String name,
      TestDatabase database,
      Connection connection,
      ReplicaOracle oracle,
      OracleHarness harness,
      WriterOptions options)
      throws Exception {
    long changes = oracle.changes();
    long transactions = oracle.transactions();
    CaptureMetrics before = harness.capture().metrics();
    long start = System.nanoTime();
    double rate;
    try (WriterProcess writer = WriterProcess.start(database.path(), options, writerBy)) {
      rate = writer.await(limit);
    }
    double written = (System.nanoTime() - start) / 1e9;
    harness.awaitMarker(options.marker(), limit);
    double told = (System.nanoTime() - start) / 1e9;
    oracle.compareWith(connection);
    CaptureMetrics after = harness.capture().metrics();
    System.out.printf(
        Locale.ROOT,
        "%s: %d transactions of %d rows at %.0f/s in %.1f s; told as %d transactions, %d changes,"
            + " %.1f s later; %d gaps; the replica is equal%n",
        name,
        options.transactions(),
        options.rows(),
        rate,
        written,
        oracle.transactions() - transactions,
        oracle.changes() - changes,
        told - written,
        after.laps() - before.laps());
  }
}
