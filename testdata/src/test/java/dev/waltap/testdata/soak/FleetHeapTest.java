// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
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
  private static final int IDLE = 49;
  private static final int LARGE_HEAP = 128;

  @TempDir private Path directory = Path.of("");

  private FleetProcess start(int heap, int maxOpen) throws IOException {
    return FleetProcess.start(
        heap,
        directory.resolve("errors"),
        FleetCaptureMain.class.getName(),
        directory.resolve("databases"),
        directory.resolve("states"),
        maxOpen);
  }

  @Test
  void manyOpenDatabasesHoldMoreThanTheHeap() throws Exception {
    // Of what can't be compressed, and new, so that there is no saved state to read pages from.
    FleetFigures.make(directory, DATABASES, 1_000_000);
    try (FleetProcess fleet = start(HEAP, DATABASES)) {
      fleet.awaitReady();
      assertThat(fleet.stop()).isEqualTo(143);
      assertThat(fleet.errors()).doesNotContain("OutOfMemoryError");
    }
  }

  /** In equal parts of the same memory, a fiftieth would have been a tenth of what it takes. */
  @Test
  void aLargeOneAmongManyIdleOnesNeedsNoFile() throws Exception {
    FleetFigures.make(directory, IDLE, 10_000);
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path large = FleetFigures.make(elsewhere, 1, 12_000_000).get(0);
    Files.move(large, directory.resolve("databases").resolve("large.db"));
    try (FleetProcess fleet = start(LARGE_HEAP, IDLE + 1)) {
      fleet.awaitReady();
      assertThat(fleet.deletedDescriptors()).as("temporary files").isZero();
      assertThat(fleet.stop()).isEqualTo(143);
      assertThat(fleet.errors()).doesNotContain("OutOfMemoryError");
    }
  }
}
