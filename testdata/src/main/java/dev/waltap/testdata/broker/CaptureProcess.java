// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.broker;

import dev.waltap.testdata.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A capture to a broker as users run it, in a process of its own. For one thread. */
public final class CaptureProcess implements AutoCloseable {
  /** More than twice what Kafka gives a transaction whose writer was killed before it ends it. */
  private static final long PATIENCE_SECONDS = 150;

  private final Process process;
  private final Path errors;

  private CaptureProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  /** Starts a command of the command line, with its output to Kafka at this address. */
  public static CaptureProcess start(Path directory, String address, String... arguments)
      throws IOException {
    return startTo("kafka://" + address, directory, arguments);
  }

  /** Starts a command of the command line, with this output. */
  public static CaptureProcess startTo(String output, Path directory, String... arguments)
      throws IOException {
    Path errors = Files.createTempFile(directory, "errors", ".txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-ea", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), "dev.waltap.cli.Main"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--output", output));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(errors.toFile())
            .start();
    return new CaptureProcess(process, errors);
  }

  /** What it said on standard error so far. */
  public String errors() throws IOException {
    return Files.readString(errors);
  }

  /** Waits until standard error has this. */
  public CaptureProcess await(String text) throws Exception {
    Await.until(
        Duration.ofSeconds(PATIENCE_SECONDS),
        () -> {
          boolean ended = !process.isAlive();
          boolean said = errors().contains(text);
          if (ended && !said) {
            throw new AssertionError("no '" + text + "' in: " + errors());
          }
          return said;
        },
        () -> "no '" + text + "' in: " + errors());
    return this;
  }

  /** Whether it goes on. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end; returns the exit code. */
  public int exit() throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("it goes on: " + errors());
    }
    return process.exitValue();
  }

  /** SIGTERM; returns the exit code. */
  public int stop() throws IOException, InterruptedException {
    process.destroy();
    return exit();
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
