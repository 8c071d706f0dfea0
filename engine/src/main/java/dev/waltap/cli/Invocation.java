// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** A command line that can be read again, when its file of options has changed. */
final class Invocation {
  private final Shell shell;
  private final String[] args;
  private final Settings settings;
  private final UsageErrors errors;

  /**
   * One more reading.
   *
   * @param args as they were typed, the command's name first
   */
  Invocation(Shell shell, List<String> args) {
    this.shell = shell;
    this.args = args.toArray(String[]::new);
    this.settings = new Settings(shell.environment());
    this.errors = new UsageErrors(shell, settings);
  }

  /**
   * The command with its options as they are now, which has not run.
   *
   * @throws ParameterException if something is wrong with them
   */
  ShellCommand command() {
    Commands commands = new Commands(shell, errors);
    CommandLine root = commands.forArguments(args);
    root.parseArgs(settings.complete(root, commands::all, args));
    return Objects.requireNonNull(root.getSubcommands().get(args[0])).getCommand();
  }

  /** What is wrong, in one line. */
  String line(ParameterException e) {
    return errors.line(e);
  }
}
