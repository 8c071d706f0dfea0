// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.SourceMessages.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Every sentence of the product stands in a catalogue, so that a change of words is seen where it
 * is reviewed; and every refusal says what to do. With {@code -Dwaltap.messages.write=true} this
 * test writes the catalogue instead of comparing with it.
 */
class MessageCatalogueTest {
  private static final Path CATALOGUE =
      Path.of("src", "test", "resources", "dev", "waltap", "messages.txt");

  private static final String WRITE =
      "mvn -q -B test -Pfast -pl wal-parser,engine -Dtest=MessageCatalogueTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dwaltap.messages.write=true";

  private static final List<Path> SOURCES =
      List.of(
          Path.of("..", "wal-parser", "src", "main", "java"),
          Path.of("src", "main", "java"),
          Path.of("kafka", "src", "main", "java"));

  /** Its story is no catalogue's, and changes with every scene. */
  private static final Pattern LEFT_OUT = Pattern.compile("Demo.*");

  /** What ends a command, or warns of what may. */
  private static final Set<String> REFUSALS =
      Set.of("CaptureException", "OutputRefusedException", "refused", "warning");

  /** Somewhere behind what happened: a verb that asks for something. */
  private static final Pattern ADVICE =
      Pattern.compile(
          "([:;,.?] |\\b(or|and|then|first|please|to) )"
              + "(check|choose|close|copy|create|exclude|export|free|give|grant|keep|leave|let|look"
              + "|make|mount|move|name|open|put|raise|remove|report|restore|run|set|start|stop"
              + "|turn|turn it on|upgrade|use|Start|Run|wait|write)\\b");

  /** Their last part is what happened, in another's words, or there is nothing to be done. */
  private static final List<String> ADVISED_ELSEWHERE =
      List.of(
          "a bootstrap was interrupted: starting it again",
          "{}: starting over with a bootstrap",
          "{}: has no frame {}: {}",
          "SQLite's native library can't be loaded: {}",
          "{} does not end with a whole line, and what stands at its end is no event that broke"
              + " off: nothing was changed{}",
          "{} is an SQLite database, log or journal, not an output file{}",
          "{} is a binary file, not lines of text{}",
          "the handler failed, so its batch counts as undelivered: {}",
          "the thread that runs the capture was interrupted, which ended it: what was handled"
              + " counts as delivered",
          "the capture thread was interrupted by a listener",
          "the thread was interrupted during setup; nothing was set up",
          "the capture was closed during setup; nothing was set up");

  private static List<Message> messages() throws IOException {
    List<Message> all = new ArrayList<>();
    for (Path source : SOURCES) {
      all.addAll(SourceMessages.below(source));
    }
    return all.stream().filter(each -> !LEFT_OUT.matcher(each.file()).matches()).toList();
  }

  private static List<String> catalogue(List<Message> messages) {
    List<String> lines = new ArrayList<>();
    String file = "";
    for (Message message : messages) {
      if (!message.file().equals(file)) {
        file = message.file();
        lines.add(file);
      }
      lines.add("  " + message.text());
    }
    return lines;
  }

  @Test
  void everySentenceStandsInTheCatalogue() throws IOException {
    List<String> lines = catalogue(messages());
    if (Boolean.getBoolean("waltap.messages.write")) {
      Files.write(CATALOGUE, lines);
    }
    assertThat(Files.readAllLines(CATALOGUE))
        .as("if the words that changed are meant, run %s", WRITE)
        .containsExactlyElementsOf(lines);
    assertThat(lines).hasSizeGreaterThan(300);
  }

  @Test
  void everyRefusalSaysWhatToDo() throws IOException {
    List<Message> refusals =
        messages().stream()
            .filter(each -> REFUSALS.contains(each.call().replaceFirst(".*\\.", "")))
            .toList();
    assertThat(refusals).hasSizeGreaterThan(60);
    assertThat(refusals)
        .filteredOn(each -> !ADVISED_ELSEWHERE.contains(each.text()))
        .allSatisfy(each -> assertThat(each.text()).containsPattern(ADVICE));
  }

  @Test
  void noRefusalIsWrittenInJargon() throws IOException {
    assertThat(messages())
        .allSatisfy(
            each ->
                assertThat(each.text())
                    .doesNotContainIgnoringCase(
                        "invalid ", "illegal ", "unexpected error", "oops"));
  }

  @Test
  void readsTextsAsTheyArePutTogether() {
    String source =
        """
        @Option(names = "--x", description = "not a message of this kind")
        class A { // "nor is this one here"
          char quote = '"', back = '\\\\';
          void a(int b) {
            throw refused(b + ": it is \\"not\\" there" + (b > 0 ? ": look for it there" : "") + "!");
          }
          String c = "SELECT a FROM b WHERE c", d = "three words only";
          Object e = new CaptureException(Reason.X, String.join("", "what is joined" + " is found"));
        }
        """;
    assertThat(SourceMessages.of("A.java", source))
        .containsExactly(
            new Message("A.java", "refused/part", ": look for it there"),
            new Message("A.java", "refused", "{}: it is \\\"not\\\" there{}!"),
            new Message("A.java", "String.join", "what is joined is found"));
  }
}
