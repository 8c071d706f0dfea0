// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Value.BlobStyle;
import dev.waltap.testdata.oracle.JsonLineOracle;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.workload.WriterOptions;
import dev.waltap.testdata.workload.WriterProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The command line at {@code -Xmx128m} whose reader takes a few changes a second while much more is
 * written, and then all it can get: what it needs meanwhile, and whether the replica is equal then.
 * Linux only. On its caller's thread, but for the samples.
 */
final class SlowSoak implements Soak {
  private static final long WAL_LIMIT = 64L << 20;
  private static final Pattern COLLECTION = Pattern.compile("(\\d+)M->(\\d+)M\\(");

  private final SoakOptions options;
  private volatile boolean sampling = true;
  private volatile long largestTemporary;
  private volatile long largestState;

  SlowSoak(SoakOptions options) {
    this.options = options;
  }

  @Override
  public boolean run() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        JsonLineOracle oracle = new JsonLineOracle(OracleOptions.DEFAULT, BlobStyle.HEX)) {
      Markers.create(connection);
      oracle.oracle().baseline(connection);
      Path errors = database.directory().resolve("errors.txt");
      Path collections = database.directory().resolve("gc.txt");
      Process capture = start(database.path(), errors, collections);
      Thread samples = new Thread(() -> sample(capture, state(database.path())), "samples");
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(capture.getInputStream(), StandardCharsets.UTF_8), 1024)) {
        awaitReady(capture, errors);
        samples.start();
        long taken = takeSlowly(database, oracle, lines);
        long atOnce = System.nanoTime();
        Markers.write(connection, 1);
        while (oracle.marker() < 1) {
          String line = lines.readLine();
          if (line == null) {
            throw new IOException("the capture ended: " + Files.readString(errors));
          }
          oracle.line(line);
        }
        oracle.compareWith(connection);
        report(database.path(), errors, collections, taken, (System.nanoTime() - atOnce) / 1e9);
        long wal = Path.of(database.path() + "-wal").toFile().length();
        return wal <= WAL_LIMIT + WAL_LIMIT / 4;
      } finally {
        sampling = false;
        capture.destroyForcibly().waitFor();
        samples.join();
      }
    }
  }

  private static Path state(Path database) {
    return Path.of(database + "-waltap");
  }

  private static Process start(Path database, Path errors, Path collections) throws IOException {
    List<String> line =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-Xlog:gc:file=" + collections,
            "-cp",
            System.getProperty("java.class.path"),
            "dev.waltap.cli.Main",
            "cdc",
            database.toString(),
            "--state",
            state(database).toString(),
            "--wal-limit",
            Long.toString(WAL_LIMIT));
    return new ProcessBuilder(line).redirectError(errors.toFile()).start();
  }

  private static void awaitReady(Process capture, Path errors)
      throws IOException, InterruptedException {
    while (!Files.readString(errors).contains("waltap: ready")) {
      if (!capture.isAlive()) {
        throw new IOException("the capture ended: " + Files.readString(errors));
      }
      Thread.sleep(5);
    }
  }

  /** Takes changes at the rate that was asked for, as long as the writer writes. */
  private long takeSlowly(TestDatabase database, JsonLineOracle oracle, BufferedReader lines)
      throws IOException, InterruptedException {
    WriterOptions load =
        WriterOptions.DEFAULT
            .with("--mix", "INSERT")
            .with("--transactions", Long.toString(Long.MAX_VALUE / 2))
            .with("--rate", Double.toString(options.rate() > 0 ? options.rate() : 10_000))
            .with("--seconds", Double.toString(options.seconds()));
    long taken = 0;
    try (WriterProcess writer = WriterProcess.start(database.path(), load)) {
      long begun = System.nanoTime();
      while (writer.isAlive()) {
        long due = begun + (long) (taken * 1e9 / options.take());
        long left = due - System.nanoTime();
        if (left > 0) {
          LockSupport.parkNanos(Math.min(left, 20_000_000));
        } else if (lines.ready()) {
          oracle.line(lines.readLine());
          taken++;
        } else {
          LockSupport.parkNanos(1_000_000);
        }
      }
      double rate = writer.await(Duration.ofSeconds(60));
      System.out.printf(
          Locale.ROOT,
          "slow: %.0f commits/s written for %.0f s, %d changes taken meanwhile%n",
          rate,
          options.seconds(),
          taken);
    }
    return taken;
  }

  private void sample(Process capture, Path state) {
    Path descriptors = Path.of("/proc/" + capture.pid() + "/fd");
    while (sampling && capture.isAlive()) {
      long temporary = 0;
      try (Stream<Path> open = Files.list(descriptors)) {
        for (Path file : open.toList()) {
          temporary += temporarySize(file);
        }
      } catch (IOException | UncheckedIOException e) {
        temporary = 0; // It has just ended.
      }
      largestTemporary = Math.max(largestTemporary, temporary);
      long saved =
          state.resolve("state.db").toFile().length()
              + state.resolve("state.db-wal").toFile().length();
      largestState = Math.max(largestState, saved);
      LockSupport.parkNanos(50_000_000);
    }
  }

  /** The temporary files have no names any more, but their descriptors lead to them. */
  private static long temporarySize(Path descriptor) {
    try {
      boolean ours = Files.readSymbolicLink(descriptor).toString().contains("waltap-pages");
      return ours ? Files.size(descriptor) : 0;
    } catch (IOException e) {
      return 0; // Closed meanwhile.
    }
  }

  private void report(Path database, Path errors, Path collections, long taken, double seconds)
      throws IOException {
    long before = 0;
    long after = 0;
    for (String line : Files.readAllLines(collections)) {
      Matcher matcher = COLLECTION.matcher(line);
      if (matcher.find()) {
        before = Math.max(before, Long.parseLong(matcher.group(1)));
        after = Math.max(after, Long.parseLong(matcher.group(2)));
      }
    }
    System.out.printf(
        Locale.ROOT,
        "slow: equal %.1f s after the writer's end; heap of 128 MiB: at most %d MiB, %d MiB after a"
            + " collection; temporary files at most %.1f MiB, state %.1f MiB; WAL at most %.1f MiB"
            + " with a limit of %d MiB; %d changes taken%n",
        seconds,
        before,
        after,
        largestTemporary / 1048576.0,
        largestState / 1048576.0,
        Path.of(database + "-wal").toFile().length() / 1048576.0,
        WAL_LIMIT >> 20,
        taken);
    for (String line : Files.readAllLines(errors)) {
      System.out.println("slow: it said: " + line);
    }
  }
}
