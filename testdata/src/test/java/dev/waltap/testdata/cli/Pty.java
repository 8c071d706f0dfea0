// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The command line on a terminal: a pseudo-terminal that {@code script} of util-linux makes. What
 * is shown goes to a file. Skips the test where there is no such program. For one thread, which
 * closes it.
 */
final class Pty implements AutoCloseable {
  private final Process process;
  private final Path shown;

  private Pty(Process process, Path shown) {
    this.process = process;
    this.shown = shown;
  }

  /**
   * Starts {@code waltap} on a terminal.
   *
   * @param columns how wide the terminal is
   * @param environment what {@code TERM} and the like are; other variables are as they are here
   */
  static Pty start(int columns, Map<String, String> environment, Object... arguments)
      throws Exception {
    assumeTrue(
        Tools.works("script", "-qec", "stty size", "/dev/null"),
        "there is no 'script' of util-linux, which makes a terminal");
    List<String> line = new ArrayList<>(CliProcess.command());
    for (Object argument : arguments) {
      line.add(argument.toString());
    }
    String command =
        "stty -echo cols " + columns + " rows 24; exec '" + String.join("' '", line) + "'";
    Path shown = Files.createTempFile("waltap-pty", ".txt");
    ProcessBuilder builder = new ProcessBuilder("script", "-qec", command, "/dev/null");
    builder.redirectOutput(shown.toFile());
    for (String name : List.of("COLUMNS", "NO_COLOR", "TERM")) {
      builder.environment().remove(name);
    }
    builder.environment().put("SHELL", "/bin/sh");
    builder.environment().putAll(environment);
    return new Pty(builder.start(), shown);
  }

  /** What the terminal was given so far, lines ended as in files. */
  String shown() throws IOException {
    return Files.readString(shown).replace("\r\n", "\n");
  }

  /** Waits until it was given this text. */
  Pty await(String text) throws Exception {
    long end = System.nanoTime() + CliProcess.LIMIT.toNanos();
    while (!shown().contains(text)) {
      assertThat(process.isAlive()).as(shown()).isTrue();
      assertThat(System.nanoTime()).as(shown()).isLessThan(end);
      Thread.sleep(20);
    }
    return this;
  }

  /** Types something: Ctrl-C is {@code \u0003}. */
  void type(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(UTF_8));
    process.getOutputStream().flush();
  }

  /** Waits for its end and gives the exit code. */
  int exit() throws Exception {
    assertThat(process.waitFor(CliProcess.LIMIT.toSeconds(), TimeUnit.SECONDS))
        .as("it ends")
        .isTrue();
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    Files.deleteIfExists(shown);
  }
}
