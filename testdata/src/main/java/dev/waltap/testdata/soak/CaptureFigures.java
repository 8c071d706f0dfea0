// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a capture process says of itself.
 *
 * @param line {@code equal} or what differs, then figures
 */
record CaptureFigures(String line) {

  /** Whether the replica is equal to the database. */
  boolean isEqual() {
    return line.startsWith("equal");
  }

  /** One of the figures, by its name; -1 if it is missing. */
  long number(String name) {
    Matcher matcher = Pattern.compile("\\b" + name + "=(\\d+)").matcher(line);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
  }

  @Override
  public String toString() {
    return line;
  }
}
