// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * One line for what is wrong with a command line, one for where to read on; the whole help would
 * bury both. An argument that no option takes may be a secret whose option was misspelt, or whose
 * blanks were not quoted: it is repeated only if it is a file or a word that could be a command.
 */
final class UsageErrors {

  private final Shell shell;
  private final Settings settings;

  UsageErrors(Shell shell, Settings settings) {
    this.shell = shell;
    this.settings = settings;
  }

  int report(ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    shell.err().println("waltap: " + line(e));
    shell.err().println("Try '" + command.qualifiedName() + " --help'.");
    return ExitCode.USAGE;
  }

  /** What is wrong, in one line. */
  String line(ParameterException e) {
    String message = message(e, e.getCommandLine().getCommandSpec());
    return Console.oneLine(message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1));
  }

  private String message(ParameterException e, CommandSpec command) {
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      return unknown(unmatched.getUnmatched(), command);
    }
    String message = e.getMessage() == null || e.getMessage().isEmpty() ? "" + e : e.getMessage();
    return e.getArgSpec() instanceof OptionSpec option
        ? message + settings.origin(option.longestName())
        : message;
  }

  private static String unknown(List<String> unmatched, CommandSpec command) {
    String first = unmatched.get(0);
    if (first.startsWith("-") && first.length() > 1) {
      String name = optionName(first);
      return "unknown option '" + name + "'" + suggestion(name, options(command));
    }
    if (command.parent() == null) {
      return "unknown command '" + shown(first) + "'" + suggestion(first, commands(command));
    }
    return "too many arguments, from '"
        + shown(first)
        + "' on: a value with blanks in it has to be quoted";
  }

  /** Without its value; the value of {@code -Xvalue} begins at once. */
  private static String optionName(String argument) {
    if (!argument.startsWith("--")) {
      return argument.substring(0, 2);
    }
    int end = 2;
    while (end < argument.length() && isOfName(argument.charAt(end))) {
      end++;
    }
    return argument.substring(0, end);
  }

  private static boolean isOfName(char c) {
    return Character.isLetterOrDigit(c) || c == '-' || c == '_';
  }

  private static String shown(String argument) {
    boolean word = argument.length() <= 20 && argument.matches("[a-z-]*");
    return word || isFile(argument) ? argument : "***";
  }

  private static boolean isFile(String argument) {
    try {
      return Files.exists(Path.of(argument));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static String suggestion(String word, Set<String> known) {
    String near =
        word.equals("-H") ? "--header" : word.equals("-o") ? "--output" : near(word, known);
    return near == null || !known.contains(near) ? "" : ": did you mean '" + near + "'?";
  }

  private static @Nullable String near(String word, Set<String> known) {
    return Suggestion.near(word, known);
  }

  private static Set<String> options(CommandSpec command) {
    List<CommandSpec> commands = new ArrayList<>(List.of(command));
    if (command.parent() == null) {
      command.subcommands().values().stream()
          .map(CommandLine::getCommandSpec)
          .forEach(commands::add);
    }
    Set<String> names = new TreeSet<>();
    for (CommandSpec each : commands) {
      each.options().forEach(option -> names.addAll(List.of(option.names())));
    }
    return names;
  }

  private static Set<String> commands(CommandSpec root) {
    return new TreeSet<>(root.subcommands().keySet());
  }
}
