package dev.waltap.cli;

import java.util.concurrent.Callable;
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

  private final Shell shell;

  ShellCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public final Integer call() {
    Console console = new Console(shell.err(), shell.terminal(), quiet, verbose, System::nanoTime);
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
