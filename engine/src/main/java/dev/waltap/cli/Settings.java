// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.config.ConfigEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Options that were not typed: {@code --wal-limit} comes from {@code WALTAP_WAL_LIMIT}, else from
 * {@code wal-limit} in the file of {@code --config}. What is typed wins over the environment, which
 * wins over the file, also where two options exclude each other. Repeatable options take one value
 * a line, or a list in the file, flags {@code true} or {@code false}. What a command has no option
 * for is for another one.
 */
final class Settings {

  static final String CONFIG = "--config";

  /** Asked for by those who type. */
  static final Set<String> NEVER = Set.of("--help", "--version", CONFIG);

  /** Which options contradict one, so that they don't count where it comes from nearer by. */
  private static final Map<String, Set<String>> EXCLUDES =
      Map.ofEntries(
          Map.entry("--state", Set.of("--no-state")),
          Map.entry("--no-state", Set.of("--state")),
          Map.entry("--log-level", Set.of("--quiet", "--verbose")),
          Map.entry("--quiet", Set.of("--log-level", "--verbose")),
          Map.entry("--verbose", Set.of("--log-level", "--quiet")),
          Map.entry("--last", Set.of("--skip", "--limit")),
          Map.entry("--skip", Set.of("--last")),
          Map.entry("--limit", Set.of("--last")));

  private final Map<String, String> environment;
  private final Map<String, String> origins = new LinkedHashMap<>();
  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private @Nullable SettingsFile file;

  Settings(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * The arguments with those added that are given elsewhere, behind the command's name.
   *
   * @param root has the command that the arguments begin with
   * @param all every command, whose options a file may hold, too
   * @throws ParameterException if the file can't be read, or has something that is no option
   */
  String[] complete(CommandLine root, Supplier<CommandLine> all, String[] args) {
    CommandLine command = args.length == 0 ? null : root.getSubcommands().get(args[0]);
    if (command == null || !(command.getCommand() instanceof ShellCommand shellCommand)) {
      return args;
    }
    Set<String> typed = typed(args);
    String name = fileName(args);
    file = name == null ? null : SettingsFile.read(name, command, all.get());
    List<String> completed = new ArrayList<>();
    completed.add(args[0]);
    for (OptionSpec option : command.getCommandSpec().options()) {
      String optionName = option.longestName();
      if (!NEVER.contains(optionName)
          && !shellCommand.onlyTyped().contains(optionName)
          && !typed.contains(optionName)
          && excluding(optionName).noneMatch(typed::contains)) {
        add(command, option, completed);
      }
    }
    if (file != null && shellCommand.checksWholeFile()) {
      file.requireValues();
    }
    shellCommand.given(typed, this, args);
    completed.addAll(List.of(args).subList(1, args.length));
    return completed.toArray(String[]::new);
  }

  /** Where an option's value came from, for a message; empty if it was typed. */
  String origin(String option) {
    String origin = origins.get(option);
    return origin == null ? "" : " (from " + origin + ")";
  }

  /** The file of options; null if none is named. */
  @Nullable SettingsFile file() {
    return file;
  }

  /** The options that the environment or the file gave to the command, and their values. */
  Map<String, List<String>> values() {
    return values;
  }

  private void add(CommandLine command, OptionSpec option, List<String> all) {
    String name = option.longestName();
    String variable = variable(name);
    String value = environment.get(variable);
    if (value != null) {
      add(command, option, List.of(value), variable, all);
    } else if (file != null
        && excluding(name).noneMatch(other -> isInEnvironment(command, other))) {
      ConfigEntry entry = file.get(name);
      if (entry != null) {
        add(command, option, entry.values(), file.origin(entry), all);
      }
    }
  }

  private static Stream<String> excluding(String option) {
    return EXCLUDES.getOrDefault(option, Set.of()).stream();
  }

  /**
   * Whether the environment gives the command an option: a flag that it says is off is not given.
   */
  private boolean isInEnvironment(CommandLine command, String name) {
    String variable = variable(name);
    String value = environment.get(variable);
    OptionSpec option = command.getCommandSpec().findOption(name);
    return value != null
        && option != null
        && (option.arity().max() > 0 || isOn(command, value, variable, name).equals("true"));
  }

  private void add(
      CommandLine command, OptionSpec option, List<String> given, String origin, List<String> all) {
    String name = option.longestName();
    origins.put(name, origin);
    List<String> taken = valuesOf(command, option, given, origin);
    values.put(name, taken);
    boolean flag = option.arity().max() == 0;
    for (String value : taken) {
      if (!flag) {
        all.add(name + "=" + value);
      } else if (Boolean.parseBoolean(value)) {
        all.add(name);
      }
    }
  }

  /** The values of an option as they would be typed: {@code true} or {@code false} for a flag. */
  static List<String> valuesOf(
      CommandLine command, OptionSpec option, List<String> given, String origin) {
    if (option.arity().max() == 0) {
      return given.stream().map(each -> isOn(command, each, origin, option.longestName())).toList();
    }
    return option.isMultiValue()
        ? given.stream().flatMap(String::lines).filter(line -> !line.isBlank()).toList()
        : given;
  }

  private static String isOn(CommandLine command, String value, String origin, String name) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1" -> "true";
      case "false", "no", "off", "0", "" -> "false";
      default ->
          throw new ParameterException(
              command, "write true or false for " + name + " in " + origin);
    };
  }

  static String variable(String option) {
    return "WALTAP_" + option.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  private static Set<String> typed(String[] args) {
    Set<String> names = new TreeSet<>();
    for (String arg : args) {
      if (arg.equals("--")) {
        break;
      }
      if (arg.startsWith("--")) {
        int end = arg.indexOf('=');
        names.add(end < 0 ? arg : arg.substring(0, end));
      }
    }
    return names;
  }

  private @Nullable String fileName(String[] args) {
    String name = environment.get(variable(CONFIG));
    for (int i = 1; i < args.length && !args[i].equals("--"); i++) {
      if (args[i].startsWith(CONFIG + "=")) {
        name = args[i].substring(CONFIG.length() + 1);
      } else if (args[i].equals(CONFIG) && i + 1 < args.length) {
        name = args[i + 1];
      }
    }
    return name;
  }
}
