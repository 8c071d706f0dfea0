// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotsTest {

  @Test
  void noPlaceIsKeptFreeWhereAllFit() {
    assertThat(Slots.spare(8, 8)).isZero();
    assertThat(Slots.spare(9, 8)).isEqualTo(1);
    assertThat(Slots.spare(1000, 200)).isEqualTo(25);
  }
}
