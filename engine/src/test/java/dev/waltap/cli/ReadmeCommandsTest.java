// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What README says to type is understood. */
class ReadmeCommandsTest {

  private static final Path README = Path.of("..", "README.md");
  private static final Pattern SHELL = Pattern.compile("(?m)^```sh\\n((?s:.*?))^```$");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private static List<String> commands() throws IOException {
    return SHELL
        .matcher(Files.readString(README))
        .results()
        .flatMap(block -> block.group(1).lines())
        .map(line -> line.replaceAll(" +[#|].*", "").strip())
        .filter(line -> line.startsWith("waltap "))
        .toList();
  }

  @Test
  void everyCommandIsUnderstood() throws IOException {
    assertThat(commands()).hasSizeGreaterThan(4);
    PrintStream err = new PrintStream(out, true, StandardCharsets.UTF_8);
    Shell shell = new Shell(out, err, false, builder -> null, new StopSignals(code -> {}));
    UsageErrors errors = new UsageErrors(shell, new Settings(shell.environment()));
    for (String command : commands()) {
      String[] words = command.substring("waltap ".length()).split(" +", -1);
      new Commands(shell, errors).all().parseArgs(words);
    }
  }
}
