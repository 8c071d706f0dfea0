// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The command line's way in: {@code java -jar waltap.jar COMMAND DB [options]}. */
public final class Main {

  private static final int HELP_COLUMNS = 100;

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
    CommandLine commandLine = commandLine(shell, errors);
    try {
      return commandLine.execute(settings.complete(commandLine, args));
    } catch (ParameterException e) {
      return errors.report(e);
    } catch (Error e) {
      // Commands report their own; this one came before any command.
      return Failures.report(
          e, new Console(shell.err(), shell.terminal(), false, false, System::nanoTime));
    } finally {
      commandLine.getOut().flush();
    }
  }

  private static CommandLine commandLine(Shell shell, UsageErrors errors) {
    CommandLine root = new CommandLine(new RootCommand());
    root.addSubcommand(new CdcCommand(shell));
    root.addSubcommand(new BootstrapCommand(shell));
    root.addSubcommand(new BootstrapAndCdcCommand(shell));
    root.addSubcommand(new SetupCommand(shell));
    root.addSubcommand(new TeardownCommand(shell));
    root.addSubcommand(new StatusCommand(shell));
    root.addSubcommand(new InspectCommand(shell));
    root.addSubcommand(new DemoCommand(shell));
    root.addSubcommand(new CommandLine.HelpCommand());
    OptionConverters.register(root);
    root.setExpandAtFiles(false);
    root.setOverwrittenOptionsAllowed(true);
    root.setUsageHelpWidth(HELP_COLUMNS);
    root.setOut(
        new PrintWriter(new OutputStreamWriter(shell.out(), StandardCharsets.UTF_8), false));
    root.setErr(new PrintWriter(shell.err(), true, StandardCharsets.UTF_8));
    root.setParameterExceptionHandler((e, unused) -> errors.report(e));
    return root;
  }
}
