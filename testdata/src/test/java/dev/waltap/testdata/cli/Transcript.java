// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a command once showed, and shows again: what differs from run to run stands there as N.
 * {@code -Dwaltap.record=true} records it, to be read before it is committed.
 */
final class Transcript {
  private static final Path RECORDED = Path.of("src", "test", "resources", "transcripts");

  private Transcript() {}

  /** Compares with the one of this name. */
  static void compare(String name, String shown) throws IOException {
    Path file = RECORDED.resolve(name + ".txt");
    if (Boolean.getBoolean("waltap.record")) {
      Files.createDirectories(RECORDED);
      Files.writeString(file, shown);
    }
    assertThat(shown).as("recorded in " + file).isEqualTo(Files.readString(file));
  }

  /** Times, rates and temporary names as N, escape sequences as they are typed. */
  static String normal(String shown) {
    return shown
        .replaceAll("/\\S*/waltap-demo\\d+/", "/tmp/waltap-demoN/")
        .replaceAll(" *((?:\u001B\\[2m)?)(?<![\\d,])\\d[\\d.]* (?:m?s)\\b", " $1N ms")
        .replace("\u001B", "\\e");
  }

  /**
   * Bars and lines of the progress of some work, which come as often as it takes long: each kind
   * once, all numbers as N, in the order in which each first came.
   */
  static String kindsOfProgress(String work, String shown) {
    List<String> kinds = new ArrayList<>();
    for (String line : shown.split("\r\u001B\\[K|\n", -1)) {
      String kind =
          line.replaceAll("\\[[# ]*\\]", "[#]")
              .replaceAll("\\d+(:\\d+)*", "N")
              .replaceAll(", N/s|, N left", "");
      if (kind.contains(work) && !kinds.contains(kind)) {
        kinds.add(kind);
      }
    }
    return String.join("\n", kinds) + "\n";
  }
}
