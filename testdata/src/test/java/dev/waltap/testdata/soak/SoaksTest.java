// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The soaks themselves, for moments only: that they run, and that replicas are equal. */
@Tag("slow")
@Timeout(240)
class SoaksTest {
  private static boolean run(String command) throws Exception {
    String[] arguments = command.split(" ");
    return Soaks.named(arguments[0], SoakOptions.parse(arguments, 1)).run();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "load --seconds 1 --rounds 1 --writers 2",
        "stop --times 1 --stop 0.5 --rate 2000",
        "truncate --seconds 2 --rounds 1 --rate 500",
        "kill --times 1",
        "twin"
      })
  void areAsPromised(String command) throws Exception {
    assertThat(run(command)).isTrue();
  }

  @Test
  void slowsSyncsDown() throws Exception {
    assumeTrue(hasCompiler(), "no C compiler");
    assertThat(run("load --seconds 1 --rounds 1 --synchronous FULL --sync-delay 5")).isTrue();
  }

  private static boolean hasCompiler() throws InterruptedException {
    try {
      return new ProcessBuilder("cc", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> run("load --second 1")).hasMessageContaining("--second");
    assertThatThrownBy(() -> run("lode")).hasMessageContaining("lode");
  }
}
