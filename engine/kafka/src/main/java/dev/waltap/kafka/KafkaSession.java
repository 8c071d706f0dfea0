// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * One connection with Kafka, as the one writer of a stream; closed after any failure, and another
 * opened in its place. For the handler's thread; {@link #abandon} for any.
 */
final class KafkaSession implements AutoCloseable {

  /** After a kill, consumers wait so long at most for the transaction that was open. */
  static final int TRANSACTION_TIMEOUT_MILLIS = 60_000;

  private static final int BUFFER_BYTES = 32 << 20;

  private final KafkaSettings settings;
  private final Topics topics;
  private final Stopping stopping;
  private final PositionsTopic positions;
  private final Admin admin;
  private volatile @Nullable KafkaProducer<byte[], byte[]> producer;
  private volatile boolean abandoned;
  private volatile @Nullable Exception sendFailure;
  private boolean inTransaction;

  /** Connects when first used. */
  KafkaSession(KafkaSettings settings, Topics topics, Stopping stopping) {
    this.settings = settings;
    this.topics = topics;
    this.stopping = stopping;
    this.positions = new PositionsTopic(settings.positionsTopic(), stopping);
    this.admin =
        Admin.create(
            settings.with(
                Map.of(
                    "default.api.timeout.ms",
                    (int) Math.max(2_000, settings.timeout().toMillis()))));
  }

  /**
   * What was committed last, of all streams.
   *
   * @param view how much of it
   */
  Collection<StreamPosition> positions(PositionsTopic.View view) throws InterruptedException {
    topics.requirePositions(admin);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            settings.with(
                Map.of("isolation.level", view.consumers(), "auto.offset.reset", "earliest")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      return positions.read(admin, consumer, view);
    }
  }

  /** Whether transactions in the positions are open. */
  boolean isWaitedFor() throws InterruptedException {
    return positions.isWaitedFor(admin);
  }

  /**
   * Whether the last transaction of the stream was committed; null if there was none since its
   * writer began. To be asked before {@link #begin}.
   */
  @Nullable Boolean lastCommitted(String stream) throws InterruptedException {
    String id = transactionalId(stream);
    try {
      return switch (stopping
          .await(admin.describeTransactions(List.of(id)).description(id))
          .state()) {
        case EMPTY -> null;
        case PREPARE_COMMIT, COMPLETE_COMMIT -> true;
        default -> false;
      };
    } catch (TransactionalIdNotFoundException | UnsupportedVersionException e) {
      return false; // Brokers before 3.0 don't say.
    }
  }

  private static String transactionalId(String stream) {
    return "waltap-" + stream;
  }

  /**
   * Becomes the one writer of the stream: whoever was, is fenced, and what it left open is over.
   */
  void begin(String stream) {
    KafkaProducer<byte[], byte[]> made =
        new KafkaProducer<>(
            producerSettings(stream), new ByteArraySerializer(), new ByteArraySerializer());
    producer = made;
    if (abandoned) {
      abandon();
    }
    made.initTransactions();
  }

  private Map<String, Object> producerSettings(String stream) {
    int timeout = (int) settings.timeout().toMillis();
    Map<String, Object> own = new HashMap<>();
    own.put("compression.type", "lz4");
    own.put("batch.size", 64 << 10);
    own.put("max.request.size", BUFFER_BYTES);
    own.put("buffer.memory", (long) BUFFER_BYTES);
    own.put("max.block.ms", (long) timeout);
    own.put("delivery.timeout.ms", Math.max(timeout, 2_000));
    own.put("transaction.timeout.ms", TRANSACTION_TIMEOUT_MILLIS);
    Map<String, Object> all = settings.with(own);
    all.put("acks", "all");
    all.put("enable.idempotence", true);
    all.put("transactional.id", transactionalId(stream));
    return all;
  }

  private KafkaProducer<byte[], byte[]> producer() {
    KafkaProducer<byte[], byte[]> current = producer;
    if (current == null) {
      throw new IllegalStateException("the session has not begun");
    }
    return current;
  }

  /** Sends a record, in a transaction that is begun if none is open. */
  void send(ProducerRecord<byte[], byte[]> record) throws InterruptedException {
    topics.require(admin, record.topic());
    put(record);
  }

  private void put(ProducerRecord<byte[], byte[]> record) {
    if (!inTransaction) {
      producer().beginTransaction();
      inTransaction = true;
    }
    // Its failure is kept by the callback, which runs on the client's thread.
    Future<RecordMetadata> unused =
        producer()
            .send(
                record,
                (metadata, failure) -> {
                  if (failure != null && sendFailure == null) {
                    sendFailure = failure;
                  }
                });
  }

  /** Commits what was sent, and the position with it. */
  void commit(StreamPosition position) {
    put(new ProducerRecord<>(settings.positionsTopic(), position.key(), position.value()));
    producer().flush();
    Exception failure = sendFailure;
    if (failure != null) {
      throw failure instanceof KafkaException known ? known : new KafkaException(failure);
    }
    producer().commitTransaction();
    inTransaction = false;
  }

  /** Gives up what is open, so that consumers need not wait for it. */
  void abort() {
    if (inTransaction && sendFailure == null && !stopping.isLate()) {
      producer().abortTransaction();
      inTransaction = false;
    }
  }

  /** Makes whatever waits in here fail; for any thread. */
  void abandon() {
    abandoned = true;
    KafkaProducer<byte[], byte[]> current = producer;
    if (current != null) {
      current.close(Duration.ZERO);
    }
    admin.close(Duration.ZERO);
  }

  @Override
  public void close() {
    KafkaProducer<byte[], byte[]> current = producer;
    producer = null;
    try {
      if (current != null) {
        current.close(Duration.ZERO);
      }
    } finally {
      admin.close(Duration.ZERO);
    }
  }
}
