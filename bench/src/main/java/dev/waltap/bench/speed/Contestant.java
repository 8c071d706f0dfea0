// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One way to do the work, as a process.
 *
 * @param name for the tables and the file of ratios
 * @param command the process
 * @param whole whether all of it counts, its start too; otherwise it prints what counts, as {@link
 *     Sample#line}
 */
record Contestant(String name, List<String> command, boolean whole) {
  private static final long LIMIT_SECONDS = 600;

  /** bash says what it took; what the process prints goes nowhere. */
  private static final String TIMED =
      "TIMEFORMAT='%R %U %S'; exec 3>&2; time \"$@\" >/dev/null 2>/dev/null";

  /** One of our own mains, in a JVM of these options with the class path of this one. */
  static Contestant java(
      String name, List<String> jvmOptions, Class<?> main, List<String> arguments) {
    return new Contestant(name, javaCommand(jvmOptions, main.getName(), arguments), false);
  }

  static List<String> javaCommand(List<String> jvmOptions, String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(arguments);
    return command;
  }

  Sample run() throws IOException, InterruptedException {
    if (!whole) {
      return Sample.in(output(command));
    }
    List<String> timed = new ArrayList<>(List.of("bash", "-c", TIMED, "timed"));
    timed.addAll(command);
    String[] times = output(timed).strip().split(" ", -1);
    return new Sample(
        Double.parseDouble(times[0]), Double.parseDouble(times[1]) + Double.parseDouble(times[2]));
  }

  private static String output(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(command + " failed: " + text);
      }
      return text;
    } finally {
      process.destroyForcibly();
    }
  }
}
