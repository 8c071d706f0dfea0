// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.config.ConfigEntry;
import dev.waltap.config.ConfigException;
import dev.waltap.config.ConfigFile;
import dev.waltap.host.Reasons;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The file of {@code --config}, all of whose names are options of some command. */
final class SettingsFile {
  private final String name;
  private final CommandLine command;
  private final Map<String, OptionSpec> options;
  private final Map<String, ConfigEntry> entries = new LinkedHashMap<>();

  private SettingsFile(String name, CommandLine command, CommandLine all) {
    this.name = name;
    this.command = command;
    this.options = options(all);
  }

  /**
   * Reads it.
   *
   * @param command for whose errors it is
   * @param all has every command
   * @throws ParameterException if it can't be read, or has something that is no option
   */
  static SettingsFile read(String name, CommandLine command, CommandLine all) {
    SettingsFile file = new SettingsFile(name, command, all);
    try {
      for (ConfigEntry entry : ConfigFile.read(OptionConverters.path(name))) {
        file.add(entry);
      }
    } catch (ConfigException e) {
      throw file.bad(e.line(), String.valueOf(e.getMessage()));
    } catch (NoSuchFileException e) {
      throw new ParameterException(command, Settings.CONFIG + ": there is no file " + name);
    } catch (MalformedInputException e) {
      throw file.bad(0, "is not text in UTF-8");
    } catch (IOException e) {
      throw file.bad(0, "can't be read: " + Reasons.of(e));
    }
    return file;
  }

  private static Map<String, OptionSpec> options(CommandLine all) {
    Map<String, OptionSpec> options = new LinkedHashMap<>();
    for (CommandLine each : all.getSubcommands().values()) {
      for (OptionSpec option : each.getCommandSpec().options()) {
        options.putIfAbsent(option.longestName(), option);
      }
    }
    Settings.NEVER.forEach(options::remove);
    return options;
  }

  private void add(ConfigEntry entry) {
    String option = "--" + entry.name();
    if (entry.isEmptyTable()) {
      requireTable(option, entry.line());
      return;
    }
    OptionSpec spec = options.get(option);
    if (spec == null) {
      @Nullable String near = Suggestion.near(option, options.keySet());
      throw bad(
          entry.line(),
          "'"
              + entry.name()
              + "' is no option"
              + (near == null ? "" : ", did you mean '" + near.substring(2) + "'?"));
    }
    if (entry.isList() && !spec.isMultiValue()) {
      throw bad(entry.line(), "'" + entry.name() + "' takes one value, not a list");
    }
    entries.put(option, entry);
  }

  /** Refuses a table without options that could have none: its name is wrong. */
  private void requireTable(String option, int line) {
    Set<String> tables = new TreeSet<>();
    for (String each : options.keySet()) {
      for (int at = each.indexOf('-', 2); at > 0; at = each.indexOf('-', at + 1)) {
        tables.add(each.substring(0, at));
      }
    }
    if (!tables.contains(option)) {
      @Nullable String near = Suggestion.near(option, tables);
      throw bad(
          line,
          "'"
              + option.substring(2)
              + "' is no table of options"
              + (near == null ? "" : ", did you mean '" + near.substring(2) + "'?"));
    }
  }

  private ParameterException bad(int line, String what) {
    return new ParameterException(
        command,
        Settings.CONFIG
            + ": "
            + name
            + (line > 0 ? ", line " + line + ": " : what.startsWith("'") ? ": " : " ")
            + what);
  }

  /** What it says of an option; null for nothing. */
  @Nullable ConfigEntry get(String option) {
    return entries.get(option);
  }

  /** Where an entry stands, for a message. */
  String origin(ConfigEntry entry) {
    return "line " + entry.line() + " of " + name;
  }

  /** Its name, as it was given. */
  String name() {
    return name;
  }

  /**
   * Refuses values that an option can't have, those of other commands included.
   *
   * @throws ParameterException of the first one
   */
  void requireValues() {
    entries.forEach((option, entry) -> require(options.get(option), entry));
  }

  private void require(@Nullable OptionSpec option, ConfigEntry entry) {
    if (option == null) {
      return;
    }
    // The option alone, since the rest of its command may need what no file has.
    CommandSpec spec = CommandSpec.create().addOption(OptionSpec.builder(option).build());
    CommandLine alone = new CommandLine(spec);
    OptionConverters.register(alone);
    alone.setOverwrittenOptionsAllowed(true);
    List<String> line = new ArrayList<>();
    for (String value : Settings.valuesOf(command, option, entry.values(), origin(entry))) {
      if (option.arity().max() > 0) {
        line.add(option.longestName() + "=" + value);
      }
    }
    try {
      alone.parseArgs(line.toArray(String[]::new));
    } catch (ParameterException e) {
      throw new ParameterException(command, e.getMessage() + " (from " + origin(entry) + ")", e);
    }
  }
}
