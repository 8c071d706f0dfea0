// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.util.Stack;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * What is to be shown byte by byte.
 *
 * @param page whether a page is, as of the last commit, rather than a frame
 * @param number of the page or frame, from 1
 */
record HexTarget(boolean page, int number) {
  private static final Pattern TEXT = Pattern.compile("(?:(page|frame)[ :=]?)?(\\d{1,9})");

  /** Takes {@code 12}, {@code frame 12} and {@code page 3}, in one argument or in two. */
  static final class Consumer implements IParameterConsumer {
    @Override
    @SuppressWarnings("JdkObsolete") // That is picocli's.
    public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec command) {
      String text = args.isEmpty() ? "" : args.pop();
      if ((text.equals("page") || text.equals("frame")) && !args.isEmpty()) {
        text += " " + args.pop();
      }
      Matcher matcher = TEXT.matcher(text);
      int number = matcher.matches() ? Integer.parseInt(matcher.group(2)) : 0;
      if (number < 1) {
        throw new ParameterException(
            command.commandLine(),
            "--hex: '" + text + "' is neither a frame nor a page: write --hex 12 or --hex page 3");
      }
      option.setValue(new HexTarget("page".equals(matcher.group(1)), number));
    }
  }
}
