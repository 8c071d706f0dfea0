// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.oracle.OracleHarness.CaptureFactory;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * One fuzzed database from its creation to its end: commits random transactions under a capture,
 * and checks what it emits. All of it follows from the case. A failure is shrunk before it is
 * thrown. Runs on its caller's thread, the capture on another.
 */
public final class Fuzzer {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration SHRINKING = Duration.ofSeconds(60);

  private final FuzzCase fuzzed;
  private final CaptureFactory factory;
  private long deadline = CheckedRun.never();
  private Duration shrinking = SHRINKING;

  /** Makes one for the case's own capture. */
  public Fuzzer(FuzzCase fuzzed) {
    this(fuzzed, fuzzed.factory());
  }

  /** Makes one for a capture that has no name. */
  public Fuzzer(FuzzCase fuzzed, CaptureFactory factory) {
    this.fuzzed = fuzzed;
    this.factory = factory;
  }

  /** Ends, at the next comparison, once {@link System#nanoTime} is past this. */
  public Fuzzer until(long nanoTime) {
    deadline = nanoTime;
    return this;
  }

  /** Says how long to look for less that fails in the same way: a minute by default. */
  public Fuzzer shrinkingFor(Duration most) {
    shrinking = most;
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
   * @throws AssertionError at the first difference, or if the capture or SQLite fails; its message
   *     has the seed, and as few statements as were found to fail in the same way
   */
  public Emitted run() throws InterruptedException {
    CheckedRun run = new CheckedRun(factory, fuzzed.captured(), LIMIT, deadline);
    try {
      return run(run);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | AssertionError e) {
      String shrunk = new Shrinker(fuzzed, factory, shrinking).shrink(e, run.steps());
      throw new AssertionError("seed " + fuzzed.seed() + ": " + e.getMessage() + shrunk, e);
    }
  }

  private Emitted run(CheckedRun run) throws Exception {
    Random random = new Random(fuzzed.seed());
    Setup setup = Setup.random(random, fuzzed.features());
    try (TestDatabase database = setup.create();
        Connection observer = database.open()) {
      Snapshot empty = new SnapshotReader(observer, table -> true).read();
      try (RandomSteps steps = new RandomSteps(fuzzed, random, setup, database, empty)) {
        boolean bootstrap = random.nextBoolean();
        try {
          return run.run(database.path(), observer, steps, bootstrap);
        } catch (AssertionError e) {
          throw new AssertionError(
              e.getMessage() + "\nthe last step was:\n  " + String.join("\n  ", steps.log()), e);
        }
      }
    }
  }

  /**
   * Does some of the case's statements again: of its failure, those that shrinking has left.
   *
   * @return the statements, with what became of them
   * @throws AssertionError at the first difference; its message has the statements, too
   */
  public List<String> replay(Selection selection) throws Exception {
    Script script = Script.of(fuzzed, selection.lastStep());
    CheckedRun run = new CheckedRun(factory, fuzzed.captured(), LIMIT, deadline);
    Replay.Outcome outcome = Replay.run(script, selection, run);
    if (outcome.failure() != null) {
      String done = "\n  " + String.join("\n  ", outcome.log());
      throw new AssertionError(outcome.failure().getMessage() + done, outcome.failure());
    }
    return outcome.log();
  }
}
