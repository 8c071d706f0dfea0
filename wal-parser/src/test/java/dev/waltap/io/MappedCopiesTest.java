// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappedCopiesTest {

  private static final int TRIALS = 300;

  /** However the copy is run, a truncation is reported there and then, every time. */
  @ParameterizedTest
  @CsvSource({
    "-XX:+TieredCompilation, 100000",
    "-XX:TieredStopAtLevel=1, 20000",
    "-XX:-TieredCompilation, 100000",
    "-Xint, 100"
  })
  void aTruncationIsReportedWithinTheCopy(String mode, int warmUp) throws Exception {
    assumeTrue(MappedCopies.MAPS, "nothing is mapped by this JVM");
    assertThat(run(mode, warmUp))
        .isEqualTo(
            "reported " + TRIALS + " silent 0 late 0\nrace refused true wrong 0 maps true\n");
  }

  @Test
  void aPropertyTurnsMappingOff() throws Exception {
    assertThat(run("-D" + MappedCopies.PROPERTY + "=false", 100))
        .endsWith("race refused true wrong 0 maps false\n");
  }

  @Test
  void knowsALateErrorByItsMessage() {
    assertThat(
            MappedCopies.isLateFault(
                new InternalError(
                    "a fault occurred in a recent unsafe memory access operation in compiled Java"
                        + " code")))
        .isTrue();
    assertThat(MappedCopies.isLateFault(new InternalError("something else"))).isFalse();
    assertThat(MappedCopies.isLateFault(new InternalError())).isFalse();
  }

  private static String run(String mode, int warmUp) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", mode, "-cp", System.getProperty("java.class.path")));
    command.add(TruncationTrials.class.getName());
    command.addAll(List.of(String.valueOf(warmUp), String.valueOf(TRIALS)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }
}
