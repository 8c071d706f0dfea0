// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
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

  /** Of a transaction that is to be aborted; no other has this timeout. */
  private static final int ABORT_TIMEOUT_MILLIS = TRANSACTION_TIMEOUT_MILLIS - 1;

  /** The same of one that is to be committed. */
  static final int COMMIT_TIMEOUT_MILLIS = TRANSACTION_TIMEOUT_MILLIS - 2;

  private static final int BUFFER_BYTES = 32 << 20;

  private final KafkaSettings settings;
  private final Topics topics;
  private final Stopping stopping;
  private final PositionsTopic positions;
  private final Admin admin;
  private final Unended unended;
  private final Consumer<Set<TopicPartition>> ended;
  private final Function<Map<String, Object>, Producer<byte[], byte[]>> producers;
  private volatile @Nullable Producer<byte[], byte[]> producer;
  private volatile boolean abandoned;
  private volatile @Nullable Exception sendFailure;
  private volatile @Nullable Coordinator coordinator;
  private boolean inTransaction;

  /** Whether Kafka was asked to commit and has not answered: what it does then is not known. */
  private boolean committing;

  private String id = "";

  /** Topics in which nothing was left open before this session. */
  private final Set<String> clean = new HashSet<>();

  /** Of the transaction that is open: the last offset of each partition that Kafka has. */
  private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();

  /** The same of the one that was committed last, until it is seen to be ended. */
  private Map<TopicPartition, Long> committed = Map.of();

  /**
   * Connects when first used.
   *
   * @param hidden is given the reason where Kafka does not show what it has not ended
   * @param ended is given where something was ended that Kafka had not
   */
  KafkaSession(
      KafkaSettings settings,
      Topics topics,
      Stopping stopping,
      Consumer<String> hidden,
      Consumer<Set<TopicPartition>> ended) {
    this(
        settings,
        topics,
        stopping,
        hidden,
        ended,
        made -> new KafkaProducer<>(made, new ByteArraySerializer(), new ByteArraySerializer()));
  }

  /** The same, with producers that are made by these settings of theirs. */
  KafkaSession(
      KafkaSettings settings,
      Topics topics,
      Stopping stopping,
      Consumer<String> hidden,
      Consumer<Set<TopicPartition>> ended,
      Function<Map<String, Object>, Producer<byte[], byte[]>> producers) {
    this.producers = producers;
    this.ended = ended;
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
    this.unended = new Unended(admin, stopping, hidden);
  }

  /**
   * What was committed last, of all streams.
   *
   * @param view how much of it
   */
  Collection<StreamPosition> positions(PositionsTopic.View view) throws InterruptedException {
    topics.requirePositions(admin);
    if (view == PositionsTopic.View.UNCOMMITTED) {
      read(PositionsTopic.View.STABLE);
    }
    return read(view);
  }

  private Collection<StreamPosition> read(PositionsTopic.View view) throws InterruptedException {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            settings.with(
                Map.of("isolation.level", view.consumers(), "auto.offset.reset", "earliest")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      return positions.read(admin, consumer, view);
    }
  }

  /**
   * Ends transactions of the stream that are over and go on in some topics. To be asked before
   * {@link #begin}, which would abort them, and before anything else is written, which would join
   * them.
   *
   * <p>Whatever is asked here may be killed at any time: as long as nothing else is written, the
   * next one finds the same, or what this one began, and does the rest. Whether that was about to
   * be committed or aborted is seen by its transaction timeout.
   *
   * @param last the last position of the stream, committed or not: its offsets say what belongs to
   *     the same transaction, all of which was in Kafka before it
   * @param visible whether that position is known to be committed
   * @param aborted partitions where what is open is not to be committed
   */
  void settle(
      String stream, @Nullable StreamPosition last, boolean visible, Set<TopicPartition> aborted)
      throws InterruptedException {
    String id = transactionalId(stream);
    Map<TopicPartition, Long> lastEnds = last == null ? Map.of() : unended.endsOf(last);
    Unended.Found found = unended.at(id, lastEnds);
    if (found != null && settle(stream, found, visible)) {
      requireNone(unended.at(id, lastEnds));
      ended.accept(found.partitions());
    }
    Unended.Found open = aborted.isEmpty() ? null : unended.at(id, Unended.toTheEnd(aborted));
    if (open != null) {
      endAnew(stream, open.partitions(), false);
      requireNone(unended.at(id, Unended.toTheEnd(aborted)));
      ended.accept(open.partitions());
    }
  }

  /** Returns whether anything was ended: not what {@link #begin} aborts. */
  private boolean settle(String stream, Unended.Found found, boolean visible)
      throws InterruptedException {
    TransactionDescription last = found.producer();
    boolean ongoing = last.state() == TransactionState.ONGOING;
    boolean commits = last.transactionTimeoutMs() == COMMIT_TIMEOUT_MILLIS;
    boolean aborts = last.transactionTimeoutMs() == ABORT_TIMEOUT_MILLIS;
    boolean joined = !Collections.disjoint(last.topicPartitions(), found.partitions());
    if (ongoing && (commits || (visible && joined && !aborts))) {
      // Of a start that was killed while it committed this, or what joined a committed one since.
      end(transactionalId(stream), last, found.partitions(), true);
    } else if (ongoing && !visible) {
      return false;
    } else {
      boolean begun = commits && last.state() == TransactionState.EMPTY;
      boolean committed = visible || begun || last.state() == TransactionState.COMPLETE_COMMIT;
      endAnew(stream, found.partitions(), committed);
    }
    return true;
  }

  private static void requireNone(Unended.@Nullable Found found) {
    if (found != null) {
      throw new KafkaException(
          "a transaction that is over is still open in "
              + found.partitions()
              + " though it was ended once more");
    }
  }

  /** Ends it as another producer: whoever else has a transaction of the stream is fenced before. */
  private void endAnew(String stream, Set<TopicPartition> partitions, boolean commit)
      throws InterruptedException {
    int timeout = commit ? COMMIT_TIMEOUT_MILLIS : ABORT_TIMEOUT_MILLIS;
    begin(stream, timeout);
    Producer<byte[], byte[]> fencing = producer();
    producer = null;
    fencing.close(Duration.ZERO);
    String id = transactionalId(stream);
    TransactionDescription begun = unended.describe(id);
    if (begun == null
        || begun.transactionTimeoutMs() != timeout
        || begun.state() == TransactionState.ONGOING) {
      throw new KafkaException("another capture writes this stream, or ends its transactions");
    }
    end(id, begun, partitions, commit);
  }

  private void end(
      String id, TransactionDescription as, Set<TopicPartition> partitions, boolean commit)
      throws InterruptedException {
    try (Coordinator opened = new Coordinator(settings, admin, id, as, stopping)) {
      coordinator = opened;
      if (abandoned) {
        opened.abandon();
      }
      opened.add(partitions);
      opened.end(commit);
    } finally {
      coordinator = null;
    }
  }

  private static String transactionalId(String stream) {
    return "waltap-" + stream;
  }

  /**
   * Becomes the one writer of the stream: whoever was, is fenced, and what it left open is over.
   */
  void begin(String stream) {
    begin(stream, TRANSACTION_TIMEOUT_MILLIS);
    id = transactionalId(stream);
  }

  private void begin(String stream, int transactionTimeoutMillis) {
    Producer<byte[], byte[]> made =
        producers.apply(producerSettings(stream, transactionTimeoutMillis));
    producer = made;
    if (abandoned) {
      abandon();
    }
    asProducer(Producer::initTransactions);
  }

  private Map<String, Object> producerSettings(String stream, int transactionTimeoutMillis) {
    int timeout = (int) settings.timeout().toMillis();
    Map<String, Object> own = new HashMap<>();
    own.put("compression.type", "lz4");
    own.put("batch.size", 64 << 10);
    own.put("max.request.size", BUFFER_BYTES);
    own.put("buffer.memory", (long) BUFFER_BYTES);
    own.put("max.block.ms", (long) timeout);
    own.put("delivery.timeout.ms", Math.max(timeout, 2_000));
    Map<String, Object> all = settings.with(own);
    all.put("transaction.timeout.ms", transactionTimeoutMillis);
    all.put("acks", "all");
    all.put("enable.idempotence", true);
    all.put("transactional.id", transactionalId(stream));
    return all;
  }

  private Producer<byte[], byte[]> producer() {
    Producer<byte[], byte[]> current = producer;
    if (current == null) {
      throw new IllegalStateException("the session has not begun");
    }
    return current;
  }

  /** Kafka takes it for a wrong use that {@link #abandon} closed the producer meanwhile. */
  private void asProducer(Consumer<Producer<byte[], byte[]>> work) {
    try {
      work.accept(producer());
    } catch (IllegalStateException e) {
      if (abandoned) {
        throw new KafkaException("it was stopped", e);
      }
      throw e;
    }
  }

  /** Sends a record, in a transaction that is begun if none is open. */
  void send(ProducerRecord<byte[], byte[]> record) throws InterruptedException {
    String topic = record.topic();
    topics.require(admin, topic);
    if (!clean.contains(topic)) {
      requireClean(topic);
      clean.add(topic);
    }
    put(record);
  }

  /** Before the first message to a topic: what is open in it was aborted, or would be committed. */
  private void requireClean(String topic) throws InterruptedException {
    Set<TopicPartition> partitions = new HashSet<>();
    asProducer(
        current ->
            current
                .partitionsFor(topic)
                .forEach(each -> partitions.add(new TopicPartition(topic, each.partition()))));
    unended.look(partitions);
    unended.requireClean(id, partitions);
  }

  /** Before a transaction: what is open of the last one would be aborted with this one. */
  private void requireEnded() throws InterruptedException {
    Unended.Found found = unended.at(id, committed);
    if (found != null) {
      throw new KafkaException(Unended.text(found.partitions()));
    }
    committed = Map.of();
  }

  private void put(ProducerRecord<byte[], byte[]> record) throws InterruptedException {
    if (!inTransaction) {
      requireEnded();
      asProducer(Producer::beginTransaction);
      inTransaction = true;
    }
    asProducer(
        current -> {
          // Its failure is kept by the callback, which runs on the client's thread.
          Future<RecordMetadata> unused = current.send(record, this::sent);
        });
  }

  private void sent(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
    if (failure == null && metadata != null) {
      ends.merge(
          new TopicPartition(metadata.topic(), metadata.partition()),
          metadata.offset(),
          (one, other) -> Math.max(one, other));
    } else if (failure != null && sendFailure == null) {
      sendFailure = failure;
    }
  }

  /** Commits what was sent, and then the position with it. */
  void commit(StreamPosition position) throws InterruptedException {
    flush();
    StreamPosition whole = unended.mark(position.with(ends));
    put(new ProducerRecord<>(settings.positionsTopic(), whole.key(), whole.value()));
    flush();
    committing = true;
    asProducer(Producer::commitTransaction);
    committing = false;
    inTransaction = false;
    committed = Map.copyOf(ends);
    ends.clear();
  }

  private void flush() {
    asProducer(Producer::flush);
    Exception failure = sendFailure;
    if (failure != null) {
      throw failure instanceof KafkaException known ? known : new KafkaException(failure);
    }
  }

  /**
   * Gives up what is open, so that consumers need not wait for it. Not what may be committed, as
   * where an interrupt ended the wait for that.
   */
  void abort() {
    if (inTransaction && !committing && sendFailure == null && !stopping.isLate()) {
      asProducer(Producer::abortTransaction);
      inTransaction = false;
    }
  }

  /** Makes whatever waits in here fail; for any thread. */
  void abandon() {
    abandoned = true;
    Producer<byte[], byte[]> current = producer;
    if (current != null) {
      current.close(Duration.ZERO);
    }
    Coordinator asked = coordinator;
    if (asked != null) {
      asked.abandon();
    }
    admin.close(Duration.ZERO);
  }

  @Override
  public void close() {
    Producer<byte[], byte[]> current = producer;
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
