// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sqlite;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BytePatternTest {

  @Test
  void findsAPatternAtTheStartInTheMiddleAndAtTheEnd() {
    BytePattern pattern = BytePattern.ascii("abcab");
    assertThat(pattern.isIn(bytes("abcab"))).isTrue();
    assertThat(pattern.isIn(bytes("abcabxx"))).isTrue();
    assertThat(pattern.isIn(bytes("xabcaabcabx"))).isTrue();
    assertThat(pattern.isIn(bytes("\u00ffabcab"))).isTrue();
    assertThat(pattern.isIn(bytes("abca"))).isFalse();
    assertThat(pattern.isIn(bytes("abcaabcacab"))).isFalse();
    assertThat(pattern.isIn(new byte[0])).isFalse();
  }

  @Test
  void findsWhatSearchingEveryPlaceFinds() {
    long seed = Long.getLong("waltap.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      String pattern = text(random, 1 + random.nextInt(6));
      String within = text(random, random.nextInt(40));
      assertThat(BytePattern.ascii(pattern).isIn(bytes(within)))
          .as("'%s' in '%s', seed %d", pattern, within, seed)
          .isEqualTo(within.contains(pattern));
    }
  }

  /** Of two letters, so that patterns repeat themselves and occur. */
  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(random.nextInt(3) == 0 ? '\0' : 'a');
    }
    return text.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
