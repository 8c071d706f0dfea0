// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsoleTest {

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long nanos;

  private Console console(boolean terminal, boolean quiet) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Console(stream, terminal, quiet, false, () -> nanos);
  }

  private void progressUntil(Console console, int seconds) {
    for (int i = 0; i <= seconds * 10; i++) {
      console.progress("scan", i * 100L, seconds * 1000L, "pages");
      nanos += 100_000_000;
    }
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void progressIsALineLessAndLessOften() {
    progressUntil(console(false, false), 10);
    assertThat(err())
        .isEqualTo(
            """
            waltap: scan: 20%, 2000 of 10000 pages, 1000/s, 0:08 left
            waltap: scan: 60%, 6000 of 10000 pages, 1000/s, 0:04 left
            waltap: scan: 100%, 10000 of 10000 pages, 1000/s
            """);
  }

  @Test
  void linesAreObjectsWhereThatWasAskedFor() {
    Console console = console(true, false);
    console.writeJson();
    console.note("it \"begins\"");
    console.about("app.db");
    console.warning("two\nlines");
    console.ready();
    progressUntil(console, 4);
    console.error("it ends");
    assertThat(err().lines().map(line -> line.replaceFirst("\"time\":\"2[^\"]*Z\",", "")))
        .containsExactly(
            "{\"level\":\"info\",\"message\":\"it \\\"begins\\\"\"}",
            "{\"level\":\"warn\",\"database\":\"app.db\",\"message\":\"two lines\"}",
            "{\"level\":\"info\",\"database\":\"app.db\",\"message\":\"ready: every later commit will be"
                + " emitted\"}",
            "{\"level\":\"info\",\"database\":\"app.db\",\"message\":\"scan: 50%, 2000 of 4000 pages,"
                + " 1000/s, 0:02 left\"}",
            "{\"level\":\"info\",\"database\":\"app.db\",\"message\":\"scan: 100%, 4000 of 4000 pages,"
                + " 1000/s\"}",
            "{\"level\":\"error\",\"database\":\"app.db\",\"message\":\"it ends\"}");
  }

  @Test
  void anHourOfProgressIsAFewDozenLinesOfALog() {
    progressUntil(console(false, false), 3600);
    assertThat(err().lines().count()).isBetween(50L, 70L);
  }

  @Test
  void shortWorkAndQuietSayNothing() {
    progressUntil(console(false, false), 1);
    progressUntil(console(false, true), 60);
    assertThat(err()).isEmpty();
  }

  @Test
  void aTerminalGetsABarThatMakesWayForLines() {
    Console console = console(true, false);
    console.progress("scan", 0, 100, "pages");
    nanos += 1_000_000_000;
    console.progress("scan", 50, 100, "pages");
    assertThat(err())
        .isEqualTo(
            "\r\u001B[Kscan [############            ] 50%, 50 of 100 pages, 50/s, 0:01 left");
    err.reset();
    console.warning("look");
    assertThat(err()).isEqualTo("\r\u001B[Kwaltap: warning: look\n");
  }

  @Test
  void aBarIsNoWiderThanTheTerminal() {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console = new Console(stream, true, () -> 20, false, false, () -> nanos);
    console.progress("scan", 0, 100, "pages");
    nanos += 1_000_000_000;
    console.progress("scan", 50, 100, "pages");
    assertThat(err()).isEqualTo("\r\u001B[Kscan [############ ").hasSize(4 + 19);
  }

  @Test
  void unknownTotalsAreCounted() {
    Console console = console(false, false);
    console.progress("bootstrap", 0, -1, "rows");
    nanos += 2_000_000_000;
    console.progress("bootstrap", 5000, -1, "rows");
    assertThat(err()).isEqualTo("waltap: bootstrap: 5000 rows, 2500/s\n");
  }

  @Test
  void readyIsSaidOnceEvenQuietly() {
    Console console = console(false, true);
    console.ready();
    console.ready();
    console.note("not this");
    console.detail("nor this");
    assertThat(err()).startsWith("waltap: ready").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "4096,4096",
    "64k,65536",
    "64K,65536",
    "256MiB,268435456",
    "1GB,1000000000",
    "1g,1073741824",
    "2 kB,2000",
    "0,0"
  })
  void sizesAreReadAsPeopleWriteThem(String text, long bytes) {
    assertThat(new OptionConverters.Size().convert(text)).isEqualTo(bytes);
  }

  @Test
  void timesAreReadAsPeopleWriteThem() {
    assertThat(OptionConverters.duration("10s")).isEqualTo(Duration.ofSeconds(10));
    assertThat(OptionConverters.duration("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(OptionConverters.duration("2m")).isEqualTo(Duration.ofMinutes(2));
    assertThat(OptionConverters.duration("7")).isEqualTo(Duration.ofSeconds(7));
    assertThatThrownBy(() -> OptionConverters.duration("soon"))
        .hasMessageContaining("'soon' is not a time");
    assertThatThrownBy(() -> new OptionConverters.Size().convert("999999999999999999TiB"))
        .hasMessageContaining("too large");
  }
}
