// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.CommandSpec;

class TopicTest {
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]+[a-z]");
  private static final Pattern OTHER_TOPIC = Pattern.compile("waltap\\s+help\\s+([a-z]+)");

  static List<String> names() {
    return Topic.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void namesOnlyOptionsAndTopicsThatThereAre(String name) {
    Set<String> known = new TreeSet<>();
    CommandSpec root = Main.describe();
    root.subcommands()
        .values()
        .forEach(
            command ->
                command
                    .getCommandSpec()
                    .options()
                    .forEach(option -> known.addAll(List.of(option.names()))));
    String text = Topic.of(name).print();
    Matcher options = OPTION.matcher(text);
    while (options.find()) {
      assertThat(known).as(name).contains(options.group());
    }
    Matcher others = OTHER_TOPIC.matcher(text);
    while (others.find()) {
      assertThat(Topic.names()).as(name).contains(others.group(1)).isNotEqualTo(name);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void fitsIntoATerminal(String name) {
    Topic topic = Topic.of(name);
    // A man page is read in whatever locale there is.
    assertThat(topic.print().chars()).allMatch(c -> c < 128);
    assertThat(topic.print().lines().skip(1)).allMatch(line -> line.length() <= 84);
    assertThat(topic.print()).startsWith("waltap " + name + ": " + topic.summary() + "\n\n");
    assertThat(topic.summary()).doesNotEndWith(".").hasSizeLessThan(100);
  }

  @Test
  void readsHeadingsParagraphsItemsAndCode() {
    Topic topic =
        Topic.parse(
            "x",
            """
            # x: a summary
            One
            paragraph.

            ## A heading
            Text.
            - an item
              of two lines
            - another

                code --x
                more
            """);
    assertThat(topic.blocks().stream().map(Topic.Block::kind))
        .containsExactly(
            Topic.Kind.TEXT,
            Topic.Kind.HEADING,
            Topic.Kind.TEXT,
            Topic.Kind.ITEM,
            Topic.Kind.ITEM,
            Topic.Kind.CODE);
    assertThat(topic.print())
        .isEqualTo(
            """
            waltap x: a summary

              One
              paragraph.

            A heading
              Text.

              - an item
                of two lines
              - another

                  code --x
                  more
            """);
  }

  @Test
  void refusesWhatIsNoTopic() {
    assertThatThrownBy(() -> Topic.of("nope")).hasMessage("no topic nope");
    assertThatThrownBy(() -> Topic.parse("x", "# y: z\n")).hasMessageContaining("# x: ");
  }
}
