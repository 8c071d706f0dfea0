// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands and options that the README names are those that there are. */
class ReadmeReferenceTest {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*[a-z]");
  private static final Pattern WORDS = Pattern.compile("(--[a-z-]+) ([a-z]+(?:\\\\?\\|[a-z]+)+)");
  private static final Pattern RUN = Pattern.compile("waltap ([a-z][a-z-]*)([^|#`]*)");

  private final Map<String, CommandSpec> commands = new TreeMap<>();
  private List<String> lines = List.of();

  @BeforeEach
  void read() throws Exception {
    lines = Files.readAllLines(Path.of("..", "README.md"));
    for (Map.Entry<String, CommandLine> each : Main.describe().subcommands().entrySet()) {
      commands.put(each.getKey(), each.getValue().getCommandSpec());
    }
  }

  /** The rows of the table whose head begins with a word. */
  private List<String> table(String head) {
    List<String> rows = new ArrayList<>();
    int at = 0;
    while (!lines.get(at).startsWith("| " + head + " |")) {
      at++;
    }
    for (at += 2; at < lines.size() && lines.get(at).startsWith("|"); at++) {
      rows.add(lines.get(at));
    }
    return rows;
  }

  private static List<String> code(String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = CODE.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  private Set<String> options() {
    Set<String> names = new TreeSet<>();
    commands
        .values()
        .forEach(spec -> spec.options().forEach(option -> names.addAll(List.of(option.names()))));
    return names;
  }

  @Test
  void itsTableOfCommandsHasEveryOne() {
    List<String> named = new ArrayList<>(List.of("help"));
    table("command").forEach(row -> named.add(code(row).get(0)));
    assertThat(named).containsExactlyInAnyOrderElementsOf(commands.keySet());
  }

  @Test
  void itNamesEveryTopicOfTheHelp() {
    String line =
        lines.stream().filter(each -> each.contains("waltap help TOPIC")).findFirst().orElse("");
    assertThat(code(line)).containsAll(Topic.names());
  }

  @Test
  void itsTablesNameOnlyOptionsThatThereAre() {
    Set<String> known = options();
    List<String> rows = new ArrayList<>(table("option"));
    rows.addAll(table("command"));
    for (String row : rows) {
      Matcher matcher = OPTION.matcher(row);
      while (matcher.find()) {
        assertThat(known).as(row).contains(matcher.group());
      }
    }
    assertThat(rows).hasSizeGreaterThan(10);
  }

  @Test
  void theWordsOfAnOptionAreThoseOfTheHelp() {
    int checked = 0;
    for (String row : table("option")) {
      Matcher matcher = WORDS.matcher(row);
      while (matcher.find()) {
        String words = matcher.group(2).replace("\\|", "|");
        assertThat(labels(matcher.group(1))).as(row).contains(words);
        checked++;
      }
    }
    assertThat(checked).isPositive();
  }

  private Set<String> labels(String option) {
    Set<String> labels = new TreeSet<>();
    for (CommandSpec command : commands.values()) {
      OptionSpec found = command.findOption(option);
      if (found != null) {
        labels.add(found.paramLabel());
      }
    }
    return labels;
  }

  @Test
  void itsExamplesHaveOnlyOptionsOfTheirCommand() {
    int checked = 0;
    for (String line : lines) {
      Matcher run = RUN.matcher(line);
      while (run.find()) {
        CommandSpec command = commands.get(run.group(1));
        if (command == null) {
          continue; // "waltap is", in a sentence.
        }
        Matcher option = OPTION.matcher(run.group(2));
        while (option.find()) {
          assertThat(command.findOption(option.group())).as(line).isNotNull();
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(3);
  }
}
