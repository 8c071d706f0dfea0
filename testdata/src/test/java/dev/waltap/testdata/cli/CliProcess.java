// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.page.ExpensiveChecks;
import dev.waltap.testdata.oracle.JsonLineOracle;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The command line in a process of its own, as users run it: the real jar where it was packaged,
 * else the class path. What it prints goes to files. For one thread, which closes it.
 */
public final class CliProcess implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Path JAR = Path.of("..", "engine", "target", "waltap.jar");

  private final Process process;
  private final Path out;
  private final Path err;
  private long consumed;

  private CliProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** The command line up to the arguments of {@code waltap}. */
  static List<String> command() {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-Xmx256m", "-ea", "-D" + ExpensiveChecks.PROPERTY + "=true"));
    String classPath = System.getProperty("java.class.path");
    // Compiled only, in the test phase: a jar lying about would be an older one.
    if (classPath.contains(Path.of("engine", "target", "classes").toString())
        || !Files.exists(JAR)) {
      line.addAll(List.of("-cp", classPath, "dev.waltap.cli.Main"));
    } else {
      line.addAll(List.of("-jar", JAR.toAbsolutePath().normalize().toString()));
    }
    return line;
  }

  /** Its number. */
  long pid() {
    return process.pid();
  }

  /** Starts {@code waltap} with these arguments. */
  public static CliProcess start(Object... arguments) throws IOException {
    List<String> line = command();
    for (Object argument : arguments) {
      line.add(argument.toString());
    }
    return startLine(line);
  }

  static CliProcess startLine(List<String> line) throws IOException {
    Path out = Files.createTempFile("waltap-out", ".jsonl");
    Path err = Files.createTempFile("waltap-err", ".txt");
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("LC_ALL", "C");
    return new CliProcess(builder.start(), out, err);
  }

  /** Waits for the ready line. */
  public CliProcess awaitReady() throws Exception {
    return awaitError("waltap: ready");
  }

  /** Waits until standard error holds a text. */
  public CliProcess awaitError(String text) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!errors().contains(text)) {
      assertThat(process.isAlive()).as("alive; it said: " + errors()).isTrue();
      assertThat(System.nanoTime()).as("in time; it said: " + errors()).isLessThan(end);
      Thread.sleep(20);
    }
    return this;
  }

  /** Waits until standard output holds so many lines. */
  public List<String> awaitLines(int count) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      List<String> lines = Files.readString(out).lines().toList();
      if (lines.size() >= count) {
        return lines;
      }
      assertThat(process.isAlive()).as("alive; it said: " + errors()).isTrue();
      assertThat(System.nanoTime()).as("in time, with " + lines).isLessThan(end);
      Thread.sleep(20);
    }
  }

  /** Hands the oracle every line as it comes, until it has seen the marker. */
  void judge(JsonLineOracle oracle, long marker) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (oracle.marker() < marker) {
      assertThat(System.nanoTime()).as("in time; it said: " + errors()).isLessThan(end);
      List<String> lines = newLines();
      oracle.lines(lines);
      if (lines.isEmpty()) {
        assertThat(process.isAlive()).as("alive; it said: " + errors()).isTrue();
        Thread.sleep(20);
      }
    }
  }

  /** The whole lines that were printed since the last call. */
  List<String> newLines() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(out.toFile(), "r")) {
      int available = (int) Math.min(file.length() - consumed, 4 << 20);
      byte[] bytes = new byte[available];
      file.seek(consumed);
      file.readFully(bytes);
      int whole = available;
      while (whole > 0 && bytes[whole - 1] != '\n') {
        whole--;
      }
      consumed += whole;
      return new String(bytes, 0, whole, UTF_8).lines().toList();
    }
  }

  void signal(String name) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor())
        .isZero();
  }

  /** Sends SIGTERM and gives the exit code. */
  public int stop() throws Exception {
    signal("TERM");
    return exit();
  }

  /** Waits for its end and gives the exit code. */
  public int exit() throws InterruptedException {
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("it ends").isTrue();
    return process.exitValue();
  }

  /** The lines on standard output so far. */
  public List<String> lines() throws IOException {
    return Files.readString(out).lines().toList();
  }

  /** Standard error so far. */
  public String errors() throws IOException {
    return Files.readString(err);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(out);
    Files.deleteIfExists(err);
  }
}
