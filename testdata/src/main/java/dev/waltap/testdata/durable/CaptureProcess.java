// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import dev.waltap.page.ExpensiveChecks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The command line in a JVM of its own, with the class path of this one; what it says on standard
 * error goes to a file. Used from one thread; closing it kills the process if it still runs.
 */
public final class CaptureProcess implements AutoCloseable {
  private final Process process;
  private final Path errors;

  private CaptureProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  /**
   * Starts one.
   *
   * @param errors where its standard error goes, created empty
   * @param memory the heap, as the JVM has it: {@code 128m}
   * @param arguments of the command line
   */
  public static CaptureProcess start(Path errors, String memory, List<String> arguments)
      throws IOException {
    return start(errors, memory, List.of(), arguments);
  }

  /** Starts one by another command, which gets Java's command line as its arguments. */
  public static CaptureProcess start(
      Path errors, String memory, List<String> prefix, List<String> arguments) throws IOException {
    List<String> jvm = List.of("-Xmx" + memory, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    return start(errors, prefix, jvm, arguments);
  }

  /** Starts one by another command, with these options for the JVM and its defaults for others. */
  public static CaptureProcess start(
      Path errors, List<String> prefix, List<String> jvm, List<String> arguments)
      throws IOException {
    List<String> line = new ArrayList<>(prefix);
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(jvm);
    line.addAll(List.of("-ea", "-D" + ExpensiveChecks.PROPERTY + "=true"));
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.waltap.cli.Main"));
    line.addAll(arguments);
    Process process =
        new ProcessBuilder(line)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(errors.toFile())
            .start();
    return new CaptureProcess(process, errors);
  }

  /** What it said on standard error so far. */
  public String errors() throws IOException {
    return Files.exists(errors) ? Files.readString(errors) : "";
  }

  /** Whether it has said that every later commit will be emitted. */
  public boolean isReady() throws IOException {
    return errors().contains("waltap: ready");
  }

  /** Waits until it is ready, or has ended. */
  public void awaitReady(Duration limit) throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!isReady() && process.isAlive()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not ready after " + limit + ": " + errors());
      }
      Thread.sleep(2);
    }
  }

  /** Kills it where it stands, and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Sends SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** Waits for its end; gives its exit code. */
  public int await(Duration limit) throws InterruptedException, IOException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the capture goes on after " + limit + ": " + errors());
    }
    return process.exitValue();
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
