// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The acceptance check, scaled down: small transactions, then large ones, from another process. */
@Tag("slow")
class AcceptanceMainTest {
  @Test
  void theReplicaIsEqual() {
    String[] arguments = {
      "--small", "5000", "--large", "6", "--rows", "2000", "--minutes", "2", "--capture", "waltap"
    };
    assertThatCode(() -> AcceptanceMain.main(arguments)).doesNotThrowAnyException();
  }
}
