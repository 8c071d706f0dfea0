// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Reads what was committed, of all streams. What was read once is kept, and only what came since is
 * read then. For one thread.
 */
final class PositionsTopic {

  /** Of a capture that was killed: Kafka ends it a minute after it began. */
  private static final String OPEN =
      " is not read yet: it waits for a transaction that another capture left open, a minute at"
          + " most; if it takes longer, kafka-transactions.sh find-hanging shows it, and abort ends"
          + " it";

  /** How much of the topic is seen. */
  enum View {
    /** All that is committed, when what is open is over. */
    WHOLE(IsolationLevel.READ_COMMITTED, IsolationLevel.READ_UNCOMMITTED),
    /** What is committed before the first transaction that is open. */
    STABLE(IsolationLevel.READ_COMMITTED, IsolationLevel.READ_COMMITTED),
    /**
     * All, what is not committed included; to be read after what is stable. What was aborted counts
     * while older transactions of others are open.
     */
    UNCOMMITTED(IsolationLevel.READ_UNCOMMITTED, IsolationLevel.READ_UNCOMMITTED);

    private final IsolationLevel consumed;
    private final IsolationLevel end;

    View(IsolationLevel consumed, IsolationLevel end) {
      this.consumed = consumed;
      this.end = end;
    }

    /** The isolation level that its consumer has to have. */
    String consumers() {
      return consumed.toString();
    }
  }

  private static final Duration POLL = Duration.ofMillis(200);

  private final String topic;
  private final Stopping stopping;
  private final Map<String, StreamPosition> committed = new LinkedHashMap<>();

  /** Where to go on reading what is committed. */
  private final Map<TopicPartition, Long> next = new HashMap<>();

  PositionsTopic(String topic, Stopping stopping) {
    this.topic = topic;
    this.stopping = stopping;
  }

  /** The last record of each key. */
  Collection<StreamPosition> read(Admin admin, Consumer<byte[], byte[]> consumer, View view)
      throws InterruptedException {
    Map<TopicPartition, Long> ends = ends(admin, view.end);
    consumer.assign(ends.keySet());
    for (TopicPartition partition : ends.keySet()) {
      Long from = next.get(partition);
      if (from == null) {
        consumer.seekToBeginning(List.of(partition));
      } else {
        consumer.seek(partition, from);
      }
    }
    boolean whatIsCommitted = view != View.UNCOMMITTED;
    Map<String, StreamPosition> last = whatIsCommitted ? committed : new LinkedHashMap<>(committed);
    long begun = System.nanoTime();
    while (!reached(consumer, ends)) {
      if (stopping.isStopped() || System.nanoTime() - begun > stopping.timeout().toNanos()) {
        throw new TimeoutException(
            view == View.WHOLE ? topic + OPEN : "the topic " + topic + " can't be read to its end");
      }
      for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
        add(each, last);
      }
    }
    if (whatIsCommitted) {
      ends.keySet().forEach(each -> next.put(each, consumer.position(each)));
    }
    return List.copyOf(last.values());
  }

  private static void add(ConsumerRecord<byte[], byte[]> each, Map<String, StreamPosition> last) {
    if (each.key() == null) {
      return;
    }
    String key = new String(each.key(), StandardCharsets.UTF_8);
    last.remove(key);
    StreamPosition position =
        each.value() == null ? null : StreamPosition.of(each.key(), each.value());
    if (position != null) {
      Map<TopicPartition, Long> own =
          Map.of(new TopicPartition(each.topic(), each.partition()), each.offset());
      last.put(key, position.with(own));
    }
  }

  private Map<TopicPartition, Long> ends(Admin admin, IsolationLevel level)
      throws InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new LinkedHashMap<>();
    for (TopicDescription description :
        stopping.await(admin.describeTopics(List.of(topic)).allTopicNames()).values()) {
      description
          .partitions()
          .forEach(
              each -> latest.put(new TopicPartition(topic, each.partition()), OffsetSpec.latest()));
    }
    var found = stopping.await(admin.listOffsets(latest, new ListOffsetsOptions(level)).all());
    Map<TopicPartition, Long> ends = new LinkedHashMap<>();
    found.forEach((partition, info) -> ends.put(partition, info.offset()));
    return ends;
  }

  private static boolean reached(
      Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey(), POLL.multipliedBy(10)) >= end.getValue());
  }
}
