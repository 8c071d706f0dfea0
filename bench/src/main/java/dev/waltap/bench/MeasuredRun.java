// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One run: a fresh copy of the database, the capture if any, then the application. */
final class MeasuredRun {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern GAPS = Pattern.compile("(\\d+) gaps");
  private static final Pattern MARKED = Pattern.compile("\"table\":\"" + Shop.MARKER + "\"");
  private static final int TAIL_BYTES = 64 << 10;

  private final ComparisonOptions options;
  private final Path directory;
  private final Path database;
  private final Path output;

  /** Runs in this directory, where the database to copy is. */
  MeasuredRun(ComparisonOptions options, Path directory) {
    this.options = options;
    this.directory = directory;
    this.database = directory.resolve("run.db");
    Path elsewhere = options.outputDirectory();
    this.output =
        elsewhere == null
            ? directory.resolve("run.jsonl")
            : elsewhere.resolve(directory.getFileName() + ".jsonl");
  }

  Result run(Scenario scenario, int round, Way way)
      throws IOException, SQLException, InterruptedException {
    clear();
    Files.copy(directory.resolve("shop.db"), database, StandardCopyOption.REPLACE_EXISTING);
    if (way == Way.TRIGGERS) {
      Shop.createTriggers(database);
    }
    if (way == Way.ALONE) {
      try (Child writer = writer(scenario, round)) {
        writer.await("warm", limit());
        return new Result(
            scenario, round, way, Application.of(writer.await("rate=", limit())), Captured.NOTHING);
      }
    }
    try (Child capture = capture(scenario, way)) {
      capture.await(way == Way.WALTAP ? "waltap: ready" : "drainer: ready", LIMIT);
      try (Child writer = writer(scenario, round)) {
        return captured(scenario, round, way, capture, writer);
      }
    } finally {
      clear();
    }
  }

  private Result captured(Scenario scenario, int round, Way way, Child capture, Child writer)
      throws IOException, InterruptedException {
    writer.await("warm", limit());
    Instant warm = Instant.now();
    long start = System.nanoTime();
    Duration before = capture.processorTime();
    long wakeUps = capture.wakeUps();
    String figures = writer.await("rate=", limit());
    long end = System.nanoTime();
    double nanos = end - start;
    double processors = capture.processorTime().minus(before).toNanos() / nanos;
    wakeUps = capture.wakeUps() - wakeUps;
    awaitMarker();
    double lag = (System.nanoTime() - end) / 1e6;
    capture.stop(LIMIT);
    Captured captured =
        new Captured(
            lines(),
            gaps(capture, way),
            lag,
            way == Way.WALTAP ? Lateness.of(output, warm) : Lateness.UNKNOWN,
            processors,
            wakeUps * 1e9 / nanos);
    return new Result(scenario, round, way, Application.of(figures), captured);
  }

  private Duration limit() {
    return LIMIT.plusMillis((long) ((options.warmUp() + options.seconds()) * 1000));
  }

  private Child writer(Scenario scenario, int round) throws IOException {
    return Child.start(
        scenario.cores(),
        WriterMain.class.getName(),
        List.of("-Xmx256m"),
        List.of(
            database.toString(),
            scenario.synchronous(),
            Double.toString(scenario.rate()),
            Double.toString(options.warmUp()),
            Double.toString(options.seconds()),
            Integer.toString(round)));
  }

  private Child capture(Scenario scenario, Way way) throws IOException {
    if (way == Way.TRIGGERS) {
      return Child.start(
          scenario.cores(),
          DrainerMain.class.getName(),
          List.of(),
          List.of(database.toString(), output.toString(), scenario.synchronous()));
    }
    List<String> arguments =
        new ArrayList<>(
            List.of("cdc", database.toString(), "--output", output.toString(), "--verbose"));
    arguments.addAll(options.waltapOptions());
    return Child.start(
        scenario.cores(), "dev.waltap.cli.Main", options.waltapJvmOptions(), arguments);
  }

  private void awaitMarker() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    byte[] tail = new byte[TAIL_BYTES];
    try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
      while (System.nanoTime() < deadline) {
        long from = Math.max(0, file.length() - TAIL_BYTES);
        file.seek(from);
        int length = Math.max(0, file.read(tail));
        String text = new String(tail, 0, length, StandardCharsets.ISO_8859_1);
        if (MARKED.matcher(text).find()) {
          return;
        }
        Thread.sleep(1);
      }
    }
    throw new IllegalStateException("the last change was not delivered within " + LIMIT);
  }

  private long lines() throws IOException {
    try (Stream<String> lines = Files.lines(output)) {
      return lines.count();
    }
  }

  /** Waltap says at its end how often it was overrun. */
  private static long gaps(Child capture, Way way) {
    if (way != Way.WALTAP) {
      return 0;
    }
    for (String line : capture.lines(text -> text.contains("gaps"))) {
      Matcher matcher = GAPS.matcher(line);
      if (matcher.find()) {
        return Long.parseLong(matcher.group(1));
      }
    }
    throw new IllegalStateException("Waltap said no summary, but: " + capture.lines(text -> true));
  }

  private void clear() throws IOException {
    for (String suffix : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(Path.of(database + suffix));
    }
    Files.deleteIfExists(output);
  }
}
