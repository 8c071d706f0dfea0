// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is open at the same time shares the heap, whatever it holds. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class FleetHeapTest {
  private static final int HEAP = 48;
  private static final int DATABASES = 60;

  @TempDir private Path directory = Path.of("");

  @Test
  void manyOpenDatabasesHoldMoreThanTheHeap() throws Exception {
    // Of what can't be compressed, and new, so that there is no saved state to read pages from.
    FleetFigures.make(directory, DATABASES, 1_000_000);
    try (FleetProcess fleet =
        FleetProcess.start(
            HEAP,
            directory.resolve("errors"),
            FleetCaptureMain.class.getName(),
            directory.resolve("databases"),
            directory.resolve("states"),
            DATABASES)) {
      fleet.awaitReady();
      assertThat(fleet.stop()).isEqualTo(143);
      assertThat(fleet.errors()).doesNotContain("OutOfMemoryError");
    }
  }
}
