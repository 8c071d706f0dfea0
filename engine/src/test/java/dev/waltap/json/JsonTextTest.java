// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Timestamps as every format writes them. */
class JsonTextTest {
  @Test
  void writesMicrosecondsAlways() {
    assertThat(JsonText.timestamp(Instant.EPOCH)).isEqualTo("1970-01-01T00:00:00.000000Z");
    assertThat(JsonText.timestamp(Instant.parse("2026-01-02T03:04:05.000006999Z")))
        .isEqualTo("2026-01-02T03:04:05.000006Z");
    assertThat(JsonText.timestamp(Instant.parse("9999-12-31T23:59:59.999999999Z")))
        .isEqualTo("9999-12-31T23:59:59.999999Z");
    assertThat(JsonText.timestamp(Instant.parse("0000-02-29T10:20:30Z")))
        .isEqualTo("0000-02-29T10:20:30.000000Z");
    assertThat(JsonText.timestamp(Instant.parse("+10000-01-01T00:00:00Z")))
        .isEqualTo("+10000-01-01T00:00:00.000000Z");
  }

  @Test
  void remembersTheLastTimestampOnly() {
    Timestamps timestamps = new Timestamps();
    for (String text :
        new String[] {
          "2026-01-02T03:04:05.000006Z",
          "2026-01-02T03:04:05.000006Z",
          "2026-01-02T03:04:05.999999Z",
          "2026-01-02T03:04:06.999999Z",
          "1969-12-31T23:59:59.000001Z",
          "1969-12-31T23:59:59.100000Z",
          "+10000-01-01T00:00:00.000001Z",
          "+10000-01-01T00:00:00.000002Z",
          "2026-01-02T03:04:05.000006Z",
        }) {
      assertThat(timestamps.ascii(Instant.parse(text))).asString(US_ASCII).isEqualTo(text);
    }
  }
}
