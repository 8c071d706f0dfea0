// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import java.io.OutputStream;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The command line's way in: {@code java -jar waltap.jar COMMAND DB [options]}. */
public final class Main {

  /** Kept, since Java forgets a logger, and its level with it, to which nothing refers. */
  private static final Logger DRIVER = Logger.getLogger("org.sqlite");

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    // What the driver logs, with stack traces, is said in one line where it matters.
    DRIVER.setLevel(Level.OFF);
    // Its other logging facade would say on standard error that nobody listens to it.
    if (System.getProperty("slf4j.internal.verbosity") == null) {
      System.setProperty("slf4j.internal.verbosity", "ERROR");
    }
    System.exit(run(Shell.ofProcess(), Arguments.asGiven(args)));
  }

  /** Runs one command in these surroundings. */
  static int run(Shell shell, String... args) {
    Settings settings = new Settings(shell.environment());
    UsageErrors errors = new UsageErrors(shell, settings);
    Commands commands = new Commands(shell, errors);
    CommandLine commandLine = commands.forArguments(args);
    try {
      return commandLine.execute(settings.complete(commandLine, commands::all, args));
    } catch (ParameterException e) {
      return errors.report(e);
    } catch (Error e) {
      // Commands report their own; this one came before any command.
      return Failures.report(e, shell.console(false, false));
    } finally {
      commandLine.getOut().flush();
    }
  }

  /** All commands and options, for what is made out of them: man pages and completions. */
  public static CommandSpec describe() {
    Shell shell =
        new Shell(
            OutputStream.nullOutputStream(),
            System.err,
            false,
            CaptureBuilder::build,
            new StopSignals(code -> {}));
    UsageErrors errors = new UsageErrors(shell, new Settings(shell.environment()));
    return new Commands(shell, errors).all().getCommandSpec();
  }
}
