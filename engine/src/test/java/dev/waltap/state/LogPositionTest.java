// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.format.Bytes;
import org.junit.jupiter.api.Test;

class LogPositionTest {

  @Test
  void isStoredWithEachSaltAndSumAsADecimalNumber() {
    String text = "3:-2147483648:7:12:5:-1:9";
    LogPosition position = LogPosition.load(text);
    assertThat(position.wal().salts()).isEqualTo(Bytes.pair(Integer.MIN_VALUE, 7));
    assertThat(position.wal().checksum()).isEqualTo(Bytes.pair(5, -1));
    assertThat(position.store()).isEqualTo(text);
  }
}
