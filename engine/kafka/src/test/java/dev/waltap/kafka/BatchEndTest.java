// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Position;
import dev.waltap.output.StreamOutput;
import dev.waltap.testdata.broker.SharedBroker;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches that end anywhere, and what counts as delivered then. */
@Tag("slow")
class BatchEndTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void whatPrecedesATransactionIsCommittedThoughABatchEndsWithItAndTheNextOneWithin()
      throws Exception {
    TestStream stream = new TestStream(SharedBroker.get(), directory, "");
    try (StreamOutput output = stream.output()) {
      output.open(stream.state());
      output.handleChanges(stream.transaction(4, 3));
      output.handleChanges(stream.transaction(5, 4).subList(0, 2));
      output.flush(); // After which the first one counts as delivered.
      assertThat(stream.delivered()).hasValue(new Position(1, 4, 2));
    }
    assertThat(stream.positions()).containsExactly("1:4:0", "1:4:1", "1:4:2");
  }
}
