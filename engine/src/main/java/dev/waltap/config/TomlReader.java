// SPDX-License-Identifier: Apache-2.0
package dev.waltap.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** Options in TOML 1.0. Stateless. */
final class TomlReader {

  /** What the parser says else quotes the file, where a secret may stand. */
  private static final Pattern WITHOUT_VALUES =
      Pattern.compile("[\\w.-]+ previously defined at line \\d+, column \\d+");

  private TomlReader() {}

  static List<ConfigEntry> read(String text) throws ConfigException {
    TomlParseResult parsed = Toml.parse(text);
    if (parsed.hasErrors()) {
      throw bad(parsed.errors().get(0));
    }
    List<ConfigEntry> entries = new ArrayList<>();
    for (List<String> path : parsed.keyPathSet(true)) {
      int line = line(parsed, path);
      Object value = parsed.get(path);
      String name = String.join("-", path);
      if (value instanceof TomlArray array) {
        entries.add(new ConfigEntry(name, values(name, array, line), true, line));
      } else if (value instanceof TomlTable table) {
        if (table.isEmpty()) {
          entries.add(ConfigEntry.emptyTable(name, line));
        }
      } else {
        entries.add(new ConfigEntry(name, List.of(text(name, value, line)), false, line));
      }
    }
    entries.sort(Comparator.comparingInt(ConfigEntry::line));
    return entries;
  }

  private static ConfigException bad(TomlParseError error) {
    String message = String.valueOf(error.getMessage());
    return new ConfigException(
        error.position().line(),
        WITHOUT_VALUES.matcher(message).matches()
            ? message
            : "is not TOML from column "
                + error.position().column()
                + " on: texts are written in quotes, lists as [\"a\", \"b\"]");
  }

  private static int line(TomlTable table, List<String> path) {
    var position = table.inputPositionOf(path);
    return position == null ? 0 : position.line();
  }

  private static List<String> values(String name, TomlArray array, int line)
      throws ConfigException {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      values.add(text(name, array.get(i), line));
    }
    return values;
  }

  private static String text(String name, Object value, int line) throws ConfigException {
    if (value instanceof String || value instanceof Long || value instanceof Boolean) {
      return value.toString();
    }
    throw new ConfigException(
        line,
        "'"
            + name
            + "' must be a text, a whole number, true or false, or a list of these: write any other"
            + " value in quotes");
  }
}
