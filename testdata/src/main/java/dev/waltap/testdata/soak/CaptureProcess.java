// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A {@link CaptureMain} in a JVM of its own. Used from one thread; closing it kills it. */
final class CaptureProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private CaptureProcess(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts one and returns when it is ready. */
  static CaptureProcess start(Path database, String guard) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            CaptureMain.class.getName(),
            database.toString(),
            guard);
    CaptureProcess capture =
        new CaptureProcess(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    String line = capture.output.readLine();
    if (!"ready".equals(line)) {
      capture.close();
      throw new IOException("the capture said " + line + " instead of ready");
    }
    return capture;
  }

  /** Waits until it has emitted this marker; gives its figures. */
  CaptureFigures check(long marker) throws IOException {
    process.getOutputStream().write(("check " + marker + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    return new CaptureFigures(String.valueOf(output.readLine()));
  }

  /** Stops it in its tracks. */
  void stop() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** Lets it go on. */
  void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Kills it at once and waits until it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** CPU time it has used, in nanoseconds, as the scheduler counts it. */
  long cpuNanos() throws IOException {
    long sum = 0;
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
      for (Path task : tasks.toList()) {
        sum += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0]);
      }
    }
    return sum;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
