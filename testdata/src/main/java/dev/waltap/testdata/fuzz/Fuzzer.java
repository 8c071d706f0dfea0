// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.api.Change;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.ExpectedChange;
import dev.waltap.testdata.model.Scratch;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotDiff;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.oracle.ExactChanges;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One fuzzed database from its creation to its end: commits random transactions, waits for each to
 * be emitted, and compares what was emitted with the difference of two snapshots taken by SQL, and
 * the replica with the source. All of it follows from the seed. Runs on its caller's thread, the
 * capture on another.
 */
public final class Fuzzer {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String[] ENCODINGS = {"UTF-8", "UTF-16le", "UTF-16be"};

  private final long seed;
  private final int transactions;
  private final int burst;
  private final Set<Feature> features;
  private final OracleHarness.CaptureFactory factory;
  private final Random random;
  private long deadline = Long.MAX_VALUE;
  private long markers;
  private Predicate<String> tables = table -> true;

  /**
   * Makes one.
   *
   * @param seed all that is random follows from it
   * @param transactions how many to commit
   * @param burst how many to commit before they are checked against the source; more than 1 means
   *     in their sum every other time, and one by one in between
   * @param features what may happen
   * @param factory opens the capture under test
   */
  public Fuzzer(
      long seed,
      int transactions,
      int burst,
      Set<Feature> features,
      OracleHarness.CaptureFactory factory) {
    this.seed = seed;
    this.transactions = transactions;
    this.burst = burst;
    this.features = features;
    this.factory = factory;
    this.random = new Random(seed);
  }

  /** Ends, at the next comparison, once {@link System#nanoTime} is past this. */
  public Fuzzer until(long nanoTime) {
    deadline = nanoTime;
    return this;
  }

  /** Says which tables the capture has in its filter, the marker among them. */
  public Fuzzer capturing(Predicate<String> filter) {
    tables = filter;
    return this;
  }

  /**
   * What was emitted without a difference.
   *
   * @param transactions those with changes, without the fuzzer's own markers
   * @param changes the changes of all of them
   */
  public record Emitted(long transactions, long changes) {}

  /**
   * Runs to the end.
   *
   * @throws AssertionError at the first difference; its message names the seed
   */
  public Emitted run() throws Exception {
    try (TestDatabase database = createDatabase();
        Connection observer = database.open()) {
      Snapshot empty = new SnapshotReader(observer, table -> true).read();
      int pageSize = (int) TestDatabase.number(observer, "PRAGMA page_size");
      Values values = new Values(random, features, empty.charset(), pageSize);
      try (FuzzWriter writer = new FuzzWriter(database.path(), random, features, values)) {
        Markers.create(writer.connection());
        writer.createTables(1 + random.nextInt(5), empty);
        return capture(database, observer, writer);
      }
    }
  }

  private TestDatabase createDatabase() throws SQLException, IOException, InterruptedException {
    int pageSize = features.contains(Feature.PAGE_SIZES) ? 512 << random.nextInt(8) : 4096;
    String encoding = features.contains(Feature.UTF16) ? ENCODINGS[random.nextInt(3)] : "UTF-8";
    int autoVacuum = features.contains(Feature.AUTO_VACUUM) ? random.nextInt(3) : 0;
    int reserved = random.nextInt(3) == 0 ? 8 + random.nextInt(24) : 0;
    TestDatabase database =
        TestDatabase.create(pageSize, encoding, "PRAGMA auto_vacuum = " + autoVacuum);
    if (features.contains(Feature.RESERVED_BYTES) && reserved > 0 && TestDatabase.hasShell()) {
      // VACUUM does not change the reserved bytes in WAL mode.
      String output =
          database.shell(
              "PRAGMA journal_mode = DELETE",
              ".filectrl reserve_bytes " + reserved,
              "VACUUM",
              "PRAGMA journal_mode = WAL");
      if (!output.contains("wal")) {
        throw new IOException("sqlite3 says " + output);
      }
    }
    return database;
  }

  private Emitted capture(TestDatabase database, Connection observer, FuzzWriter writer)
      throws Exception {
    SnapshotReader reader = new SnapshotReader(observer, tables);
    Snapshot current = reader.read();
    OracleOptions options = OracleOptions.DEFAULT.withCharset(current.charset()).withTables(tables);
    boolean bootstrap = random.nextBoolean();
    try (Scratch scratch = new Scratch(current.charset());
        ReplicaOracle oracle = new ReplicaOracle(options)) {
      if (!bootstrap) {
        oracle.baseline(current);
      }
      OracleHarness.Mode mode =
          capture -> {
            if (bootstrap) {
              capture.bootstrapAndCdc();
            } else {
              capture.cdc();
            }
          };
      try (OracleHarness harness =
          new OracleHarness(database.path(), oracle, factory, mode).start()) {
        harness.awaitReady(LIMIT);
        SnapshotReader others = new SnapshotReader(observer, tables.negate());
        compare(reader, others, writer, harness, oracle, scratch);
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed "
                + seed
                + ": "
                + e.getMessage()
                + "\nthe last transaction was:\n  "
                + String.join("\n  ", writer.log()),
            e);
      }
      return new Emitted(oracle.transactions() - markers, oracle.changes() - markers);
    }
  }

  private void compare(
      SnapshotReader reader,
      SnapshotReader others,
      FuzzWriter writer,
      OracleHarness harness,
      ReplicaOracle oracle,
      Scratch scratch)
      throws Exception {
    Snapshot current = reader.read();
    Markers.write(writer.connection(), 1);
    harness.awaitMarker(1, LIMIT);
    markers = 1;
    Snapshot outside = outside(others, current);
    for (int done = 0; done < transactions && !isLate(); ) {
      int count = random.nextBoolean() ? 1 : burst;
      // The changes of a burst may be many times what the database holds.
      harness.recording(count == 1);
      for (int i = 0; i < count; i++) {
        // Now and then something of the tables that are left out, which may enter by it.
        writer.step(random.nextInt(4) == 0 ? outside : current);
      }
      done += count;
      Markers.write(writer.connection(), ++markers);
      harness.awaitMarker(markers, LIMIT);
      Snapshot next = reader.read();
      if (count == 1) {
        exact(SnapshotDiff.between(current, next, scratch), harness.takeChanges(), next);
      }
      oracle.compareWith(next);
      current = next;
      outside = outside(others, current);
    }
  }

  private static Snapshot outside(SnapshotReader others, Snapshot inside) throws SQLException {
    Snapshot outside = others.read();
    return outside.tables().isEmpty() ? inside : outside;
  }

  private boolean isLate() {
    return deadline != Long.MAX_VALUE && System.nanoTime() - deadline > 0;
  }

  /** A capture that was overrun may emit the marker with the transaction: compare without. */
  private static void exact(List<ExpectedChange> expected, List<Change> emitted, Snapshot next) {
    ExactChanges.check(
        expected.stream().filter(change -> !change.table().equals(Markers.TABLE)).toList(),
        emitted.stream().filter(change -> !change.table().equals(Markers.TABLE)).toList(),
        next.charset());
  }
}
