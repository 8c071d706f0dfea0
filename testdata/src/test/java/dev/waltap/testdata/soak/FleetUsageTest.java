// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a soak takes for a leak. */
class FleetUsageTest {
  private static final int OPEN = 200;
  private static final int MIB = 1 << 10;

  private static List<FleetUsage> alive(int... mebibytes) {
    return Arrays.stream(mebibytes)
        .mapToObj(each -> new FleetUsage(900, 40, 900, 0, 300, (long) each * MIB))
        .toList();
  }

  @Test
  void aHeapThatGrowsIsOneAndOneThatGoesUpAndDownIsNot() {
    assertThat(FleetUsage.leaks(alive(40, 60, 41, 60, 42, 58), OPEN, 0)).isEmpty();
    assertThat(FleetUsage.leaks(alive(40, 45, 50, 62, 66, 70), OPEN, 0)).containsExactly("heap");
  }

  @Test
  void whatEachParkedDatabaseKeepsIsNone() {
    List<FleetUsage> kept = List.of(new FleetUsage(10_500, 40, 1_200, 0, 460, 100 * MIB));
    assertThat(FleetUsage.leaks(kept, OPEN, 5_000)).isEmpty();
    assertThat(FleetUsage.leaks(kept, OPEN, 1_000)).containsExactly("descriptors");
  }

  @Test
  void aFewFilesOfDatabasesThatWereDeletedAreNone() {
    List<FleetUsage> kept = List.of(new FleetUsage(900, 40, 900, 400, 300, 1));
    assertThat(FleetUsage.leaks(kept, OPEN, 5_000)).isEmpty();
    assertThat(FleetUsage.leaks(kept, OPEN, 1_000)).containsExactly("deleted files");
  }

  @Test
  void aHeapThatIsNotPrintedAsExpectedIsNotTakenForEmpty() throws Exception {
    String young = " def new generation   total 78656K, used 5594K [0x1, 0x2, 0x3)\n";
    String old = " tenured generation   total 174784K, used 100K [0x1, 0x2, 0x3)\n";
    assertThat(FleetProcess.heapUsedKiB("1:\n" + young + "  eden 9% used\n" + old))
        .isEqualTo(5_694);
    assertThatThrownBy(() -> FleetProcess.heapUsedKiB(young)).hasMessageContaining("5594K");
    assertThatThrownBy(() -> FleetProcess.heapUsedKiB(" garbage-first heap   total 1K, used 1K"))
        .hasMessageContaining("garbage-first");
  }

  @Test
  void whatIsOpenIsBoundedByTheDatabasesThatMayBe() {
    assertThat(
            FleetUsage.leaks(List.of(new FleetUsage(9_000, 40 + OPEN, 9_000, 900, 1, 1)), OPEN, 0))
        .containsExactly("descriptors", "threads", "mappings", "deleted files");
  }
}
