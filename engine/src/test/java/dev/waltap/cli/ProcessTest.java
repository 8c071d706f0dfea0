// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own shows: signals, closed pipes, exit codes, the C locale. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class ProcessTest {

  @TempDir private Path directory = Path.of("");

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process start(String command, @Nullable Path output, String... more) throws IOException {
    Path database = directory.resolve("app.db");
    if (!Files.exists(database)) {
      Files.createFile(database);
    }
    List<String> line =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                ProcessMain.class.getName(),
                command,
                database.toString()));
    line.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("LC_ALL", "C");
    if (output != null) {
      builder.redirectOutput(output.toFile());
    }
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /** A pipe takes 65536 bytes on Linux. */
  private static final int ALMOST_A_PIPE = 56_000;

  private static BufferedReader errors(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
  }

  private static void awaitFullPipe(Process process) throws IOException {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (process.getInputStream().available() < ALMOST_A_PIPE && System.nanoTime() < limit) {
      Thread.onSpinWait();
    }
  }

  private static void signal(Process process, String name) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor())
        .isZero();
  }

  /** A signal that this process ignores, as under nohup, its children ignore as well. */
  private static void assumeHandled(int signal) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      String ignored =
          Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("SigIgn:"))
              .findFirst()
              .orElseThrow();
      long mask = Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).strip(), 16);
      assumeTrue((mask >> (signal - 1) & 1) == 0, "signal " + signal + " is ignored here");
    }
  }

  private int exitAfter(String signal, String command) throws Exception {
    Path output = directory.resolve("out-" + signal + command);
    Process process = start(command, output);
    BufferedReader errors = errors(process);
    assertThat(errors.readLine()).startsWith("waltap: ready");
    signal(process, signal);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(errors.readLine()).isNull();
    assertThat(Files.readString(output)).contains("\"name\":\"Ä\"").endsWith("}}\n");
    return process.exitValue();
  }

  @Test
  void signalsEndCapturesInOrder() throws Exception {
    assumeHandled(2);
    assertThat(exitAfter("TERM", "cdc")).isZero();
    assertThat(exitAfter("INT", "bootstrap-and-cdc")).isZero();
    assertThat(exitAfter("INT", "bootstrap")).isEqualTo(130);
    assertThat(exitAfter("TERM", "bootstrap")).isEqualTo(143);
  }

  private static void awaitContent(Path file) throws IOException {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!Files.exists(file) || Files.size(file) == 0) {
      assertThat(System.nanoTime()).isLessThan(limit);
      Thread.onSpinWait();
    }
  }

  @Test
  void hangupReopensAnOutputFileAndEndsOtherCaptures() throws Exception {
    assumeHandled(1);
    Path output = directory.resolve("out.jsonl");
    Path rotated = directory.resolve("out.jsonl.1");
    Process process = start("cdc", null, "--output", output.toString());
    BufferedReader errors = errors(process);
    assertThat(errors.readLine()).startsWith("waltap: ready");
    awaitContent(output);
    Files.move(output, rotated);
    signal(process, "HUP");
    String line = errors.readLine();
    // A batch may be the first to notice.
    while (line != null && !line.equals("waltap: output reopened")) {
      assertThat(line).contains("was renamed");
      line = errors.readLine();
    }
    awaitContent(output);
    signal(process, "TERM");
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(Files.readString(rotated)).endsWith("}}\n");
    assertThat(Files.readString(output)).startsWith("{\"table\":").endsWith("}}\n");
    assertThat(exitAfter("HUP", "cdc")).isZero();
    assertThat(exitAfter("HUP", "bootstrap")).isEqualTo(129);
  }

  @Test
  void aSecondSignalEndsAProcessThatIsStuck() throws Exception {
    // Nobody reads the output: the current batch never ends.
    Process process = start("cdc", null);
    assertThat(errors(process).readLine()).startsWith("waltap: ready");
    awaitFullPipe(process);
    signal(process, "TERM");
    assertThat(process.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
    signal(process, "TERM");
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
  }

  @Test
  void oneSignalEndsAProcessWhoseOutputTakesNothing() throws Exception {
    Process process = start("cdc", null);
    BufferedReader errors = errors(process);
    assertThat(errors.readLine()).startsWith("waltap: ready");
    awaitFullPipe(process);
    signal(process, "TERM");
    assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(errors.readLine())
        .isEqualTo(
            "waltap: warning: standard output took nothing before the end;"
                + " the batch stays undelivered");
    assertThat(errors.readLine()).isNull();
  }

  private Path makeNamedPipe() throws Exception {
    Path fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    return fifo;
  }

  @Test
  void oneSignalEndsAProcessWhoseNamedPipeTakesNothing() throws Exception {
    Path fifo = makeNamedPipe();
    // Opened for both, so that nobody waits for the other; nobody reads.
    try (java.io.RandomAccessFile reader = new java.io.RandomAccessFile(fifo.toFile(), "rw")) {
      assertThat(reader.getFD().valid()).isTrue();
      Process process = start("cdc", null, "--output", fifo.toString());
      BufferedReader errors = errors(process);
      assertThat(errors.readLine()).startsWith("waltap: ready");
      signal(process, "TERM");
      assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    }
  }

  @Test
  void oneSignalEndsAProcessWhoseNamedPipeNobodyOpens() throws Exception {
    Path fifo = makeNamedPipe();
    Process process = start("cdc", null, "--output", fifo.toString());
    BufferedReader errors = errors(process);
    assertThat(errors.readLine()).startsWith("waltap: ready");
    signal(process, "TERM");
    assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void aReaderThatOpensANamedPipeLaterGetsAllOfIt() throws Exception {
    Path fifo = makeNamedPipe();
    Process process = start("cdc", null, "--output", fifo.toString());
    assertThat(errors(process).readLine()).startsWith("waltap: ready");
    try (BufferedReader events = Files.newBufferedReader(fifo)) {
      assertThat(events.readLine()).startsWith("{\"table\":");
    }
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(141);
  }

  @Test
  void aClosedPipeEndsTheProcessWithoutAWord() throws Exception {
    Process process = start("cdc", null, "--verbose");
    try (InputStream out = process.getInputStream()) {
      assertThat(out.readNBytes(1000)).hasSize(1000);
    }
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(141);
    BufferedReader errors = errors(process);
    assertThat(errors.readLine()).startsWith("waltap: ready");
    assertThat(errors.readLine()).isNull();
  }

  @Test
  void argumentsAreUtf8WhateverTheLocale() throws Exception {
    Process process = start("cdc", null, "--exclude-column", "Größe€");
    // Given as bytes by this JVM's own locale, which a test can't choose.
    assertThat(errors(process).readLine()).startsWith("waltap: the column 'Gr");
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
  }

  @Test
  void pathsOutsideAsciiAreReadableInTheCLocale() throws Exception {
    // The shell makes the bytes, since this JVM's own locale may not.
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh",
            "-c",
            "n=$(printf 'n\\303\\266'); mkdir $n; : >$n/$n.db;"
                + " exec \"$0\" -cp \"$1\" \"$2\" status $n/$n.db",
            ProcessHandle.current().info().command().orElse("java"),
            System.getProperty("java.class.path"),
            ProcessMain.class.getName());
    builder.environment().put("LC_ALL", "C");
    builder.directory(directory.toFile());
    Process process = builder.start();
    processes.add(process);
    assertThat(errors(process).readLine())
        .startsWith("waltap: there is no state in /")
        .contains("/nö/nö.db-waltap: ", "run 'waltap setup /", "/nö/nö.db'");
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
  }
}
