// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/**
 * Looks for partitions in which a transaction of a producer goes on though Kafka says that it is
 * over. What is appended to them next would be of the same transaction, committed or aborted with
 * it. For one thread.
 */
final class Unended {
  private static final long PAUSE_MILLIS = 3;
  private static final long NO_PRODUCER = -1;
  private static final String OLD = "its brokers are older than 3.0";

  private final Admin admin;
  private final Stopping stopping;
  private final Consumer<String> hidden;

  /** Whether Kafka shows what it has not ended, but for what is {@link #missed}. */
  private boolean checked = true;

  /** Where Kafka did not show it when it was looked for, in this session or an earlier one. */
  private final Set<TopicPartition> missed = new HashSet<>();

  /**
   * Looks through this client.
   *
   * @param hidden is given the reason each time that Kafka does not show what is open
   */
  Unended(Admin admin, Stopping stopping, Consumer<String> hidden) {
    this.admin = admin;
    this.stopping = stopping;
    this.hidden = hidden;
  }

  /**
   * Partitions in which a transaction of the producer is open.
   *
   * @param producer the producer, and its last transaction, which Kafka does not end just now
   */
  record Found(TransactionDescription producer, Set<TopicPartition> partitions) {}

  /**
   * Those of these partitions in which a transaction is open that began at these offsets or before.
   * Waits for Kafka to end what it is about to end.
   *
   * @return null for none, or where Kafka does not say
   */
  @Nullable Found at(String id, Map<TopicPartition, Long> ends) throws InterruptedException {
    long begun = System.nanoTime();
    while (true) {
      Map<TopicPartition, Long> open = unstable(ends);
      TransactionDescription producer = open.isEmpty() ? null : describe(id);
      if (producer == null) {
        return null;
      }
      switch (producer.state()) {
        case PREPARE_COMMIT, PREPARE_ABORT, PREPARE_EPOCH_FENCE -> {
          boolean late = System.nanoTime() - begun > stopping.timeout().toNanos();
          if (late || stopping.isLate()) {
            throw new TimeoutException("a transaction is still being ended");
          }
          // Not a pause that ends when it is stopped: this is of the commit that is under way.
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        default -> {
          Set<TopicPartition> own = of(producer.producerId(), open);
          return own.isEmpty() ? null : new Found(producer, own);
        }
      }
    }
  }

  /** The producer of this transactional id; null for none. */
  @Nullable TransactionDescription describe(String id) throws InterruptedException {
    try {
      TransactionDescription found =
          stopping.await(admin.describeTransactions(List.of(id)).description(id));
      return found.state() == TransactionState.UNKNOWN ? null : found;
    } catch (TransactionalIdNotFoundException e) {
      return null;
    } catch (UnsupportedVersionException e) {
      hide(OLD);
      return null;
    }
  }

  /**
   * The ends that the last position of the stream names, of those partitions that there are. To be
   * asked first: what is open elsewhere may have been committed.
   */
  Map<TopicPartition, Long> endsOf(StreamPosition last) throws InterruptedException {
    checked = last.checked();
    missed.addAll(last.missed());
    Map<TopicPartition, Long> there = present(last.ends());
    miss(last.ends().keySet(), there.keySet());
    return there;
  }

  /** What is absent is gone, or not known yet to the broker that was asked. */
  private void miss(Set<TopicPartition> all, Set<TopicPartition> present) {
    Set<TopicPartition> absent = new HashSet<>(all);
    absent.removeAll(present);
    missed.addAll(absent);
  }

  /** The position, with what later sessions must know of what this one could not see. */
  StreamPosition mark(StreamPosition position) {
    return position.with(checked, missed);
  }

  /** Whether what is found open in these partitions, and is not of this session, was aborted. */
  boolean isSure(Set<TopicPartition> partitions) {
    return checked && Collections.disjoint(missed, partitions);
  }

  /**
   * Before the first message to these partitions: what is open there was aborted, or would be
   * committed with it.
   *
   * @throws UnendedException if something is open that was aborted
   * @throws UnsureException if it may have been committed
   */
  void requireClean(String id, Set<TopicPartition> partitions) throws InterruptedException {
    Map<TopicPartition, Long> ends = offsets(partitions, IsolationLevel.READ_UNCOMMITTED);
    Map<TopicPartition, Long> stable = offsets(ends.keySet(), IsolationLevel.READ_COMMITTED);
    Found found = stable.equals(ends) ? null : at(id, toTheEnd(partitions));
    if (found != null) {
      throw isSure(found.partitions())
          ? new UnendedException(found.partitions())
          : new UnsureException(found.partitions());
    }
    missed.removeAll(stable.keySet());
  }

  /** All of these partitions. */
  static Map<TopicPartition, Long> toTheEnd(Set<TopicPartition> partitions) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    partitions.forEach(each -> ends.put(each, Long.MAX_VALUE - 1));
    return ends;
  }

  private void hide(String reason) {
    checked = false;
    hidden.accept(reason);
  }

  /** Those of these partitions that there are, so that no time is lost with what is gone. */
  private Map<TopicPartition, Long> present(Map<TopicPartition, Long> ends)
      throws InterruptedException {
    Map<TopicPartition, Long> there = new HashMap<>(ends);
    there.keySet().retainAll(present(ends.keySet()));
    return there;
  }

  /** Those that a reader does not get past these offsets of, because of anyone's transaction. */
  private Map<TopicPartition, Long> unstable(Map<TopicPartition, Long> ends)
      throws InterruptedException {
    Map<TopicPartition, Long> open = new HashMap<>(ends);
    Map<TopicPartition, Long> stable = offsets(ends.keySet(), IsolationLevel.READ_COMMITTED);
    open.keySet().retainAll(stable.keySet());
    stable.forEach(
        (partition, offset) -> open.computeIfPresent(partition, (k, v) -> offset > v ? null : v));
    return open;
  }

  /** The ends of those partitions that there are. */
  private Map<TopicPartition, Long> offsets(Set<TopicPartition> partitions, IsolationLevel level)
      throws InterruptedException {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    try {
      return latest(partitions, level);
    } catch (TimeoutException | UnknownTopicOrPartitionException e) {
      // The client takes a topic that was deleted for one that comes yet.
      Set<TopicPartition> present = present(partitions);
      if (present.equals(partitions)) {
        throw e;
      }
      miss(partitions, present);
      return latest(present, level);
    }
  }

  private Map<TopicPartition, Long> latest(Set<TopicPartition> partitions, IsolationLevel level)
      throws InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(each -> wanted.put(each, OffsetSpec.latest()));
    ListOffsetsResult found = admin.listOffsets(wanted, new ListOffsetsOptions(level));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (TopicPartition each : partitions) {
      try {
        offsets.put(each, stopping.await(found.partitionResult(each)).offset());
      } catch (AuthorizationException e) {
        // As of a topic that was written to before, and is not any more.
        missed.add(each);
        hidden.accept("this user may not DESCRIBE the topic " + each.topic());
      }
    }
    return offsets;
  }

  private Set<TopicPartition> present(Set<TopicPartition> partitions) throws InterruptedException {
    if (partitions.isEmpty()) {
      return Set.of();
    }
    Set<String> topics = new HashSet<>();
    partitions.forEach(each -> topics.add(each.topic()));
    var described = admin.describeTopics(topics).topicNameValues();
    Map<String, Integer> counts = new HashMap<>();
    for (var each : described.entrySet()) {
      try {
        counts.put(each.getKey(), stopping.await(each.getValue()).partitions().size());
      } catch (UnknownTopicOrPartitionException e) {
        // What was in it is gone, too.
        counts.put(each.getKey(), 0);
      } catch (AuthorizationException e) {
        // Whether it is there is not shown; nor are its offsets.
        counts.put(each.getKey(), Integer.MAX_VALUE);
      }
    }
    Set<TopicPartition> present = new HashSet<>(partitions);
    present.removeIf(each -> each.partition() >= counts.getOrDefault(each.topic(), 0));
    return present;
  }

  private Set<TopicPartition> of(long producerId, Map<TopicPartition, Long> ends)
      throws InterruptedException {
    DescribeProducersResult found = admin.describeProducers(new ArrayList<>(ends.keySet()));
    Set<TopicPartition> own = new HashSet<>();
    for (Map.Entry<TopicPartition, Long> each : ends.entrySet()) {
      try {
        for (ProducerState state :
            stopping.await(found.partitionResult(each.getKey())).activeProducers()) {
          if (state.producerId() == producerId
              && state.currentTransactionStartOffset().orElse(Long.MAX_VALUE) <= each.getValue()) {
            own.add(each.getKey());
          }
        }
      } catch (AuthorizationException e) {
        hide("this user may not READ the topic " + each.getKey().topic());
      } catch (UnsupportedVersionException e) {
        hide(OLD);
      }
    }
    return own;
  }

  /** Gives the reason if Kafka does not show what is open in these partitions. */
  void look(Set<TopicPartition> partitions) throws InterruptedException {
    Map<TopicPartition, Long> all = new HashMap<>();
    partitions.forEach(each -> all.put(each, Long.MAX_VALUE));
    of(NO_PRODUCER, all);
  }

  /** What is wrong, after "failed: ". */
  static String text(Set<TopicPartition> partitions) {
    return "a transaction that is over is still open in " + partitions + "; it is ended now";
  }

  /** Thrown where what goes on may have been committed or aborted. */
  static final class UnsureException extends KafkaException {
    private static final long serialVersionUID = 1L;

    UnsureException(Set<TopicPartition> partitions) {
      super(
          "a transaction of this stream is still open in "
              + partitions
              + ", and whether it was committed is not known, since earlier runs could not look for"
              + " such ones; end it by kafka-transactions.sh abort, and start with --rebootstrap, in"
              + " case that its messages are missing then");
    }
  }

  /** Thrown where what was aborted goes on: to be ended before the next session begins. */
  static final class UnendedException extends KafkaException {
    private static final long serialVersionUID = 1L;

    private final transient Set<TopicPartition> partitions;

    UnendedException(Set<TopicPartition> partitions) {
      super(text(partitions));
      this.partitions = partitions;
    }

    Set<TopicPartition> partitions() {
      return partitions;
    }
  }
}
