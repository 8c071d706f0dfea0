// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * The command line's tree of commands. Reading the annotations of one command takes some
 * milliseconds, so that only the command that was asked for is made where one was.
 */
final class Commands {

  private static final int HELP_COLUMNS = 100;

  /** In the order of the help. */
  private static final Map<String, Function<Shell, ShellCommand>> KNOWN = new LinkedHashMap<>();

  static {
    KNOWN.put("cdc", CdcCommand::new);
    KNOWN.put("bootstrap", BootstrapCommand::new);
    KNOWN.put("bootstrap-and-cdc", BootstrapAndCdcCommand::new);
    KNOWN.put("setup", SetupCommand::new);
    KNOWN.put("teardown", TeardownCommand::new);
    KNOWN.put("status", StatusCommand::new);
    KNOWN.put("inspect", InspectCommand::new);
    KNOWN.put("check", CheckCommand::new);
    KNOWN.put("demo", DemoCommand::new);
  }

  private final Shell shell;
  private final UsageErrors errors;

  Commands(Shell shell, UsageErrors errors) {
    this.shell = shell;
    this.errors = errors;
  }

  /** What these arguments need: the one command that they begin with, else all of them. */
  CommandLine forArguments(String... args) {
    Function<Shell, ShellCommand> asked = args.length == 0 ? null : known(args[0]);
    if (asked == null) {
      return all();
    }
    CommandLine root = new CommandLine(new RootCommand());
    root.addSubcommand(asked.apply(shell));
    return configured(root);
  }

  /** The names of the commands, in the order of the help. */
  static List<String> names() {
    return List.copyOf(KNOWN.keySet());
  }

  /** Every command there is. */
  CommandLine all() {
    CommandLine root = new CommandLine(new RootCommand());
    KNOWN.values().forEach(command -> root.addSubcommand(command.apply(shell)));
    root.addSubcommand(new HelpCommand());
    return configured(root);
  }

  private static @Nullable Function<Shell, ShellCommand> known(String name) {
    return KNOWN.get(name);
  }

  private CommandLine configured(CommandLine root) {
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
