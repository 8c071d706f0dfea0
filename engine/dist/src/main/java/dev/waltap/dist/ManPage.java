// SPDX-License-Identifier: Apache-2.0
package dev.waltap.dist;

import dev.waltap.cli.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A man page made of what {@code --help} is made of, so that both say the same. */
final class ManPage {

  private static final String EXIT_CODES = "Exit codes:";

  private final CommandSpec spec;
  private final StringBuilder page = new StringBuilder();

  private ManPage(CommandSpec spec) {
    this.spec = spec;
  }

  /** The page's source, for groff and mandoc. */
  static String of(CommandSpec spec, String version, String date) {
    ManPage page = new ManPage(spec);
    page.head(version, date);
    page.synopsis();
    page.description();
    page.commands();
    page.options();
    page.footer();
    page.environment();
    page.seeAlso();
    return page.page.toString();
  }

  /** What the page is called: {@code waltap-cdc}. */
  static String name(CommandSpec spec) {
    return spec.qualifiedName("-");
  }

  private void head(String version, String date) {
    macro(
        "TH "
            + name(spec).toUpperCase(Locale.ROOT)
            + " 1 \""
            + date
            + "\" \"Waltap "
            + version
            + "\"");
    section("NAME");
    String first = paragraphs(spec).get(0);
    // As apropos shows it: no full stop.
    line(escape(name(spec)) + " \\- " + escape(first.replaceFirst("\\.$", "")));
  }

  private void synopsis() {
    section("SYNOPSIS");
    StringBuilder synopsis = new StringBuilder("\\fB" + escape(spec.qualifiedName()) + "\\fR");
    if (spec.parent() == null) {
      synopsis.append(" \\fICOMMAND\\fR [\\fIOPTIONS\\fR]");
    } else {
      synopsis.append(" [\\fIOPTIONS\\fR]");
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      synopsis.append(" \\fI").append(escape(parameter.paramLabel())).append("\\fR");
    }
    line(synopsis.toString());
  }

  private void description() {
    section("DESCRIPTION");
    for (String paragraph : paragraphs(spec)) {
      macro("PP");
      line(escape(paragraph));
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      macro("TP");
      line("\\fI" + escape(parameter.paramLabel()) + "\\fR");
      lines(parameter.description()).forEach(text -> line(escape(text)));
    }
  }

  private void commands() {
    if (spec.subcommands().isEmpty()) {
      return;
    }
    section("COMMANDS");
    spec.subcommands()
        .forEach(
            (name, command) -> {
              macro("TP");
              line("\\fB" + escape(name) + "\\fR");
              line(escape(paragraphs(command.getCommandSpec()).get(0)));
            });
  }

  private void options() {
    section("OPTIONS");
    for (OptionSpec option : spec.options()) {
      macro("TP");
      String label =
          option.arity().max() == 0 ? "" : "=\\fI" + escape(option.paramLabel()) + "\\fR";
      line(
          Arrays.stream(option.names())
                  .map(name -> "\\fB" + escape(name) + "\\fR")
                  .collect(Collectors.joining(", "))
              + label);
      lines(option.description()).forEach(text -> line(escape(text)));
    }
  }

  /** Examples, and behind them what the exit codes mean. */
  private void footer() {
    List<String> footer = lines(spec.usageMessage().footer());
    int exits = 0;
    while (exits < footer.size() && !footer.get(exits).startsWith(EXIT_CODES)) {
      exits++;
    }
    List<String> examples = footer.subList(0, exits).stream().filter(s -> !s.isBlank()).toList();
    if (!examples.isEmpty()) {
      section("EXAMPLES");
      macro("nf");
      examples.forEach(text -> line(escape(text.strip())));
      macro("fi");
    }
    if (exits < footer.size()) {
      section("EXIT STATUS");
      String codes =
          footer.subList(exits, footer.size()).stream()
              .map(String::strip)
              .collect(Collectors.joining(" "));
      for (String code : codes.substring(EXIT_CODES.length()).split(";", -1)) {
        macro("PP");
        line(escape(code.strip().replaceFirst("\\.$", "")));
      }
    }
  }

  private void environment() {
    section("ENVIRONMENT");
    entry("JAVA_HOME", "Where Java 17 or newer is; else the one on the PATH.");
    entry(
        "WALTAP_JAVA_OPTS",
        "Options for the JVM, split at blanks; they win over the launcher's own.");
    entry(
        "WALTAP_OPTION",
        "An option that was not typed: WALTAP_WAL_LIMIT for --wal-limit. Wins over the file of"
            + " --config.");
  }

  private void entry(String name, String text) {
    macro("TP");
    line("\\fB" + escape(name) + "\\fR");
    line(escape(text));
  }

  private void seeAlso() {
    section("SEE ALSO");
    CommandSpec root = spec.root();
    List<String> names = new ArrayList<>();
    names.add(name(root));
    root.subcommands().values().forEach(command -> names.add(name(command.getCommandSpec())));
    names.remove(name(spec));
    List<String> pages = new ArrayList<>();
    names.forEach(name -> pages.add("\\fB" + escape(name) + "\\fR(1)"));
    Topic.names().forEach(name -> pages.add("\\fB" + escape("waltap-" + name) + "\\fR(7)"));
    line(String.join(", ", pages));
  }

  private void section(String title) {
    macro("SH " + title);
  }

  private void macro(String text) {
    page.append('.').append(text).append('\n');
  }

  private void line(String text) {
    page.append(text.startsWith(".") || text.startsWith("'") ? "\\&" : "")
        .append(text)
        .append('\n');
  }

  /** What a command says of itself, where a line that ends in no full stop goes on in the next. */
  private static List<String> paragraphs(CommandSpec spec) {
    List<String> paragraphs = new ArrayList<>();
    StringBuilder paragraph = new StringBuilder();
    String[] said = spec.usageMessage().description();
    for (String line : lines(said.length == 0 ? spec.usageMessage().header() : said)) {
      paragraph.append(paragraph.isEmpty() ? "" : " ").append(line.strip());
      if (line.endsWith(".")) {
        paragraphs.add(paragraph.toString());
        paragraph.setLength(0);
      }
    }
    if (!paragraph.isEmpty()) {
      paragraphs.add(paragraph.toString());
    }
    return paragraphs;
  }

  /** Lines of the model, which are formats, as people see them. */
  private static List<String> lines(String[] formats) {
    return Arrays.stream(formats)
        .map(format -> format.replace("%n", "\n").replace("%%", "%"))
        .flatMap(String::lines)
        .toList();
  }

  static String escape(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }
}
