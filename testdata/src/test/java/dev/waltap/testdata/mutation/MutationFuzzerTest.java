// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A short run of {@link MutationFuzzer}; its main class runs as long as one likes. */
class MutationFuzzerTest {

  @Test
  void endsEachDamagedInputInRightRowsOrADeclaredException() throws Exception {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    try (MutationFuzzer fuzzer = new MutationFuzzer(null, lines::add)) {
      boolean passed =
          fuzzer.run(Integer.getInteger("waltap.seed", new Random().nextInt(1 << 30)), 3_000, 1);
      assertThat(passed).as(String.join("\n", lines)).isTrue();
    }
  }
}
