// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.handler.StandardOutput;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * What surrounds a command: tests put something else in its place.
 *
 * @param out events, help, and nothing else
 * @param err everything for people
 * @param terminal whether {@code err} is a terminal, where a progress bar can move
 * @param engines makes the capture that a builder describes
 * @param signals says when to stop
 * @param environment options by other means, {@code WALTAP_…}
 */
record Shell(
    OutputStream out,
    PrintStream err,
    boolean terminal,
    Function<CaptureBuilder, ChangeDataCapture> engines,
    StopSignals signals,
    Map<String, String> environment) {

  private static final long LAST_WORDS_NANOS = 1_000_000_000;

  /** Surroundings without environment variables. */
  Shell(
      OutputStream out,
      PrintStream err,
      boolean terminal,
      Function<CaptureBuilder, ChangeDataCapture> engines,
      StopSignals signals) {
    this(out, err, terminal, engines, signals, Map.of());
  }

  /** The process's own streams, whatever the locale in UTF-8, and its signals. */
  static Shell ofProcess() {
    return new Shell(
        StandardOutput.open(),
        new PrintStream(standardError(), true, StandardCharsets.UTF_8),
        isTerminal(),
        CaptureBuilder::build,
        StopSignals.ofProcess(),
        System.getenv());
  }

  /** Whatever ends the process, what was said last gets a moment to be read. */
  private static OutputStream standardError() {
    ErrorOutput error = new ErrorOutput(new FileOutputStream(FileDescriptor.err));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> error.awaitThrough(LAST_WORDS_NANOS), "waltap-last-words"));
    return error;
  }

  /**
   * Asks Linux; elsewhere plain lines do, as Java can't say whether a single stream is a terminal.
   */
  private static boolean isTerminal() {
    Path link = Path.of("/proc/self/fd/2");
    if (!Files.isSymbolicLink(link)) {
      return false;
    }
    try {
      String target = Files.readSymbolicLink(link).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
