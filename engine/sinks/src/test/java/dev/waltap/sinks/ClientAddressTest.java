// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {

  @Test
  void hasServersAndWhoAsks() {
    ClientAddress address = ClientAddress.parse("NATS+tls://b%3Ab:p+w%40@one,two:5,[::1]:6/x", 4);
    assertThat(address.scheme()).isEqualTo("nats+tls");
    assertThat(address.isTls()).isTrue();
    assertThat(address.user()).isEqualTo("b:b");
    assertThat(address.password()).isEqualTo("p+w@");
    assertThat(address.hosts().toString()).isEqualTo("[one:4, two:5, [::1]:6]");
    assertThat(address.path()).isEqualTo("x");
    assertThat(address.toString()).isEqualTo("nats+tls://one:4,two:5,[::1]:6");
    assertThat(ClientAddress.parse("redis://h", 6379).user()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nats:TOKEN",
        "nats://",
        "nats://TOKEN@",
        "nats://TOKEN@h:0",
        "nats://x y",
        "nats://TOKEN@h:x",
        "nats://%TOKEN@h",
        "nats://a,,b",
        "nats://a:70000"
      })
  void whatIsNoneIsRefusedWithoutRepeatingIt(String text) {
    assertThatThrownBy(() -> ClientAddress.parse(text, 4222))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the address is none of a server: write nats://HOST:PORT")
        .hasMessageNotContaining("TOKEN");
  }
}
