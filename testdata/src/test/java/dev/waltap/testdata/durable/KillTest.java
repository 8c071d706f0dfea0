// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Captures killed at random moments lose nothing; {@link dev.waltap.testdata.KillMain} does more.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class KillTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void losesNothing(long seed) throws Exception {
    assertThat(new KillRun(seed, 4).run().kills()).isGreaterThanOrEqualTo(4);
  }
}
