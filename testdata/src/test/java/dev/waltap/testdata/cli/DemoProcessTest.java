// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * What people see, on a terminal and elsewhere, compared with what they saw when it was recorded.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class DemoProcessTest {
  private static final String CONTROL_C = "\u0003";
  private static final Map<String, String> XTERM = Map.of("TERM", "xterm");

  /** What the demo shows where there is no terminal; README shows a part of it. */
  static String demo() throws Exception {
    List<String> line = CliProcess.command();
    line.addAll(0, List.of("env", "-u", "COLUMNS"));
    line.add("demo");
    try (CliProcess demo = CliProcess.startLine(line)) {
      assertThat(demo.exit()).as(demo.errors()).isZero();
      assertThat(Transcript.normal(demo.errors()))
          .isEqualTo(
              """
              waltap: a shop opens in /tmp/waltap-demoN/shop.db; Ctrl-C closes it
              waltap: ready: every later commit will be emitted
              """);
      return Transcript.normal(String.join("\n", demo.lines()) + "\n");
    }
  }

  @Test
  void aFileGetsThePlainStory() throws Exception {
    Transcript.compare("demo", demo());
  }

  @Test
  void aTerminalGetsItInColours() throws Exception {
    try (Pty terminal = Pty.start(80, XTERM, "demo")) {
      assertThat(terminal.exit()).isZero();
      Transcript.compare("demo-terminal", Transcript.normal(terminal.shown()));
    }
  }

  @Test
  void aWideTerminalGetsEventsBesideTheirSql() throws Exception {
    try (Pty terminal = Pty.start(132, Map.of("TERM", "xterm", "NO_COLOR", "1"), "demo")) {
      assertThat(terminal.exit()).isZero();
      Transcript.compare("demo-wide", Transcript.normal(terminal.shown()));
    }
  }

  @Test
  void aDumbTerminalGetsNoEscapeSequence() throws Exception {
    try (Pty terminal =
        Pty.start(60, Map.of("TERM", "dumb"), "demo", "--verbose", "--count", "2")) {
      assertThat(terminal.exit()).isZero();
      assertThat(terminal.shown())
          .contains("event  UPDATE products 1: price 123.05 → 99.95")
          .contains("{\"table\":\"products\",", "\"price\":123.05", "2 changes emitted")
          .doesNotContain("\u001B");
    }
  }

  @Test
  void controlCEndsItWithASummary() throws Exception {
    try (Pty terminal = Pty.start(80, XTERM, "demo", "--duration", "1h")) {
      terminal.await("10,000").type(CONTROL_C);
      assertThat(terminal.exit()).isZero();
      assertThat(terminal.shown())
          .contains("changes emitted", "bytes written to the database", "Next, a database");
    }
    assertNothingLeft();
  }

  @Test
  void aDurationEndsItWithASummary() throws Exception {
    try (CliProcess demo = CliProcess.start("demo", "--duration", "3s")) {
      assertThat(demo.exit()).as(demo.errors()).isZero();
      assertThat(String.join("\n", demo.lines()))
          .contains("10,000 events", "0 bytes written", "Next, a database");
    }
    assertNothingLeft();
  }

  private static void assertNothingLeft() throws Exception {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      List<Path> shops =
          files.filter(path -> path.getFileName().toString().startsWith("waltap-demo")).toList();
      for (Path shop : shops) {
        // Another process of this machine may run one.
        assertThat(shop.resolve("shop.db")).exists();
      }
    }
  }

  @Test
  void aClosedPipeEndsItWithoutAWord() throws Exception {
    for (String options : List.of("", " --format json", " --duration 1h")) {
      String line = String.join(" ", CliProcess.command()) + " demo" + options;
      String piped = line + " --quiet | head -3 > /dev/null; exit ${PIPESTATUS[0]}";
      try (CliProcess shell = CliProcess.startLine(List.of("bash", "-c", piped))) {
        assertThat(shell.exit()).as(options).isEqualTo(141);
        assertThat(shell.errors()).isEqualTo("waltap: ready: every later commit will be emitted\n");
      }
    }
  }

  @Test
  void otherFormatsGiveEventsAlone() throws Exception {
    try (CliProcess demo = CliProcess.start("demo", "--format", "json", "--count", "10050")) {
      assertThat(demo.exit()).as(demo.errors()).isZero();
      assertThat(demo.lines())
          .hasSize(10_050)
          .allMatch(line -> line.startsWith("{\"table\":\"") && line.endsWith("}}"));
    }
  }

  @Test
  void progressIsABarOnATerminal() throws Exception {
    try (TestDatabase database = TestDatabase.create()) {
      fill(database);
      Path out = database.directory().resolve("out.jsonl");
      try (Pty terminal = Pty.start(100, XTERM, "bootstrap", database.path(), "--output", out)) {
        assertThat(terminal.exit()).isZero();
        Transcript.compare(
            "progress-terminal", Transcript.kindsOfProgress("bootstrap", terminal.shown()));
      }
      try (Pty terminal = Pty.start(30, XTERM, "bootstrap", database.path(), "--output", out)) {
        assertThat(terminal.exit()).isZero();
        assertThat(terminal.shown().split("\r\u001B\\[K", -1))
            .filteredOn(part -> part.contains("[#") && !part.contains("\n"))
            .isNotEmpty()
            .allMatch(bar -> bar.length() < 30);
      }
    }
  }

  /** Work that takes some tenths of a second at least. */
  private static void fill(TestDatabase database) throws Exception {
    try (Connection connection = database.open()) {
      TestDatabase.execute(
          connection,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
              + " INSERT INTO t SELECT i, printf('%0200d', i) FROM n",
          "PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }
}
