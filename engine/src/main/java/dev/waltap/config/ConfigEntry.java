// SPDX-License-Identifier: Apache-2.0
package dev.waltap.config;

import java.util.List;

/**
 * A value in a file of options.
 *
 * @param name of the option, without its hyphens in front; that of a nested one begins with those
 *     of the tables that it is in, as {@code metrics-port} for {@code port} in {@code metrics}
 * @param values as texts; in a file of properties one with line feeds in it may be several; none
 *     for an empty list, and for a table without options
 * @param isList whether it was written as a list
 * @param line where it stands, from 1
 */
public record ConfigEntry(String name, List<String> values, boolean isList, int line) {

  public ConfigEntry {
    values = List.copyOf(values);
  }

  /** A table without options. */
  static ConfigEntry emptyTable(String name, int line) {
    return new ConfigEntry(name, List.of(), false, line);
  }

  /** Whether this is a table without options, rather than an option. */
  public boolean isEmptyTable() {
    return values.isEmpty() && !isList;
  }
}
