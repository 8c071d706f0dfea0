package dev.waltap.testdata.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A short run of {@link MutationFuzzer}; its main class runs as long as one likes. */
class MutationFuzzerTest {

  @Test
  void endsEachDamagedInputInRightRowsOrADeclaredException() throws Exception {
    List<String> lines = new ArrayList<>();
    boolean passed = new MutationFuzzer().run(new Random().nextInt(1 << 30), 2_000, 1, lines::add);
    assertThat(passed).as(String.join("\n", lines)).isTrue();
  }
}
