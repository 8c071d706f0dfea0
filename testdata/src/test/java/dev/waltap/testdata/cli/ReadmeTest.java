// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What README shows is what happens. */
@Tag("slow")
@Timeout(120)
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Pattern BLOCK = Pattern.compile("(?m)^```(\\w*)\\n((?s:.*?))^```$");

  private static List<String> blocks(String language) throws IOException {
    return BLOCK
        .matcher(Files.readString(README))
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  /** The transcripts: neither commands nor code. */
  private static String transcript(String start) throws IOException {
    List<String> found = blocks("").stream().filter(block -> block.startsWith(start)).toList();
    assertThat(found).as("transcripts that start with " + start).hasSize(1);
    return found.get(0);
  }

  @Test
  void everyTranscriptIsCheckedHere() throws IOException {
    assertThat(blocks("")).hasSize(2);
    assertThat(transcript("sql ")).isNotEmpty();
    assertThat(transcript("{\"table\"")).isNotEmpty();
  }

  @Test
  void theDemoShowsWhatReadmeShows() throws Exception {
    String shown = DemoProcessTest.demo();
    for (String part : Transcript.normal(transcript("sql ")).split("(?m)^…\\n", -1)) {
      assertThat(shown).contains(part.stripTrailing());
    }
  }

  @Test
  void theFirstEventsAreThoseThatReadmeShows() throws Exception {
    Matcher sql =
        Pattern.compile("sqlite3 app.db \"(INSERT [^\"]*)\" \"(UPDATE [^\"]*)\"")
            .matcher(Files.readString(README));
    assertThat(sql.find()).isTrue();
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open()) {
      TestDatabase.execute(
          connection, "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, score REAL)");
      try (CliProcess waltap =
          CliProcess.start("cdc", database.path(), "--source-name", "app.db").awaitReady()) {
        TestDatabase.execute(connection, sql.group(1), sql.group(2));
        List<String> lines = waltap.awaitLines(2);
        assertThat(normal(String.join("\n", lines) + "\n"))
            .isEqualTo(normal(transcript("{\"table\"")));
      }
    }
  }

  private static String normal(String events) {
    return events
        .replaceAll("\"timestamp\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z\"", "T")
        .replaceAll("\"\\d+:\\d+(:\\d+)?\"", "P$1")
        .replaceAll("\"stream\":\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\"", "S");
  }
}
