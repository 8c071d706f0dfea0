// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureMode;
import dev.waltap.api.FleetListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Its life, whatever becomes of its members. */
@Timeout(60)
class FleetEngineTest {
  @TempDir private Path directory = Path.of("");

  /** What was counted, and not said yet, is said by it. */
  @Test
  void aFleetInWhichNothingHappensTicks() {
    FleetEngine fleet =
        new FleetEngine(
            SlotsTest.options(
                List.of(DatabaseSource.directory(directory, "*.db", false)), FleetListener.NONE));
    List<Long> ticks = new ArrayList<>();
    fleet.onTick(
        () -> {
          ticks.add(System.nanoTime());
          if (ticks.size() == 3) {
            fleet.close();
          }
        });
    fleet.run(CaptureMode.CDC);
    assertThat(ticks).hasSizeGreaterThanOrEqualTo(3);
  }
}
