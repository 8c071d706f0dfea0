// SPDX-License-Identifier: Apache-2.0
package dev.waltap.dist;

import java.util.List;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completion of commands, options and their values, for bash and zsh. */
final class Completion {

  /** What the help shows for an option that takes one of some words. */
  private static final Pattern WORDS = Pattern.compile("[a-z0-9]+(\\|[a-z0-9]+)+");

  private Completion() {}

  /** The script; changes the options of the commands. */
  static String bash(CommandSpec root) {
    for (CommandLine command : root.subcommands().values()) {
      completeWords(command.getCommandSpec());
    }
    return AutoComplete.bash(root.name(), root.commandLine());
  }

  /** Completes words as the help writes them, rather than as constants of Java. */
  private static void completeWords(CommandSpec command) {
    for (OptionSpec option : List.copyOf(command.options())) {
      if (WORDS.matcher(option.paramLabel()).matches()) {
        command.remove(option);
        command.addOption(
            OptionSpec.builder(option)
                .completionCandidates(List.of(option.paramLabel().split("\\|", -1)))
                .build());
      }
    }
  }
}
