// SPDX-License-Identifier: Apache-2.0
package dev.waltap.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A file of options: TOML if its name ends in {@code .toml}, YAML for {@code .yaml} and {@code
 * .yml}, else Java properties; in UTF-8. Stateless.
 */
public final class ConfigFile {

  /** Some editors of Windows begin a file of UTF-8 with it. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private ConfigFile() {}

  /**
   * The options in a file, in its order, each once.
   *
   * @throws ConfigException if it is not written as its name says, or has an option twice
   * @throws IOException if it can't be read; a {@link MalformedInputException} if it is not UTF-8
   */
  public static List<ConfigEntry> read(Path file) throws IOException, ConfigException {
    String text = Files.readString(file);
    if (text.startsWith(BYTE_ORDER_MARK)) {
      text = text.substring(BYTE_ORDER_MARK.length());
    }
    try {
      return read(text, file);
    } catch (StackOverflowError e) {
      throw new ConfigException(
          0, "is nested too deeply to be read: options are values or lists, in tables");
    }
  }

  private static List<ConfigEntry> read(String text, Path file)
      throws IOException, ConfigException {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".toml")) {
      return once(TomlReader.read(text));
    }
    if (name.endsWith(".yaml") || name.endsWith(".yml")) {
      return once(YamlReader.read(text));
    }
    return PropertiesReader.read(text);
  }

  /** Refuses names that are there twice, as {@code metrics-port} and {@code port} of metrics. */
  private static List<ConfigEntry> once(List<ConfigEntry> entries) throws ConfigException {
    Map<String, Integer> lines = new HashMap<>();
    for (ConfigEntry entry : entries) {
      Integer before = lines.putIfAbsent(entry.name(), entry.line());
      if (before != null) {
        throw new ConfigException(
            entry.line(),
            "'" + entry.name() + "' stands in line " + before + " already: keep one of them");
      }
    }
    return entries;
  }
}
