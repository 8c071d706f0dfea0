// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.output.StreamOutput;
import dev.waltap.output.StreamStart;
import dev.waltap.testdata.Await;
import dev.waltap.testdata.broker.Broker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A Kafka that says of a transaction that it is over, and never ended it in the topics: what a
 * broker does that starts again while they have no leader (4.3.1). Each starts the broker once
 * more, so most run on request only: {@code -Dwaltap.kafka.forgotten=true}.
 */
@Tag("slow")
class ForgottenTransactionTest {
  private static final String POSITIONS = "waltap-positions";
  private static final String[] BOTH = {"1:4:0", "1:4:1", "1:4:2", "1:5:0", "1:5:1"};

  @SuppressWarnings("NullAway.Init")
  private static Broker broker;

  @TempDir private Path directory = Path.of("");

  @BeforeAll
  static void start() throws Exception {
    broker = Broker.started();
  }

  @AfterAll
  static void end() throws Exception {
    broker.close();
  }

  @Test
  void isEndedByTheNextStart() throws Exception {
    TestStream stream = new TestStream(broker, directory, "");
    deliverFirst(stream);
    forget(stream, "topic " + POSITIONS);
    try (StreamOutput output = stream.output()) {
      assertThat(output.open(stream.state()).kind()).isEqualTo(StreamStart.Kind.CONTINUE);
      assertThat(Topic.stableValues(broker.address(), stream.topic())).hasSize(3);
      deliverBoth(stream, output);
    }
    assertThat(stream.positions()).containsExactly(BOTH);
    assertThat(stream.warnings()).singleElement().asString().contains("had not ended");
  }

  @ParameterizedTest
  @EnabledIfSystemProperty(named = "waltap.kafka.forgotten", matches = "true")
  @ValueSource(strings = {"topic", POSITIONS})
  void staysCommittedIfTheNextTransactionIsKilled(String where) throws Exception {
    TestStream stream = new TestStream(broker, directory, "");
    deliverFirst(stream);
    forget(stream, where);
    try (StreamOutput killed = stream.output()) {
      killed.open(stream.state());
      begin(stream, killed);
      try (StreamOutput output = stream.output()) {
        output.open(stream.state());
        deliverBoth(stream, output);
      }
    }
    assertThat(stream.positions()).containsExactly(BOTH);
  }

  @Test
  void staysCommittedIfTheOutputOutlivesTheBrokerAndIsKilledThen() throws Exception {
    TestStream stream = new TestStream(broker, directory, "");
    try (StreamOutput killed = stream.output()) {
      killed.open(stream.state());
      killed.handleChanges(stream.transaction(4, 3));
      killed.flush();
      forget(stream, "topic");
      killed.handleChanges(stream.transaction(5, 2).subList(0, 1));
      assertThat(stream.warnings()).anyMatch(each -> each.contains("is still open in"));
      try (StreamOutput output = stream.output()) {
        output.open(stream.state());
        deliverBoth(stream, output);
      }
    }
    assertThat(stream.positions()).containsExactly(BOTH);
  }

  @Test
  @EnabledIfSystemProperty(named = "waltap.kafka.forgotten", matches = "true")
  void isEndedByTheOutputThatOutlivesTheBroker() throws Exception {
    TestStream stream = new TestStream(broker, directory, "");
    try (StreamOutput output = stream.output()) {
      output.open(stream.state());
      output.handleChanges(stream.transaction(4, 3));
      output.flush();
      forget(stream, "topic " + POSITIONS);
      output.handleChanges(stream.transaction(5, 2));
      output.flush();
    }
    assertThat(stream.positions()).containsExactly(BOTH);
  }

  @Test
  @EnabledIfSystemProperty(named = "waltap.kafka.forgotten", matches = "true")
  void staysCommittedIfEndingItIsKilled() throws Exception {
    TestStream stream = new TestStream(broker, directory, "");
    deliverFirst(stream);
    forget(stream, "topic");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
      String id = "waltap-" + stream.id();
      Stopping stopping = new Stopping(Duration.ofSeconds(30));
      fence(id);
      TransactionDescription begun = admin.describeTransactions(List.of(id)).description(id).get();
      try (Coordinator killed = new Coordinator(stream.settings(), admin, id, begun, stopping)) {
        killed.add(List.of(new TopicPartition(stream.topic(), 0)));
      }
    }
    try (StreamOutput output = stream.output()) {
      output.open(stream.state());
      assertThat(Topic.stableValues(broker.address(), stream.topic())).hasSize(3);
      deliverBoth(stream, output);
    }
    assertThat(stream.positions()).containsExactly(BOTH);
  }

  @Test
  void anAbortedOneIsNotCommittedByTheNext() throws Exception {
    TestStream stream = new TestStream(broker, directory, "");
    deliverFirst(stream);
    try (StreamOutput killed = stream.output()) {
      killed.open(stream.state());
      begin(stream, killed);
      try (StreamOutput aborts = stream.output()) {
        aborts.open(stream.state());
      }
    }
    forget(stream, "topic");
    try (StreamOutput output = stream.output()) {
      output.open(stream.state());
      deliverBoth(stream, output);
    }
    assertThat(stream.positions()).containsExactly(BOTH);
  }

  @ParameterizedTest
  @EnabledIfSystemProperty(named = "waltap.kafka.forgotten", matches = "true")
  @ValueSource(booleans = {false, true})
  void whatMayBeCommittedIsNotAbortedWhereEarlierRunsDidNotLook(boolean elsewhere)
      throws Exception {
    TestStream stream = new TestStream(broker, directory, "");
    deliverFirst(stream);
    forget(stream, "topic");
    StreamPosition unchecked =
        new StreamPosition(
            stream.id(),
            stream.topic().replaceAll("\\.t$", ""),
            stream.delivered().get(),
            "earlier build",
            true,
            elsewhere,
            Map.of(),
            elsewhere ? Set.of(new TopicPartition(stream.topic(), 0)) : Set.of());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.address()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(POSITIONS, unchecked.key(), unchecked.value())).get();
    }
    for (int starts = 0; starts < 2; starts++) {
      try (StreamOutput output = stream.output()) {
        output.open(stream.state());
        assertThatThrownBy(() -> deliverBoth(stream, output))
            .hasMessageContaining("whether it was committed is not known")
            .hasMessageContaining("kafka-transactions.sh abort");
      }
    }
  }

  /** As a start does that is about to commit what Kafka forgot. */
  private static void fence(String id) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                broker.address(),
                "transactional.id",
                id,
                "transaction.timeout.ms",
                KafkaSession.COMMIT_TIMEOUT_MILLIS),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
    }
  }

  private static void deliverFirst(TestStream stream) throws Exception {
    try (StreamOutput output = stream.output()) {
      output.open(stream.state());
      output.handleChanges(stream.transaction(4, 3));
      output.flush();
    }
  }

  /** As after a crash: Kafka has the first one. */
  private static void deliverBoth(TestStream stream, StreamOutput output) throws Exception {
    output.handleChanges(stream.transaction(4, 3));
    output.handleChanges(stream.transaction(5, 2));
    output.flush();
  }

  /** Sends a part of the second transaction, and waits until Kafka has it. */
  private static void begin(TestStream stream, StreamOutput output) throws Exception {
    long before = end(stream.topic());
    List<Change> second = stream.transaction(5, 2);
    output.handleChanges(second.subList(0, 1));
    Await.until(
        Duration.ofSeconds(30),
        () -> end(stream.topic()) > before,
        () -> "nothing arrives: " + stream.warnings());
  }

  private static long end(String topic) throws Exception {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
      return admin
          .listOffsets(Map.of(partition, OffsetSpec.latest()))
          .partitionResult(partition)
          .get()
          .offset();
    }
  }

  /** Starts the broker again without what ended the last transaction there. */
  private static void forget(TestStream stream, String where) throws Exception {
    awaitOver("waltap-" + stream.id());
    broker.kill();
    for (String topic : where.split(" ")) {
      broker.forgetLastMarker(topic.equals("topic") ? stream.topic() : topic);
    }
    broker.start();
  }

  private static void awaitOver(String id) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
      Await.until(
          Duration.ofSeconds(30),
          () -> {
            TransactionState state =
                admin.describeTransactions(List.of(id)).description(id).get().state();
            return state == TransactionState.COMPLETE_COMMIT;
          },
          () -> "not over");
    }
  }
}
