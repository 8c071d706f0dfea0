// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** {@link FleetSoak} for a few seconds. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class FleetSoakTest {

  @Test
  void everyReplicaIsEqualInTheEnd() throws Exception {
    String[] options =
        "--databases 12 --max-open 3 --seconds 4 --kills 1 --seed %d"
            .replace("%d", "" + System.nanoTime() % 1000)
            .split(" ");
    assertThat(new FleetSoak(FleetOptions.parse(options, 0)).run()).isTrue();
  }
}
