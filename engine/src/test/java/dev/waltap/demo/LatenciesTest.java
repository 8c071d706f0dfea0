// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {

  @Test
  void theMedianIsTheOneInTheMiddle() {
    Latencies latencies = new Latencies();
    assertThat(latencies.isEmpty()).isTrue();
    for (long nanos : new long[] {9, 1, 5}) {
      latencies.add(nanos);
    }
    assertThat(latencies.quantile(0.5)).isEqualTo(5);
    assertThat(latencies.quantile(1)).isEqualTo(9);
  }

  @Test
  void onlyTheLastOnesAreKept() {
    Latencies latencies = new Latencies();
    for (int i = 0; i < 300_000; i++) {
      latencies.add(i);
    }
    assertThat(latencies.quantile(0.5)).isEqualTo(249_999);
  }

  @Test
  void timesHaveTheDigitsThatMatter() {
    assertThat(Latencies.text(420_000)).isEqualTo("0.42 ms");
    assertThat(Latencies.text(31_400_000)).isEqualTo("31 ms");
    assertThat(Latencies.text(1_250_000_000)).isEqualTo("1.3 s");
  }
}
