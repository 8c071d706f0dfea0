// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What options make of the output, and what exit codes say. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class OutputProcessTest {

  private TestDatabase database;
  private Connection connection;

  @BeforeEach
  void create() throws Exception {
    database = TestDatabase.create();
    connection = database.open();
    TestDatabase.execute(
        connection,
        "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, photo BLOB)",
        "CREATE TABLE orders(k BLOB PRIMARY KEY, total INTEGER) WITHOUT ROWID",
        "CREATE TABLE other(a)",
        "INSERT INTO users VALUES(1, 'Ada', x'00FF')",
        "INSERT INTO orders VALUES(x'AB', 5)",
        "INSERT INTO other VALUES(1), (2), (3)");
  }

  @AfterEach
  void drop() throws Exception {
    connection.close();
    database.close();
  }

  private List<String> bootstrap(Object... options) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of("bootstrap", database.path()));
    arguments.addAll(List.of(options));
    try (CliProcess waltap = CliProcess.start(arguments.toArray())) {
      assertThat(waltap.exit()).as(waltap.errors()).isZero();
      return waltap.lines();
    }
  }

  private static List<String> positions(List<String> lines, String table) {
    return lines.stream()
        .filter(line -> line.startsWith("{\"table\":\"" + table + "\""))
        .map(line -> line.replaceFirst(".*(\"position\":\"[^\"]*\").*", "$1"))
        .toList();
  }

  private String sourceOfOneChange(Object... options) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of("cdc", database.path()));
    arguments.addAll(List.of(options));
    try (CliProcess waltap = CliProcess.start(arguments.toArray()).awaitReady()) {
      TestDatabase.execute(connection, "UPDATE users SET name = name || '.'");
      String line = waltap.awaitLines(1).get(0);
      assertThat(waltap.stop()).isZero();
      return line.substring(line.indexOf(",\"source\":"));
    }
  }

  @Test
  void aStreamIsThatOfItsStateOrOfItsRun() throws Exception {
    Path state = database.path().resolveSibling("state");
    String first = sourceOfOneChange("--state", state);
    assertThat(first)
        .matches(
            ",\"source\":\\{\"database\":\""
                + database.path().getFileName()
                + "\",\"stream\":\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\"}}");
    assertThat(sourceOfOneChange("--state", state)).isEqualTo(first);
    String named = sourceOfOneChange("--no-state", "--source-name", "shop");
    assertThat(named).startsWith(",\"source\":{\"database\":\"shop\",");
    assertThat(sourceOfOneChange("--no-state", "--source-name", "shop")).isNotEqualTo(named);
  }

  @Test
  void positionsAreTheSameUnderAFilter() throws Exception {
    List<String> all = bootstrap();
    List<String> some = bootstrap("--table", "US*");
    assertThat(positions(some, "users")).hasSize(3).isEqualTo(positions(all, "users"));
    assertThat(some).hasSize(3);
    assertThat(some.get(2)).contains("\"last\":true},\"source\":{\"database\":\"");
    List<String> rest = bootstrap("--exclude-table", "o*", "--no-schema-events");
    assertThat(positions(rest, "users")).isEqualTo(positions(all, "users").subList(1, 3));

    try (CliProcess plain = CliProcess.start("cdc", database.path()).awaitReady();
        CliProcess filtered =
            CliProcess.start("cdc", database.path(), "--table", "users").awaitReady()) {
      TestDatabase.execute(
          connection,
          "BEGIN",
          "UPDATE other SET a = a + 1",
          "UPDATE users SET name = 'Bo'",
          "UPDATE orders SET total = 6",
          "COMMIT");
      List<String> five = plain.awaitLines(5);
      List<String> one = filtered.awaitLines(1);
      assertThat(positions(one, "users")).isEqualTo(positions(five, "users"));
      assertThat(one.get(0)).contains("\"index\":4,\"last\":true},");
      assertThat(plain.stop()).isZero();
      assertThat(filtered.stop()).isZero();
    }
  }

  @Test
  void blobsAndColumnsAppearAsAsked() throws Exception {
    assertThat(bootstrap("--blobs", "base64").toString())
        .contains("\"photo\":\"AP8=\"", "\"key\":{\"k\":\"qw==\"}");
    assertThat(bootstrap("--blobs", "omit").toString())
        .contains(
            "\"after\":{\"id\":1,\"name\":\"Ada\"}",
            "\"after\":{\"k\":\"AB\",\"total\":5},\"key\":{\"k\":\"AB\"}");
    assertThat(bootstrap("--exclude-column", "users.n*", "--exclude-column", "*.k").toString())
        .contains("\"after\":{\"id\":1,\"photo\":\"00FF\"}", "\"key\":{\"k\":\"AB\"}");
    assertThat(bootstrap("--format", "text", "--batch-size", "1"))
        .hasSize(11)
        .allMatch(
            line ->
                line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z: \\w+ [A-Z]+"));
  }

  @Test
  void aTornLineIsCutBeforeMoreIsAppended() throws Exception {
    Path file = database.directory().resolve("out.jsonl");
    Files.writeString(file, "{\"whole\":1}\n" + bootstrap().get(0).substring(0, 90));
    assertThat(bootstrap("--output", file, "--table", "users")).isEmpty();
    List<String> lines = Files.readString(file).lines().toList();
    assertThat(lines).hasSize(4).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
    assertThat(lines.get(0)).isEqualTo("{\"whole\":1}");
  }

  @Test
  void aClosedPipeEndsItWithoutAWord() throws Exception {
    TestDatabase.execute(
        connection,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
            + " INSERT INTO other SELECT i FROM n");
    String line =
        String.join(" ", CliProcess.command())
            + " bootstrap "
            + database.path()
            + " | head -1; exit ${PIPESTATUS[0]}";
    try (CliProcess shell = CliProcess.startLine(List.of("bash", "-c", line))) {
      assertThat(shell.exit()).isEqualTo(141);
      assertThat(shell.lines()).hasSize(1);
      assertThat(shell.errors()).isEmpty();
    }
  }

  @Test
  void signalsEndEachCommandInItsWay() throws Exception {
    for (String command : List.of("cdc", "bootstrap-and-cdc")) {
      for (String signal : List.of("INT", "TERM")) {
        try (CliProcess waltap = CliProcess.start(command, database.path()).awaitReady()) {
          waltap.signal(signal);
          assertThat(waltap.exit()).as(command + " " + signal + waltap.errors()).isZero();
          assertThat(waltap.errors()).containsOnlyOnce("waltap: ready");
        }
      }
    }
    // Unfinished, since nobody takes what it writes until it was asked to stop.
    TestDatabase.execute(
        connection,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)"
            + " INSERT INTO other SELECT i FROM n");
    assertThat(unfinished("INT")).isEqualTo(130);
    assertThat(unfinished("TERM")).isEqualTo(143);
  }

  private int unfinished(String signal) throws Exception {
    List<String> line = CliProcess.command();
    line.addAll(List.of("bootstrap", database.path().toString()));
    Process process =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      process.getInputStream().readNBytes(1);
      assertThat(new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor())
          .isZero();
      awaitHandling(signal, process);
      byte[] rest = process.getInputStream().readAllBytes();
      assertThat(rest[rest.length - 1]).as("whole lines").isEqualTo((byte) '\n');
      return process.waitFor();
    } finally {
      process.destroyForcibly();
    }
  }

  /** The signal's thread waits there for the command to end, which can't before it is read from. */
  private static void awaitHandling(String signal, Process process) throws Exception {
    String name = "SIG" + signal + " handler\n";
    Path threads = Path.of("/proc/" + process.pid() + "/task");
    long deadline = System.nanoTime() + CliProcess.LIMIT.toNanos();
    while (!isRunning(threads, name)) {
      assertThat(System.nanoTime()).as("the signal was handled in time").isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private static boolean isRunning(Path threads, String name) throws IOException {
    try (Stream<Path> all = Files.list(threads)) {
      return all.anyMatch(
          thread -> {
            try {
              return Files.readString(thread.resolve("comm")).equals(name);
            } catch (IOException e) {
              return false; // It has ended since.
            }
          });
    }
  }

  @Test
  void wrongUsageIsTwoAndReportedInOneLine() throws Exception {
    Object[][] commands = {
      {"cdc"},
      {"nothing-of-the-kind"},
      {"cdc", database.path(), "--batch-size", "0"},
      {"cdc", database.path(), "--guard", "maybe"},
      {"cdc", database.path(), "--once"},
      {"cdc", database.path(), "--output", database.path()},
    };
    for (Object[] command : commands) {
      try (CliProcess waltap = CliProcess.start(command)) {
        assertThat(waltap.exit()).as(waltap.errors()).isEqualTo(2);
        assertThat(waltap.lines()).isEmpty();
        assertThat(waltap.errors()).matches("waltap: [^\n]+\nTry 'waltap[^\n]*--help'.\n");
      }
    }
  }
}
