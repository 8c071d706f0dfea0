// SPDX-License-Identifier: Apache-2.0
package dev.waltap.dist;

import static dev.waltap.dist.ManPage.escape;

import dev.waltap.cli.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** A man page made of a topic of {@code waltap help}, so that both say the same. Stateless. */
final class TopicPage {
  private TopicPage() {}

  /** The page's source, for groff and mandoc. */
  static String of(Topic topic, CommandSpec root, String version, String date) {
    String name = "waltap-" + topic.name();
    List<String> page = new ArrayList<>();
    page.add(
        ".TH " + name.toUpperCase(Locale.ROOT) + " 7 \"" + date + "\" \"Waltap " + version + "\"");
    page.add(".SH NAME");
    page.add(escape(name) + " \\- " + escape(topic.summary()));
    page.add(".SH DESCRIPTION");
    topic.blocks().forEach(block -> add(block, page));
    page.add(".SH SEE ALSO");
    List<String> others = new ArrayList<>();
    others.add("\\fBwaltap\\fR(1)");
    root.subcommands()
        .keySet()
        .forEach(command -> others.add("\\fB" + escape("waltap-" + command) + "\\fR(1)"));
    Topic.names().stream()
        .filter(other -> !other.equals(topic.name()))
        .forEach(other -> others.add("\\fB" + escape("waltap-" + other) + "\\fR(7)"));
    page.add(String.join(", ", others));
    return String.join("\n", page) + "\n";
  }

  private static void add(Topic.Block block, List<String> page) {
    switch (block.kind()) {
      case HEADING -> page.add(".SH " + escape(block.text()));
      case TEXT -> {
        page.add(".PP");
        page.add(line(block.text()));
      }
      case ITEM -> {
        page.add(".IP \\(bu 2");
        page.add(line(block.text()));
      }
      case CODE -> {
        page.add(".PP");
        page.add(".nf");
        block.lines().forEach(code -> page.add("    " + line(code)));
        page.add(".fi");
      }
    }
  }

  /** A line that begins like a macro is none. */
  private static String line(String text) {
    return (text.startsWith(".") || text.startsWith("'") ? "\\&" : "") + escape(text);
  }
}
