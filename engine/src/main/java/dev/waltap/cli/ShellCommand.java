// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.util.List;
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
      description =
          "No progress and no notes; warnings, errors and the ready line stay, with --once only"
              + " warnings and errors.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Details, a summary, and stack traces of failures.")
  private boolean verbose;

  @Option(
      names = "--log-level",
      paramLabel = "debug|info|warn|error",
      description =
          "The least that standard error gets: debug as by --verbose, warn as by --quiet; the ready"
              + " line always (info).")
  private LogLine.@Nullable Level logLevel;

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
          "Options from a file of TOML (.toml), YAML (.yaml, .yml) or else Java properties, as"
              + " wal-limit = \"64MiB\". What is typed wins over WALTAP_WAL_LIMIT and the like in the"
              + " environment, which wins over the file. SIGHUP reads it again: see 'waltap help"
              + " settings'.")
  private @Nullable String config;

  private final Shell shell;
  private @Nullable Set<String> typed;
  private @Nullable Settings settings;
  private List<String> arguments = List.of();

  ShellCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public final Integer call() {
    Console console = shell.console(quiet, verbose);
    if (logLevel != null) {
      console.level(logLevel);
    }
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

  /** Whether the whole file of options is checked, those of other commands included. */
  boolean checksWholeFile() {
    return false;
  }

  /**
   * Says where options come from.
   *
   * @param options those that were typed
   * @param others has those that were not
   * @param args all that was typed
   */
  void given(Set<String> options, Settings others, String[] args) {
    typed = options;
    settings = others;
    arguments = List.of(args);
  }

  /** What the environment and a file gave; null where the command was not made by arguments. */
  @Nullable Settings settings() {
    return settings;
  }

  /** What was typed, the command's name first. */
  List<String> arguments() {
    return arguments;
  }

  /** Whether an option was typed, rather than taken from the environment or a file. */
  boolean isTyped(String option) {
    return typed != null && typed.contains(option);
  }

  /** The least that is worth a line. */
  LogLine.Level level() {
    if (logLevel != null) {
      return logLevel;
    }
    return quiet ? LogLine.Level.WARN : verbose ? LogLine.Level.DEBUG : LogLine.Level.INFO;
  }

  /** Whether only warnings, errors and the ready line are wanted. */
  boolean isQuiet() {
    return level().compareTo(LogLine.Level.INFO) > 0;
  }

  /** Whether details are wanted. */
  boolean isVerbose() {
    return level() == LogLine.Level.DEBUG;
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
