// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A {@link dev.waltap.testdata.WriterMain} in a JVM of its own, with the class path of this one.
 * Used from one thread; closing it ends the process if it still runs.
 */
public final class WriterProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private WriterProcess(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts one and returns when its tables are there. */
  public static WriterProcess start(Path database, WriterOptions options) throws IOException {
    return start(database, options, List.of());
  }

  /** Starts one by this command, such as {@code taskset -c 0} or {@code env NAME=VALUE}. */
  public static WriterProcess start(Path database, WriterOptions options, List<String> by)
      throws IOException {
    List<String> command = new ArrayList<>(by);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.waltap.testdata.WriterMain");
    command.add(database.toString());
    command.addAll(options.arguments());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    WriterProcess writer = new WriterProcess(process);
    String line = writer.output.readLine();
    if (!"started".equals(line)) {
      writer.close();
      throw new IOException("the writer said " + line + " instead of started");
    }
    return writer;
  }

  /** Waits for its end; gives its transactions per second. */
  public double await(Duration limit) throws IOException, InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the writer goes on after " + limit);
    }
    if (process.exitValue() != 0) {
      throw new AssertionError("the writer ended with " + process.exitValue());
    }
    String last = "";
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      last = line;
    }
    return Double.parseDouble(last.substring(last.indexOf("rate=") + 5));
  }

  /** Kills it at once, wherever it stands, and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
