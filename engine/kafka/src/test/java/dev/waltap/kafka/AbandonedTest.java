// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.message.TopicNames;
import dev.waltap.output.OutputRequest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is ended while it waits for a broker that takes connections and answers nothing. */
class AbandonedTest {

  @SuppressWarnings("NullAway.Init")
  private ServerSocket silent;

  @BeforeEach
  void open() throws Exception {
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws Exception {
    silent.close();
  }

  private KafkaSettings settings() throws Exception {
    return KafkaSettings.of(
        new OutputRequest(
            "kafka://127.0.0.1:" + silent.getLocalPort(),
            "app.db",
            (change, to) -> {},
            false,
            null,
            null,
            Duration.ofSeconds(5),
            1,
            warning -> {},
            secrets -> {}));
  }

  private Coordinator coordinator(Stopping stopping) throws Exception {
    Node node = new Node(1, "127.0.0.1", silent.getLocalPort());
    TransactionDescription producer =
        new TransactionDescription(
            1, TransactionState.EMPTY, 1, 1, 1_000, OptionalLong.empty(), Set.of());
    return new Coordinator(settings(), node, "waltap-id", producer, stopping);
  }

  @Test
  void anInterruptEndsTheWaitForACoordinatorAtOnce() throws Exception {
    try (Coordinator coordinator = coordinator(new Stopping(Duration.ofSeconds(5)))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> coordinator.add(List.of(new TopicPartition("t", 0))))
          .isInstanceOf(InterruptedException.class);
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void aCoordinatorThatDoesNotAnswerIsAFailureThatPasses() throws Exception {
    try (Coordinator coordinator = coordinator(new Stopping(Duration.ofMillis(300)))) {
      assertThatThrownBy(() -> coordinator.end(true))
          .isInstanceOf(KafkaException.class)
          .hasMessageContaining("no connection with")
          .satisfies(failure -> assertThat(KafkaFailures.isPassing(failure)).isTrue());
    }
  }

  @Test
  void whatIsAskedOfAProducerThatWasClosedMeanwhileIsNoMistakeOfOurs() throws Exception {
    KafkaSettings settings = settings();
    Stopping stopping = new Stopping(Duration.ofSeconds(5));
    TopicNames names = new TopicNames("--topic", null, "app.db", false, warning -> {});
    try (KafkaSession session =
        new KafkaSession(
            settings,
            new Topics(names, settings, stopping),
            stopping,
            reason -> {},
            partitions -> {})) {
      session.abandon();
      assertThatThrownBy(() -> session.begin("stream")).isInstanceOf(KafkaException.class);
    }
  }

  @Test
  void aCommitWhoseEndIsNotKnownIsNotAborted() throws Exception {
    MockProducer<byte[], byte[]> producer =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    producer.commitTransactionException = new InterruptException("while it waited");
    KafkaSettings settings = settings();
    Stopping stopping = new Stopping(Duration.ofSeconds(5));
    TopicNames names = new TopicNames("--topic", null, "app.db", false, warning -> {});
    try (KafkaSession session =
        new KafkaSession(
            settings,
            new Topics(names, settings, stopping),
            stopping,
            reason -> {},
            partitions -> {},
            made -> producer)) {
      session.begin("stream");
      assertThatThrownBy(
              () ->
                  session.commit(
                      new StreamPosition(
                          "stream", "app.db", null, "me", true, true, Map.of(), Set.of())))
          .isInstanceOf(InterruptException.class);
      session.abort();
      assertThat(producer.transactionAborted()).isFalse();
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void brokersThatAreAwayDoNotEndACaptureThatMakesATopic() {
    Exception failure = new InvalidReplicationFactorException("only 2 brokers are registered.");
    assertThat(KafkaFailures.isPassing(failure)).isTrue();
    assertThat(KafkaFailures.explain(failure))
        .contains("too few brokers", "waltap.topic.replication.factor", "only 2 brokers");
  }
}
