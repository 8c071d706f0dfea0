// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** How many times as fast Waltap is as another, by measurement and name. */
final class Ratios {
  /** Below this part of what is on record it is slower, and not only a noisy machine. */
  private static final double TOLERATED = 0.8;

  private final Map<String, Double> ratios = new TreeMap<>();

  void add(String measurement, Map<String, Double> others) {
    others.forEach((other, ratio) -> ratios.put(measurement + "." + other, ratio));
  }

  /** Those that are much less than the file says, in words; what was not measured is left out. */
  List<String> slowerThan(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    List<String> slower = new ArrayList<>();
    ratios.forEach(
        (name, ratio) -> {
          String recorded = properties.getProperty(name);
          if (recorded != null && ratio < TOLERATED * Double.parseDouble(recorded)) {
            slower.add(
                String.format(
                    Locale.ROOT, "slower: %s is %.2f, on record is %s", name, ratio, recorded));
          }
        });
    return slower;
  }

  void write(Path file) throws IOException {
    StringBuilder text =
        new StringBuilder("# How many times as fast Waltap is; written by Speed --record.\n");
    ratios.forEach(
        (name, ratio) -> text.append(String.format(Locale.ROOT, "%s=%.2f%n", name, ratio)));
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }
}
