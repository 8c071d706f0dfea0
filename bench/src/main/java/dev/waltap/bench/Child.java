// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Another JVM with the class path of this one. A thread reads what it prints; any other may wait
 * for a line of it. Closing it ends it, whatever it does.
 */
final class Child implements AutoCloseable {
  private final String name;
  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;

  private Child(String name, Process process) {
    this.name = name;
    this.process = process;
    this.reader = new Thread(() -> read(process.getInputStream()), "output of " + name);
    reader.setDaemon(true);
  }

  /** Starts it on the first cores of the machine, so many; 0 for all. */
  static Child start(int cores, String main, List<String> jvmOptions, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (cores > 0) {
      command.addAll(List.of("taskset", "-c", "0-" + (cores - 1)));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Child child = new Child(main.substring(main.lastIndexOf('.') + 1), process);
    child.reader.start();
    return child;
  }

  private void read(InputStream stream) {
    try (BufferedReader input =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      // It ended.
    }
  }

  /** Waits for a line that begins like this. */
  String await(String prefix, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    synchronized (lines) {
      while (true) {
        for (String line : lines) {
          if (line.startsWith(prefix)) {
            return line;
          }
        }
        long left = deadline - System.nanoTime();
        if (left <= 0 || !reader.isAlive()) {
          throw new IllegalStateException(
              name + " did not say '" + prefix + "' within " + limit + ", but: " + lines);
        }
        lines.wait(Math.min(100, left / 1_000_000 + 1));
      }
    }
  }

  /** What it printed so far. */
  List<String> lines(Predicate<String> wanted) {
    synchronized (lines) {
      return lines.stream().filter(wanted).toList();
    }
  }

  /** The processor time that it took so far. */
  Duration processorTime() {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** How often its threads were woken so far, those that have ended aside; 0 if not on Linux. */
  long wakeUps() {
    Path tasks = Path.of("/proc/" + process.pid() + "/task");
    if (!Files.isDirectory(tasks)) {
      return 0;
    }
    try (Stream<Path> threads = Files.list(tasks)) {
      return threads.mapToLong(Child::wakeUps).sum();
    } catch (IOException e) {
      return 0;
    }
  }

  private static long wakeUps(Path thread) {
    try (Stream<String> lines = Files.lines(thread.resolve("status"))) {
      return lines
          .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
          .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
          .sum();
    } catch (IOException | UncheckedIOException e) {
      return 0; // It ended.
    }
  }

  /** Asks it to end, as SIGTERM does, and waits for that. */
  void stop(Duration limit) throws InterruptedException {
    process.toHandle().destroy(); // Process.destroy() would close the pipe of its last words, too.
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(name + " goes on " + limit + " after SIGTERM");
    }
    reader.join(limit.toMillis());
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
