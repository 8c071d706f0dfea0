// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.file.StandardOutput;
import dev.waltap.host.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
 * @param screen what {@code out} is shown on
 * @param errors what {@code err} is shown on
 */
record Shell(
    OutputStream out,
    PrintStream err,
    boolean terminal,
    Function<CaptureBuilder, ChangeDataCapture> engines,
    StopSignals signals,
    Map<String, String> environment,
    Terminal screen,
    Terminal errors) {

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

  /** Surroundings of which is not known how wide they are. */
  Shell(
      OutputStream out,
      PrintStream err,
      boolean terminal,
      Function<CaptureBuilder, ChangeDataCapture> engines,
      StopSignals signals,
      Map<String, String> environment) {
    this(out, err, terminal, engines, signals, environment, Terminal.NONE, Terminal.NONE);
  }

  /** The process's own streams, whatever the locale in UTF-8, and its signals. */
  static Shell ofProcess() {
    Map<String, String> environment = System.getenv();
    Terminal errors = Terminal.ofDescriptor(2, environment);
    return new Shell(
        StandardOutput.open(),
        new PrintStream(standardError(), true, StandardCharsets.UTF_8),
        errors.moves(),
        CaptureBuilder::build,
        StopSignals.ofProcess(),
        environment,
        Terminal.ofDescriptor(1, environment),
        errors);
  }

  /** Whatever ends the process, what was said last gets a moment to be read. */
  private static OutputStream standardError() {
    ErrorOutput error = new ErrorOutput(new FileOutputStream(FileDescriptor.err));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> error.awaitThrough(LAST_WORDS_NANOS), "waltap-last-words"));
    return error;
  }

  /** Where a command says what people should know. */
  Console console(boolean quiet, boolean verbose) {
    return new Console(err, terminal, errors::columns, quiet, verbose, System::nanoTime);
  }
}
