// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.output.StreamOutput;
import dev.waltap.output.StreamStart;
import dev.waltap.testdata.Await;
import dev.waltap.testdata.broker.Broker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Kafka that says of a transaction that it is committed, and never ended it in the topics: what a
 * broker does that starts again while they have no leader (4.3.1).
 */
@Tag("slow")
class ForgottenTransactionTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void isEndedByTheNextStart() throws Exception {
    try (Broker broker = Broker.started()) {
      TestStream stream = new TestStream(broker, directory, "");
      try (StreamOutput output = stream.output()) {
        output.open(stream.state());
        output.handleChanges(stream.transaction(4, 3));
        output.flush();
      }
      awaitCommitted(broker, "waltap-" + stream.id());
      broker.kill();
      broker.forgetLastMarker("waltap-positions");
      broker.forgetLastMarker(stream.topic());
      broker.start();
      assertThat(Topic.stableValues(broker.address(), stream.topic())).isEmpty();
      try (StreamOutput output = stream.output()) {
        assertThat(output.open(stream.state()).kind()).isEqualTo(StreamStart.Kind.CONTINUE);
        output.handleChanges(stream.transaction(4, 3)); // As after a crash: Kafka has it.
        output.handleChanges(stream.transaction(5, 2));
        output.flush();
      }
      assertThat(stream.positions()).containsExactly("1:4:0", "1:4:1", "1:4:2", "1:5:0", "1:5:1");
    }
  }

  private static void awaitCommitted(Broker broker, String id) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
      Await.until(
          Duration.ofSeconds(30),
          () ->
              admin.describeTransactions(List.of(id)).description(id).get().state()
                  == TransactionState.COMPLETE_COMMIT,
          () -> "not committed");
    }
  }
}
