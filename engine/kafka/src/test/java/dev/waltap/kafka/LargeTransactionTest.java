// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.Source;
import dev.waltap.json.BlobFormat;
import dev.waltap.message.JsonMessages;
import dev.waltap.output.OutputRequest;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamOutput;
import dev.waltap.output.StreamStart;
import dev.waltap.testdata.broker.Broker;
import dev.waltap.testdata.broker.SharedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transaction of the source that is larger than one of Kafka may be. */
@Tag("slow")
class LargeTransactionTest {
  private static final int CHANGES = 300;
  private static final int BATCH = 7;

  private final String database = "large-" + UUID.randomUUID();
  private final String stream = UUID.randomUUID().toString();
  private final AtomicReference<Position> delivered = new AtomicReference<>();

  @TempDir private Path directory = Path.of("");

  private StreamOutput output(Broker broker) throws Exception {
    Path config = directory.resolve("kafka.properties");
    Files.writeString(config, "waltap.transaction.max.bytes=5000\n");
    return new KafkaProvider()
        .prepare(
            new OutputRequest(
                "kafka://" + broker.address(),
                database,
                new JsonMessages(BlobFormat.HEX),
                false,
                null,
                config,
                Duration.ofSeconds(30),
                2,
                warning -> {},
                secrets -> {}));
  }

  /** That of a new state, or of one that knows what it delivered. */
  private SavedStream state() {
    Position last = delivered.get();
    return new SavedStream(
        stream,
        null,
        new Position(1, 4, 0),
        new SavedStream.Delivered(last != null, last),
        delivered::set);
  }

  private List<Change> transaction() {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < CHANGES; i++) {
      changes.add(
          Change.builder("t", Operation.INSERT)
              .after(Row.of("a", i))
              .key(Row.of("a", i))
              .position(new Position(1, 4, i))
              .last(i == CHANGES - 1)
              .source(new Source(database, stream))
              .build());
    }
    return changes;
  }

  private static void handle(StreamOutput output, List<Change> changes) throws Exception {
    for (int from = 0; from < changes.size(); from += BATCH) {
      output.handleChanges(changes.subList(from, Math.min(from + BATCH, changes.size())));
    }
    output.flush();
  }

  private List<String> values(Broker broker) {
    return Topic.values(broker.address(), database + ".t");
  }

  @Test
  void isCommittedInPartsAndGoesOnWithinItAfterARestart() throws Exception {
    Broker broker = SharedBroker.get();
    List<Change> changes = transaction();
    try (StreamOutput output = output(broker)) {
      assertThat(output.open(state()).kind()).isEqualTo(StreamStart.Kind.CONTINUE);
      handle(output, changes.subList(0, 200));
    }
    int sent = values(broker).size();
    assertThat(sent).isBetween(50, 199);
    assertThat(delivered).hasValue(new Position(1, 4, sent - 1));
    try (StreamOutput output = output(broker)) {
      assertThat(output.open(state()).kind()).isEqualTo(StreamStart.Kind.CONTINUE);
      handle(output, changes);
    }
    List<String> values = values(broker);
    assertThat(values).hasSize(CHANGES);
    for (int i = 0; i < CHANGES; i++) {
      assertThat(values.get(i)).contains("\"position\":\"1:4:" + i + "\"");
    }
  }
}
