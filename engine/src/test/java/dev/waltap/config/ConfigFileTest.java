// SPDX-License-Identifier: Apache-2.0
package dev.waltap.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {

  @TempDir private Path directory = Path.of("");

  private List<ConfigEntry> read(String name, String text) throws Exception {
    return ConfigFile.read(Files.writeString(directory.resolve(name), text));
  }

  private static ConfigEntry one(String name, int line, String value) {
    return new ConfigEntry(name, List.of(value), false, line);
  }

  private static ConfigEntry list(String name, int line, String... values) {
    return new ConfigEntry(name, List.of(values), true, line);
  }

  @Test
  void tablesOfTomlArePartsOfNames() throws Exception {
    String text =
        """
        # for a test
        wal-limit = "64MiB"
        page-rows = true
        output = [
          "a.jsonl",
          'b\\c',
        ]

        [metrics]
        port = 9090
        [listen]
        token = "@token"
        """;
    assertThat(read("waltap.toml", text))
        .containsExactly(
            one("wal-limit", 2, "64MiB"),
            one("page-rows", 3, "true"),
            list("output", 4, "a.jsonl", "b\\c"),
            one("metrics-port", 10, "9090"),
            one("listen-token", 12, "@token"));
    assertThat(read("dots.TOML", "metrics.port = 1\nmetrics.max-lag = 2\n"))
        .containsExactly(one("metrics-port", 1, "1"), one("metrics-max-lag", 2, "2"));
  }

  @Test
  void valuesOfYamlAreTextsAsTheyAreWritten() throws Exception {
    String text =
        """
        ---
        wal-limit: 64MiB
        page-rows: yes
        batch-size: 0x10
        output:
          - a.jsonl
          - "b c"
        metrics:
          port: 9090
          max-lag: 1e3
        """;
    for (String name : List.of("waltap.yaml", "waltap.yml")) {
      assertThat(read(name, text))
          .containsExactly(
              one("wal-limit", 2, "64MiB"),
              one("page-rows", 3, "yes"),
              one("batch-size", 4, "0x10"),
              list("output", 6, "a.jsonl", "b c"),
              one("metrics-port", 9, "9090"),
              one("metrics-max-lag", 10, "1e3"));
    }
    assertThat(read("empty.yaml", "# nothing\n")).isEmpty();
  }

  @Test
  void anyOtherNameIsOneOfProperties() throws Exception {
    String text = "# c\n\nwal-limit=1k\r\ntable=a\\n\\\n  b\nmetrics.port: 9090\nlast = \\u00e9";
    assertThat(read("waltap.conf", text))
        .containsExactly(
            one("wal-limit", 3, "1k"),
            one("table", 5, "a\nb"),
            one("metrics-port", 6, "9090"),
            one("last", 7, "é"));
    assertThat(read("a", "x" + "y".repeat(20_000) + "=1\nb=2\n").get(1))
        .isEqualTo(one("b", 2, "2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.toml | a = s3cret | 1 | is not TOML from column 5 on",
        "a.toml | a = 1\\na = 2 | 2 | a previously defined at line 1, column 1",
        "a.toml | m-p = 1\\n[m]\\np = 2 | 3 | 'm-p' stands in line 1 already",
        "a.toml | a = 2026-01-01 | 1 | 'a' must be a text",
        "a.toml | b = 1\\na = [[1]] | 2 | 'a' must be a text",
        "a.yaml | a: 1\\nb: s3: cret | 2 | is not YAML: mapping values are not allowed here",
        "a.yaml | a: *s3cret | 1 | is not YAML: options are written as",
        "a.yaml | a: &x\\n  s3: *x | 1 | an alias (*) repeats what it is part of",
        "a.yaml | a: &x\\n  s3: [*x] | 1 | an alias (*) repeats what it is part of",
        "a.yaml | a: &x [*x] | 1 | an alias (*) repeats what it is part of",
        "a.yaml | a: 1\\nb: | 2 | 'b' has no value",
        "a.yaml | a: 1\\na: 2 | 2 | 'a' stands in line 1 already",
        "a.yaml | a: [[1]] | 1 | 'a' must be a text",
        "a.yaml | s3cret | 1 | has no options",
        "a.yaml | a: s3cret\\u0007 | 0 | is not YAML",
        "a.properties | a=1\\nb=\\u00z | 2 | is not followed by four hexadecimal digits"
      })
  void saysInWhichLineSomethingIsWrongAndRepeatsNoValue(
      String name, String text, int line, String message) {
    String written = text.replace("\\n", "\n").replace("\\u0007", "\u0007");
    ConfigException e =
        catchThrowableOfType(ConfigException.class, () -> read(name.strip(), written));
    assertThat(e).hasMessageContaining(message).hasMessageNotContaining("s3");
    assertThat(e.line()).isEqualTo(line);
  }

  @Test
  void aByteOrderMarkIsNoPartOfIt() throws Exception {
    for (String name : List.of("a.toml", "a.yaml", "a.conf")) {
      String text = name.endsWith("yaml") ? "last: 1\n" : "last = 1\n";
      assertThat(read(name, "\uFEFF" + text)).as(name).containsExactly(one("last", 1, "1"));
    }
  }

  @Test
  void tablesWithoutOptionsAreKnownByTheirNames() throws Exception {
    for (ConfigEntry each : read("a.toml", "[m]\n[n]\na = 1\n[o]\np = {}\n")) {
      assertThat(each.isEmptyTable()).as(each.name()).isEqualTo(!each.name().equals("n-a"));
    }
    assertThat(read("a.yaml", "m: {}\nn: []\n"))
        .containsExactly(ConfigEntry.emptyTable("m", 1), list("n", 2));
  }

  @Test
  void whatIsNestedTooDeeplyIsRefusedInWords() {
    for (String name : List.of("a.toml", "a.yaml")) {
      String text = "a" + (name.endsWith("yaml") ? ": " : " = ") + "[".repeat(100_000);
      assertThat(catchThrowableOfType(ConfigException.class, () -> read(name, text)))
          .as(name)
          .isNotNull();
    }
  }

  @Test
  void isTextInUtf8() throws IOException {
    Path file = Files.write(directory.resolve("a.toml"), new byte[] {'a', (byte) 0xFF});
    assertThat(catchThrowableOfType(IOException.class, () -> ConfigFile.read(file)))
        .isInstanceOf(MalformedInputException.class);
  }
}
