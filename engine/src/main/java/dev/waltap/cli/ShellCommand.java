// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every command has: a place to talk to people, and one way to fail. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    abbreviateSynopsis = true,
    sortOptions = false,
    optionListHeading = "%nOptions:%n")
abstract class ShellCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--quiet",
      description = "No progress and no notes; warnings, errors and the ready line stay.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Details, a summary, and stack traces of failures.")
  private boolean verbose;

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      description =
          "Lines on standard error for people, or an object each, with time, level, database and"
              + " message (text).")
  private LogFormat logFormat = LogFormat.TEXT;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Options from a file, as 'wal-limit=64MiB' (Java properties, UTF-8). What is typed wins"
              + " over WALTAP_WAL_LIMIT and the like in the environment, which wins over the file;"
              + " repeatable options take one value a line (\\n in the file), flags true or false.")
  private @Nullable String config;

  private final Shell shell;
  private @Nullable Set<String> typed;

  ShellCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public final Integer call() {
    Console console = shell.console(quiet, verbose);
    if (logFormat == LogFormat.JSON) {
      console.writeJson();
    }
    if (config != null) {
      console.detail("options that were not typed come from " + config);
    }
    try {
      return run(console);
    } catch (ParameterException e) {
      throw e;
    } catch (Throwable e) {
      return Failures.report(e, console);
    }
  }

  /** Does the work, and returns the exit code. */
  abstract int run(Console console) throws Exception;

  /**
   * Options that must be typed, since the environment and a file mean those of the same name that
   * other commands have.
   */
  Set<String> onlyTyped() {
    return Set.of();
  }

  /** Says which options were typed, where others come from elsewhere. */
  void typed(Set<String> options) {
    typed = options;
  }

  /** Whether an option was typed, rather than taken from the environment or a file. */
  boolean isTyped(String option) {
    return typed != null && typed.contains(option);
  }

  /** Whether only warnings, errors and the ready line are wanted. */
  boolean isQuiet() {
    return quiet;
  }

  /** Whether details are wanted. */
  boolean isVerbose() {
    return verbose;
  }

  Shell shell() {
    return shell;
  }

  ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  CommandSpec spec() {
    return spec;
  }
}
