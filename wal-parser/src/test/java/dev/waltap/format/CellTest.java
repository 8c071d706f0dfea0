// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CellTest {
  private static final PageFormat FORMAT = new PageFormat(1024, 1000);

  @Test
  void cellsThatCertainlyEndByALimitDoSoWhenParsed() {
    Cell cell = new Cell();
    int certain = 0;
    for (int seed = 1; seed <= 200_000; seed++) {
      Random random = new Random(seed);
      byte[] page = new byte[FORMAT.pageSize()];
      int at = random.nextInt(FORMAT.usableSize());
      for (int i = at; i < Math.min(at + 40, page.length); i++) {
        page[i] = (byte) (random.nextInt() >> random.nextInt(32));
      }
      int limit = at + 1 + random.nextInt(FORMAT.usableSize() - at);
      if (!Cell.certainlyEndsBy(page, at, limit)) {
        continue;
      }
      certain++;
      TreeKind kind = random.nextBoolean() ? TreeKind.TABLE : TreeKind.INDEX;
      try {
        cell.parse(page, 2, at, kind, true, FORMAT);
      } catch (CorruptDatabaseException e) {
        assertThat(e).as("seed %s", seed).hasMessageContaining("overflow page 0");
        continue;
      }
      assertThat(cell.end()).as("seed %s", seed).isLessThanOrEqualTo(limit);
    }
    assertThat(certain).isGreaterThan(20_000);
  }

  @Test
  void anOrdinaryCellWithRoomBehindItCertainlyEndsByIt() {
    byte[] page = new byte[FORMAT.pageSize()];
    page[100] = 60;
    assertThat(Cell.certainlyEndsBy(page, 100, 200)).isTrue();
    assertThat(Cell.certainlyEndsBy(page, 100, 160)).isFalse();
  }
}
