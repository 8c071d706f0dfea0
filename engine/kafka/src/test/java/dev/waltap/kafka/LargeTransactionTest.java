// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.api.Position;
import dev.waltap.output.StreamOutput;
import dev.waltap.output.StreamStart;
import dev.waltap.testdata.broker.SharedBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transaction of the source that is larger than one of Kafka may be. */
@Tag("slow")
class LargeTransactionTest {
  private static final int CHANGES = 300;
  private static final int BATCH = 7;

  @TempDir private Path directory = Path.of("");

  private static void handle(StreamOutput output, List<Change> changes) throws Exception {
    for (int from = 0; from < changes.size(); from += BATCH) {
      output.handleChanges(changes.subList(from, Math.min(from + BATCH, changes.size())));
    }
    output.flush();
  }

  @Test
  void isCommittedInPartsAndGoesOnWithinItAfterARestart() throws Exception {
    TestStream stream =
        new TestStream(SharedBroker.get(), directory, "waltap.transaction.max.bytes=5000");
    List<Change> changes = stream.transaction(4, CHANGES);
    try (StreamOutput output = stream.output()) {
      assertThat(output.open(stream.state()).kind()).isEqualTo(StreamStart.Kind.CONTINUE);
      handle(output, changes.subList(0, 200));
    }
    int sent = stream.positions().size();
    assertThat(sent).isBetween(50, 199);
    assertThat(stream.delivered()).hasValue(new Position(1, 4, sent - 1));
    try (StreamOutput output = stream.output()) {
      assertThat(output.open(stream.state()).kind()).isEqualTo(StreamStart.Kind.CONTINUE);
      handle(output, changes);
    }
    assertThat(stream.positions())
        .isEqualTo(IntStream.range(0, CHANGES).mapToObj(each -> "1:4:" + each).toList());
  }
}
