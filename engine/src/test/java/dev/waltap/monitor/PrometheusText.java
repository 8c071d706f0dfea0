// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict reader of Prometheus' text format, version 0.0.4, that also minds its conventions: each
 * family has a help text and a type before its samples, which stand together; counters end in
 * {@code _total}; no name has a unit that is no base unit; no series comes twice.
 */
final class PrometheusText {
  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") ?(.*)");
  private static final Pattern TYPE =
      Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|summary|histogram|untyped)");
  private static final String LABEL =
      "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\\\\\|\\\\\"|\\\\n)*\"";
  private static final Pattern SAMPLE =
      Pattern.compile(
          "("
              + NAME
              + ")(?:\\{("
              + LABEL
              + "(?:,"
              + LABEL
              + ")*,?)?\\})? ([-+]?(?:\\d.*|Inf|NaN))(?: (\\d+))?");
  private static final Pattern NO_BASE_UNIT =
      Pattern.compile(
          ".*_(milliseconds|ms|minutes|hours|kilobytes|kb|mb|megabytes|percent)(_.*|$)");

  private final Map<String, String> types = new LinkedHashMap<>();
  private final Map<String, Double> samples = new TreeMap<>();
  private String family = "";
  private String help = "";

  /**
   * Reads a text.
   *
   * @throws AssertionError if it is not as it must be
   */
  static PrometheusText read(String text) {
    if (!text.endsWith("\n")) {
      throw new AssertionError("the last line has no end");
    }
    PrometheusText read = new PrometheusText();
    text.lines().forEach(read::line);
    return read;
  }

  /** The types of all families, by name. */
  Map<String, String> types() {
    return types;
  }

  /** All samples, by name and labels as they stand in the text. */
  Map<String, Double> samples() {
    return samples;
  }

  private void line(String line) {
    Matcher helped = HELP.matcher(line);
    Matcher typed = TYPE.matcher(line);
    Matcher sampled = SAMPLE.matcher(line);
    if (helped.matches()) {
      help = helped.group(1);
      check(!helped.group(2).isBlank(), "no help", line);
    } else if (typed.matches()) {
      family = typed.group(1);
      check(family.equals(help), "no help before the type", line);
      check(types.put(family, typed.group(2)) == null, "a family twice", line);
      check(
          !typed.group(2).equals("counter") || family.endsWith("_total"),
          "a counter not in _total",
          line);
      check(!NO_BASE_UNIT.matcher(family).matches(), "no base unit", line);
    } else {
      check(sampled.matches(), "not understood", line);
      check(belongs(sampled.group(1)), "not of the family before it", line);
      String series = sampled.group(1) + "{" + sampled.group(2) + "}";
      double value = Double.parseDouble(sampled.group(3).replace("Inf", "Infinity"));
      check(samples.put(series, value) == null, "a series twice", line);
    }
  }

  private boolean belongs(String name) {
    String type = types.getOrDefault(family, "");
    boolean parts = type.equals("summary") || type.equals("histogram");
    return name.equals(family)
        || (parts && name.matches(Pattern.quote(family) + "_(sum|count|bucket)"));
  }

  private static void check(boolean holds, String what, String line) {
    if (!holds) {
      throw new AssertionError(what + ": " + line);
    }
  }
}
