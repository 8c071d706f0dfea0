// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnNameTest {

  @Test
  void aJarThatWasTypedIsTypedAgain() {
    assertThat(OwnName.typed("engine/target/waltap.jar demo"))
        .isEqualTo("java -jar engine/target/waltap.jar");
    assertThat(OwnName.typed("/opt/waltap-1/lib/waltap.jar demo")).isEqualTo("waltap");
    assertThat(OwnName.typed("dev.waltap.cli.Main demo --x a.jar b")).isEqualTo("waltap");
    assertThat(OwnName.typed("")).isEqualTo("waltap");
  }
}
