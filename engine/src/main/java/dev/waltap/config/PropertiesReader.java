// SPDX-License-Identifier: Apache-2.0
package dev.waltap.config;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Options in a file of Java properties, where {@code metrics.port} is {@code metrics-port}, and of
 * those that are there twice the last one counts. Stateless.
 */
final class PropertiesReader {

  private PropertiesReader() {}

  static List<ConfigEntry> read(String text) throws IOException, ConfigException {
    Map<String, ConfigEntry> entries = new LinkedHashMap<>();
    Lines lines = new Lines(text);
    try {
      new Noting(entries, lines).load(lines);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          lines.line, "a \\u is not followed by four hexadecimal digits: write \\\\u for itself");
    }
    return new ArrayList<>(entries.values());
  }

  /**
   * Hands out a line at a time, so that it is known which one was read last, and always the first
   * character of the next line with it: else that would be asked for before the line is loaded.
   */
  private static final class Lines extends Reader {
    private final String text;
    private int at;
    private int line;

    Lines(String text) {
      this.text = text + "\n ";
    }

    @Override
    public int read(char[] buffer, int offset, int length) {
      if (at == text.length()) {
        return -1;
      }
      int lineFeed = text.indexOf('\n', at);
      int end = Math.min(text.length(), lineFeed < 0 ? text.length() : lineFeed + 2);
      int count = Math.min(length, end - at);
      text.getChars(at, at + count, buffer, offset);
      for (int i = Math.max(0, at - 1); i < at + count - 1; i++) {
        line += text.charAt(i) == '\n' ? 1 : 0;
      }
      at += count;
      return count;
    }

    @Override
    public void close() {}
  }

  /** Notes each property, and the line that it ends in, as it is loaded. */
  private static final class Noting extends Properties {
    private static final long serialVersionUID = 1L;

    private final transient Map<String, ConfigEntry> entries;
    private final transient Lines lines;

    Noting(Map<String, ConfigEntry> entries, Lines lines) {
      this.entries = entries;
      this.lines = lines;
    }

    @Override
    public synchronized Object put(Object key, Object value) {
      String name = key.toString().replace('.', '-');
      entries.put(name, new ConfigEntry(name, List.of(value.toString()), false, lines.line));
      return value;
    }
  }
}
