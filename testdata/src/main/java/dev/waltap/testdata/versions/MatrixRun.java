// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import dev.waltap.testdata.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Databases written by one build, one after the other, until enough transactions are written or one
 * of them differs. Used from one thread.
 */
public final class MatrixRun {
  private static final int PER_DATABASE = 960;

  private final SqliteBuild build;
  private final Totals totals = new Totals();
  private String version = "did not load";

  /** A run of a build. */
  public MatrixRun(SqliteBuild build) {
    this.build = build;
  }

  /**
   * What a run came to.
   *
   * @param transactions those captured without a difference
   * @param bareFrames committed frames without salts and checksums that were seen
   * @param ok whether there was no difference
   * @param line all of it, for people
   */
  public record Result(long transactions, long bareFrames, boolean ok, String line) {}

  /**
   * Runs to the end.
   *
   * @param seed of the first database, the next have the next numbers
   * @param transactions how many to write
   */
  public Result run(long seed, long transactions) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Path directory = Files.createTempDirectory("waltap-versions");
    String outcome = "ok";
    Map<String, Integer> refused = Map.of();
    long next = seed;
    try (Writers writers = new Writers(build, directory)) {
      version = writers.get(0).version();
      try {
        for (; totals.transactions < transactions; next++) {
          database(directory.resolve(next + ".db"), next, writers);
        }
      } finally {
        refused = writers.refused();
      }
    } catch (Exception | AssertionError e) {
      outcome = "FAILED, seed " + next + ": " + e.getMessage();
    } finally {
      Directories.delete(directory);
    }
    String line = line(outcome, refused, (System.nanoTime() - start) / 1e9);
    return new Result(totals.transactions, totals.bareFrames, outcome.equals("ok"), line);
  }

  private void database(Path path, long seed, Writers writers) throws Exception {
    try (MatrixDatabase database = new MatrixDatabase(path, seed, writers, totals)) {
      try {
        database.run(PER_DATABASE);
      } catch (Exception | AssertionError e) {
        boolean sound = database.isSound();
        String state = sound ? "the database is sound" : "SQLITE finds the database damaged";
        throw new AssertionError(state + ", " + database.layout() + ": " + e.getMessage(), e);
      }
      totals.databases++;
    }
  }

  private String line(String outcome, Map<String, Integer> refused, double seconds) {
    String source = version.length() > 40 ? version.substring(0, 40) : version;
    return String.format(
        Locale.ROOT,
        "%-14s %-40s transactions=%d changes=%d bare=%d gaps=%d kills=%d recoveries=%d damaged=%d"
            + " refused=%d %.0fs %s",
        build.name(),
        source,
        totals.transactions,
        totals.changes,
        totals.bareFrames,
        totals.gaps,
        totals.kills,
        totals.recoveries,
        totals.damaged,
        refused.values().stream().mapToInt(Integer::intValue).sum(),
        seconds,
        outcome);
  }
}
