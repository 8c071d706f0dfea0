// SPDX-License-Identifier: Apache-2.0
package dev.waltap.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.cli.Main;
import dev.waltap.cli.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class ManPageTest {

  @TempDir private Path directory = Path.of("");

  private static List<CommandSpec> commands() {
    CommandSpec root = Main.describe();
    List<CommandSpec> all = new ArrayList<>(List.of(root));
    root.subcommands().values().stream().map(CommandLine::getCommandSpec).forEach(all::add);
    return all;
  }

  private static String page(CommandSpec command) {
    return ManPage.of(command, "1.0", "2026-11-22");
  }

  /** The page without its markup. */
  private static String text(String page) {
    return page.replaceAll("\\\\f[BIR]", "").replace("\\-", "-").replace("\\e", "\\");
  }

  @Test
  void thePageOfWaltapNamesEveryCommand() {
    CommandSpec root = Main.describe();
    assertThat(root.subcommands()).containsKeys("cdc", "bootstrap", "setup", "help");
    String text = text(page(root));
    root.subcommands().keySet().forEach(name -> assertThat(text).contains("\n.TP\n" + name + "\n"));
    assertThat(text).contains("waltap-bootstrap-and-cdc(1)");
  }

  @Test
  void eachPageHasEveryOptionAndWhatTheHelpSaysOfIt() {
    for (CommandSpec command : commands()) {
      String text = text(page(command));
      assertThat(command.options()).isNotEmpty();
      command
          .options()
          .forEach(
              option -> {
                assertThat(text).contains("\n" + String.join(", ", option.names()));
                assertThat(text).contains(option.description()[0].replace("%n", "\n"));
              });
    }
  }

  @Test
  void exitCodesAreASectionOfTheirOwn() {
    CommandSpec cdc =
        commands().stream().filter(spec -> spec.name().equals("cdc")).findFirst().orElseThrow();
    String text = text(page(cdc));
    assertThat(text)
        .contains("\n.SH EXIT STATUS\n.PP\n0 stopped by SIGINT or SIGTERM")
        .contains("\n.PP\n141 reader gone\n")
        .contains("\n.SH EXAMPLES\n.nf\nwaltap cdc app.db --table users");
  }

  @Test
  void noLineIsAMacroByChance() {
    CommandSpec spec = CommandSpec.create().name("x");
    spec.usageMessage().description(".SH in a text.", "'quoted' and \\back.", "100%% of it.");
    assertThat(page(spec))
        .contains("\n\\&.SH in a text.\n")
        .contains("\n\\&'quoted' and \\eback.\n")
        .contains("\n100% of it.\n");
  }

  private static String topicPage(String name) {
    return TopicPage.of(Topic.of(name), Main.describe(), "1.0", "2026-11-22");
  }

  @Test
  void aTopicIsAPageOfSectionSeven() {
    assertThat(text(topicPage("gaps")))
        .startsWith(".TH WALTAP-GAPS 7 \"2026-11-22\" \"Waltap 1.0\"\n.SH NAME\nwaltap-gaps - when")
        .contains("\n.SH What happens then: --on-gap\n.IP \\(bu 2\nreconcile (the default): ")
        .contains("waltap-guard(7)", "waltap-cdc(1)")
        .doesNotContain("waltap-gaps(7)");
    assertThat(text(topicPage("limits")))
        .contains("\n.nf\n    sqlite3 app.db \"PRAGMA journal_mode=WAL\"\n.fi\n");
    assertThat(text(page(Main.describe()))).contains("waltap-gaps(7)");
  }

  @Test
  void groffHasNothingToSayAboutThem() throws Exception {
    Path groff = Path.of("/usr/bin/groff");
    Assumptions.assumeTrue(Files.isExecutable(groff), "there is no groff");
    Path log = directory.resolve("log");
    List<String> line = new ArrayList<>(List.of(groff + "", "-man", "-Tutf8", "-ww", "-z"));
    for (CommandSpec command : commands()) {
      Path file = directory.resolve(ManPage.name(command) + ".1");
      Files.writeString(file, page(command), StandardCharsets.UTF_8);
      line.add(file.toString());
    }
    for (String topic : Topic.names()) {
      Path file = directory.resolve(topic + ".7");
      Files.writeString(file, topicPage(topic), StandardCharsets.UTF_8);
      line.add(file.toString());
    }
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(log).content().isEmpty();
  }
}
