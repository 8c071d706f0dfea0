// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses as people and browsers write them. */
class HostAddressTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1:80",
    "::1, [::1]:80",
    "::, [::]:80",
    "2001:db8::5, [2001:db8::5]:80",
    "fe80:0:0:0:1:0:0:2, [fe80::1:0:0:2]:80",
    "1:0:2:3:4:5:6:7, [1:0:2:3:4:5:6:7]:80",
    "1:2:3:4:5:6:0:0, [1:2:3:4:5:6::]:80"
  })
  void areAsShortAsTheyCanBe(String address, String text) throws Exception {
    assertThat(HostAddress.text(new InetSocketAddress(InetAddress.getByName(address), 80)))
        .isEqualTo(text);
  }
}
