// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Value.BlobStyle;
import dev.waltap.testdata.oracle.JsonLineOracle;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.OracleOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One database whose capture is killed again and again, at random moments: while it starts, makes
 * its baseline, emits the first rows, emits what was missed, or just works; and what may happen to
 * a database happens between. At the end what was emitted must make up the source, and what was
 * emitted twice must have been the same. Runs on its caller's thread.
 */
public final class KillRun {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String[] LAGS = {"1ms", "40ms", "5s"};

  private final long seed;
  private final Random random;
  private final int kills;
  private long read;
  private int killed;

  /**
   * A run.
   *
   * @param seed all that is random follows from it, but for when exactly the kills come
   * @param kills how often the capture is killed
   */
  public KillRun(long seed, int kills) {
    this.seed = seed;
    this.random = new Random(seed);
    this.kills = kills;
  }

  /** What a run came to. */
  public record Result(int kills, long changes) {}

  /**
   * Runs to the end.
   *
   * @throws AssertionError if anything was emitted that is not so, or was not emitted; names the
   *     seed
   */
  public Result run() throws Exception {
    int pageSize = 1024 << random.nextInt(3);
    String vacuum = "PRAGMA auto_vacuum = " + (random.nextInt(3) == 0 ? 1 : 0);
    try (TestDatabase database = TestDatabase.create(pageSize, "UTF-8", vacuum);
        OutageWriter writer = new OutageWriter(database.path(), random);
        JsonLineOracle oracle =
            new JsonLineOracle(OracleOptions.DEFAULT.withHistory(), BlobStyle.HEX)) {
      try {
        Markers.create(writer.connection());
        writer.createTables();
        run(database.path(), writer, oracle);
        return new Result(killed, oracle.oracle().changes());
      } catch (AssertionError | Exception e) {
        Path kept = Files.createTempDirectory("waltap-kill-" + seed + "-");
        writer.closeAll();
        copy(database.directory(), kept);
        throw new AssertionError(
            "seed " + seed + ": " + e.getMessage() + "\n  " + kept + ": " + writer.log(), e);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private void run(Path database, OutageWriter writer, JsonLineOracle oracle) throws Exception {
    boolean bootstrap = random.nextBoolean();
    writer.note(bootstrap ? "bootstrap-and-cdc" : "setup and cdc");
    if (!bootstrap) {
      setUp(database, writer);
      oracle.oracle().baseline(writer.connection());
    }
    boolean ddl = !bootstrap;
    while (killed < kills) {
      cycle(database, writer, bootstrap, ddl);
      takeLines(database, oracle);
      int events = random.nextInt(4);
      for (int i = 0; i < events; i++) {
        writer.outage(ddl);
      }
      // Before the first rows were emitted whole, a table that goes was never there for the
      // consumer.
      ddl |= oracle.marker() > 0;
      Markers.write(writer.connection(), killed);
    }
    Markers.write(writer.connection(), kills + 1);
    writer.note("to the end");
    int exit = finish(database, writer, bootstrap);
    if (exit != 0) {
      throw new AssertionError("the last run ended with " + exit + ": " + errors(database));
    }
    takeLines(database, oracle);
    if (oracle.marker() != kills + 1) {
      throw new AssertionError(
          "the last marker emitted was " + oracle.marker() + ", not " + (kills + 1));
    }
    oracle.compareWith(writer.connection());
  }

  /** Sets up, which is killed sometimes, until it is done; nothing is written meanwhile. */
  private void setUp(Path database, OutageWriter writer) throws Exception {
    while (true) {
      try (CaptureProcess setup = start(database, List.of("setup", database.toString()))) {
        boolean kill = random.nextInt(3) == 0;
        Thread.sleep(kill ? random.nextInt(900) : 0);
        if (kill && setup.isAlive()) {
          writer.note("kill setup");
          killed++;
          setup.kill();
        } else if (setup.await(LIMIT) == 0) {
          return;
        } else {
          throw new AssertionError("setup: " + setup.errors());
        }
      }
    }
  }

  /** Starts a capture, writes, and kills it. */
  private void cycle(Path database, OutageWriter writer, boolean bootstrap, boolean ddl)
      throws Exception {
    List<String> arguments = arguments(database, bootstrap);
    boolean once = random.nextInt(6) == 0;
    if (once) {
      arguments.add("--once");
    }
    boolean early = random.nextBoolean();
    try (CaptureProcess capture = start(database, arguments)) {
      if (!early) {
        capture.awaitReady(LIMIT);
      }
      long after =
          early ? random.nextInt(1500) : random.nextInt(random.nextInt(5) == 0 ? 2000 : 300);
      long end = System.nanoTime() + after * 1_000_000;
      int transactions = 0;
      boolean writing = random.nextInt(5) > 0;
      while (System.nanoTime() - end < 0) {
        if (writing) {
          writer.transaction(ddl);
          transactions++;
          writer.upkeep();
          Thread.sleep(random.nextInt(3));
        } else {
          Thread.sleep(5);
        }
      }
      if (!capture.isAlive() && !once) {
        throw new AssertionError("the capture ended by itself: " + capture.errors());
      }
      if (!capture.isAlive() && capture.await(LIMIT) != 0) {
        throw new AssertionError("the capture failed: " + capture.errors());
      }
      writer.note("kill after " + transactions + (once ? " (once)" : ""));
      capture.kill();
      killed++;
    }
  }

  private int finish(Path database, OutageWriter writer, boolean bootstrap) throws Exception {
    List<String> arguments = arguments(database, bootstrap);
    arguments.add("--once");
    try (CaptureProcess capture = start(database, arguments)) {
      int exit = capture.await(LIMIT);
      if (exit != 0) {
        writer.note(capture.errors());
      }
      return exit;
    }
  }

  private List<String> arguments(Path database, boolean bootstrap) {
    List<String> arguments = new ArrayList<>();
    arguments.add(bootstrap ? "bootstrap-and-cdc" : "cdc");
    arguments.addAll(List.of(database.toString(), "--state", database + "-waltap", "--verbose"));
    arguments.addAll(List.of("--output", output(database).toString()));
    arguments.addAll(List.of("--batch-size", "" + (1 + random.nextInt(300))));
    arguments.addAll(List.of("--state-lag", LAGS[random.nextInt(LAGS.length)]));
    return arguments;
  }

  private static CaptureProcess start(Path database, List<String> arguments) throws IOException {
    return CaptureProcess.start(errorFile(database), "128m", arguments);
  }

  private static Path output(Path database) {
    return database.resolveSibling("changes.jsonl");
  }

  private static Path errorFile(Path database) {
    return database.resolveSibling("errors.txt");
  }

  private static String errors(Path database) throws IOException {
    return Files.readString(errorFile(database));
  }

  /** Gives the oracle what was emitted since the last time; a torn last line will be cut. */
  private void takeLines(Path database, JsonLineOracle oracle) throws IOException, SQLException {
    Path output = output(database);
    if (!Files.exists(output)) {
      return;
    }
    byte[] all = Files.readAllBytes(output);
    int end = all.length;
    while (end > read && all[end - 1] != '\n') {
      end--;
    }
    if (oracle.oracle().position() != null) {
      oracle.oracle().expectRedelivery();
    }
    String text = new String(Arrays.copyOfRange(all, (int) read, end), StandardCharsets.UTF_8);
    text.lines().forEach(oracle::line);
    read = end;
  }
}
