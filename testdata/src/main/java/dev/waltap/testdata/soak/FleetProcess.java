// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A capture of many databases in a JVM of its own. For one thread; closing it kills it. */
final class FleetProcess implements AutoCloseable {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(300);

  /**
   * Threads of a fleet that have nothing to do end after 3 s; but whoever compares thousands of
   * databases opens them, which wakes the captures of all.
   */
  private static final long THREADS_END_NANOS = TimeUnit.SECONDS.toNanos(120);

  /** Of the young and of the old generation of the serial collector. */
  private static final Pattern HEAP_USED = Pattern.compile("generation +total \\d+K, used (\\d+)K");

  /** What Linux adds to the name of a file that was deleted, and is still open or mapped. */
  private static final String DELETED = " (deleted)";

  private final Process process;
  private final Path errors;
  private final long started = System.nanoTime();

  private FleetProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  /** Starts a class with arguments; what it says goes to a file. */
  static FleetProcess start(Path errors, String mainClass, Object... arguments) throws IOException {
    return start(256, errors, mainClass, arguments);
  }

  /** The same with a heap of so many MiB. */
  static FleetProcess start(int heap, Path errors, String mainClass, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx" + heap + "m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.redirectOutput(Path.of(errors + ".out").toFile());
    return new FleetProcess(builder.start(), errors);
  }

  /** Waits for the ready line; gives the seconds since the start. */
  double awaitReady() throws IOException, InterruptedException {
    while (!said("waltap: ready")) {
      if (!process.isAlive() || System.nanoTime() - started > LIMIT_NANOS) {
        throw new IOException("the capture is not ready: " + Files.readString(errors));
      }
      Thread.sleep(5);
    }
    return (System.nanoTime() - started) / 1e9;
  }

  private boolean said(String text) throws IOException {
    return Files.exists(errors) && Files.readString(errors).contains(text);
  }

  /** What it said so far. */
  String errors() throws IOException {
    return Files.readString(errors);
  }

  /** What it printed so far. */
  String output() throws IOException {
    return Files.readString(Path.of(errors + ".out"));
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Stops it in order; gives its exit code. */
  int stop() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-TERM", "" + process.pid()).start().waitFor();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IOException("the capture does not end: " + jcmd("Thread.print"));
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int descriptors() throws IOException {
    return count("fd");
  }

  int threads() throws IOException {
    return count("task");
  }

  /** Waits until it has no more threads than these, or does not get rid of them. */
  void awaitThreads(int most) throws IOException, InterruptedException {
    long end = System.nanoTime() + THREADS_END_NANOS;
    while (threads() > most && System.nanoTime() < end) {
      Thread.sleep(50);
    }
  }

  private int count(String what) throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/" + process.pid() + "/" + what))) {
      return (int) entries.count();
    }
  }

  /** Descriptors of files that were deleted. */
  int deletedDescriptors() throws IOException {
    int deleted = 0;
    try (Stream<Path> entries = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      for (Path each : (Iterable<Path>) entries::iterator) {
        deleted += isDeleted(each) ? 1 : 0;
      }
    }
    return deleted;
  }

  private static boolean isDeleted(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString().endsWith(DELETED);
    } catch (NoSuchFileException e) {
      return false; // It was closed meanwhile.
    }
  }

  /** Mappings of files that were deleted. */
  int deletedMappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/maps"))) {
      return (int) lines.filter(line -> line.endsWith(DELETED)).count();
    }
  }

  int mappings() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/maps")).size();
  }

  /** Memory that it has in use, in MiB. */
  long residentMiB() throws IOException {
    return kib("status", "VmRSS:") / 1024;
  }

  /** The same in KiB, with only its share of what other processes have in use, too. */
  long proportionalKiB() throws IOException {
    return kib("smaps_rollup", "Pss:");
  }

  private long kib(String file, String name) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/" + file))) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return -1;
  }

  /** What is alive in its heap, in KiB; it collects its garbage for that. */
  long liveKiB() throws IOException, InterruptedException {
    jcmd("GC.run");
    return heapUsedKiB(jcmd("GC.heap_info"));
  }

  /** The sum of both generations, as {@code jcmd GC.heap_info} prints them. */
  static long heapUsedKiB(String info) throws IOException {
    Matcher used = HEAP_USED.matcher(info);
    long sum = 0;
    int generations = 0;
    while (used.find()) {
      sum += Long.parseLong(used.group(1));
      generations++;
    }
    if (generations != 2) {
      throw new IOException("jcmd does not say what both generations have in use: " + info);
    }
    return sum;
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IOException("jcmd " + command + ": " + said);
    }
    return said;
  }

  /** Processor time it has used, in seconds. */
  double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
