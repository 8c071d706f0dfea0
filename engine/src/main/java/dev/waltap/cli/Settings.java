// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Options that were not typed: {@code --wal-limit} comes from {@code WALTAP_WAL_LIMIT}, else from
 * {@code wal-limit} in the file of {@code --config}. What is typed wins, and of two options that
 * exclude each other the typed one. Repeatable options take one value a line, flags {@code true} or
 * {@code false}. What a command has no option for is for another one.
 */
final class Settings {

  private static final String CONFIG = "--config";

  /** Asked for by those who type. */
  private static final Set<String> NEVER = Set.of("--help", "--version", CONFIG);

  private static final Map<String, String> EXCLUDES =
      Map.of("--state", "--no-state", "--no-state", "--state");

  private final Map<String, String> environment;
  private final Map<String, String> origins = new LinkedHashMap<>();

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
    Map<String, String> file = file(all, command, args);
    List<String> completed = new ArrayList<>();
    completed.add(args[0]);
    for (OptionSpec option : command.getCommandSpec().options()) {
      String name = option.longestName();
      if (!NEVER.contains(name)
          && !shellCommand.onlyTyped().contains(name)
          && !typed.contains(name)
          && !typed.contains(EXCLUDES.getOrDefault(name, name))) {
        add(command, option, file, completed);
      }
    }
    shellCommand.typed(typed);
    completed.addAll(List.of(args).subList(1, args.length));
    return completed.toArray(String[]::new);
  }

  /** Where an option's value came from, for a message; empty if it was typed. */
  String origin(String option) {
    String origin = origins.get(option);
    return origin == null ? "" : " (from " + origin + ")";
  }

  private void add(
      CommandLine command, OptionSpec option, Map<String, String> file, List<String> all) {
    String name = option.longestName();
    String variable = variable(name);
    String value = environment.get(variable);
    String origin = variable;
    if (value == null) {
      value = file.get(name);
      origin = CONFIG;
    }
    if (value == null) {
      return;
    }
    origins.put(name, origin);
    if (option.arity().max() == 0) {
      if (isOn(command, value, origin, name)) {
        all.add(name);
      }
    } else if (option.isMultiValue()) {
      value.lines().filter(line -> !line.isBlank()).forEach(line -> all.add(name + "=" + line));
    } else {
      all.add(name + "=" + value);
    }
  }

  private static boolean isOn(CommandLine command, String value, String origin, String name) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1" -> true;
      case "false", "no", "off", "0", "" -> false;
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

  private Map<String, String> file(Supplier<CommandLine> all, CommandLine command, String[] args) {
    String name = environment.get(variable(CONFIG));
    for (int i = 1; i < args.length && !args[i].equals("--"); i++) {
      if (args[i].startsWith(CONFIG + "=")) {
        name = args[i].substring(CONFIG.length() + 1);
      } else if (args[i].equals(CONFIG) && i + 1 < args.length) {
        name = args[i + 1];
      }
    }
    return name == null ? Map.of() : read(all, command, name);
  }

  private static Map<String, String> read(
      Supplier<CommandLine> all, CommandLine command, String name) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(name), StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      throw new ParameterException(command, CONFIG + ": there is no file " + name);
    } catch (MalformedInputException e) {
      throw new ParameterException(command, CONFIG + ": " + name + " is not text in UTF-8");
    } catch (IOException | IllegalArgumentException e) {
      throw new ParameterException(
          command, CONFIG + ": can't read " + name + ": " + e.getMessage());
    }
    Map<String, String> values = new LinkedHashMap<>();
    Set<String> options = options(all.get());
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      values.put(known(options, command, "--" + key, name), properties.getProperty(key));
    }
    return values;
  }

  private static Set<String> options(CommandLine root) {
    Set<String> options = new TreeSet<>();
    for (CommandLine each : root.getSubcommands().values()) {
      each.getCommandSpec().options().forEach(spec -> options.add(spec.longestName()));
    }
    options.removeAll(NEVER);
    return options;
  }

  private static String known(
      Set<String> options, CommandLine command, String option, String file) {
    if (!options.contains(option)) {
      @Nullable String near = Suggestion.near(option, options);
      throw new ParameterException(
          command,
          CONFIG
              + ": '"
              + option.substring(2)
              + "' in "
              + file
              + " is no option"
              + (near == null ? "" : ", did you mean '" + near.substring(2) + "'?"));
    }
    return option;
  }
}
