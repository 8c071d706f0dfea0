// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waltap help}: the help of a command, or a text on something that concerns several. */
@Command(
    name = "help",
    helpCommand = true,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    description = "Shows the help of a command, or explains a topic; without a word, lists both.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap help cdc",
      "  waltap help gaps",
      "",
      "Exit codes: 0 done; 2 there is no such command or topic."
    })
final class HelpCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "[COMMAND|TOPIC]",
      hideParamSyntax = true,
      completionCandidates = Words.class,
      description =
          "A command, or one of the topics guarantees, gaps, guard, formats, outputs, limits, fleet,"
              + " monitoring and settings.")
  private @Nullable String word;

  /** What may be asked for, for completions. */
  static final class Words implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      List<String> words = new ArrayList<>(Commands.names());
      words.addAll(Topic.names());
      return words.iterator();
    }
  }

  @Override
  public Integer call() {
    CommandLine root = spec.parent().commandLine();
    PrintWriter out = root.getOut();
    CommandLine command = word == null ? root : root.getSubcommands().get(word);
    if (command != null) {
      command.usage(out);
    } else if (Topic.names().contains(word)) {
      out.print(Topic.of("" + word).print());
    } else {
      throw unknown(root, "" + word);
    }
    if (word == null) {
      topics(out);
    }
    out.flush();
    return ExitCode.OK;
  }

  private static void topics(PrintWriter out) {
    out.print("\nTopics, as 'waltap help gaps':\n");
    for (String name : Topic.names()) {
      out.print("  " + name + " ".repeat(14 - name.length()) + Topic.of(name).summary() + "\n");
    }
  }

  private ParameterException unknown(CommandLine root, String asked) {
    TreeSet<String> known = new TreeSet<>(root.getSubcommands().keySet());
    known.addAll(Topic.names());
    String near = Suggestion.near(asked, known);
    return new ParameterException(
        spec.commandLine(),
        "there is no command and no topic of that name: "
            + (near == null ? "" : "did you mean '" + near + "'? ")
            + "the topics are "
            + String.join(", ", Topic.names())
            + "; 'waltap help' lists the commands");
  }
}
