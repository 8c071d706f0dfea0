// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What a consumer sees of topics, under read_committed. */
final class Topic {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private Topic() {}

  /** Everything that is committed, when no transaction is open any more. */
  static List<ConsumerRecord<byte[], byte[]>> read(String server, String... topics) {
    return read(server, "read_uncommitted", topics);
  }

  /** The values of everything that a consumer can see now, up to the first open transaction. */
  static List<String> stableValues(String server, String... topics) {
    return read(server, "read_committed", topics).stream().map(each -> text(each.value())).toList();
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(
      String server, String until, String... topics) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", server, "isolation.level", "read_committed");
    Map<String, Object> uncommitted = new HashMap<>(settings);
    uncommitted.put("isolation.level", until);
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(settings);
        KafkaConsumer<byte[], byte[]> ends = consumer(uncommitted)) {
      Map<String, List<org.apache.kafka.common.PartitionInfo>> there = ends.listTopics();
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : topics) {
        there
            .getOrDefault(topic, List.of())
            .forEach(each -> partitions.add(new TopicPartition(topic, each.partition())));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> last = ends.endOffsets(partitions);
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (partitions.stream()
          .anyMatch(each -> consumer.position(each) < last.getOrDefault(each, 0L))) {
        if (System.nanoTime() > end) {
          throw new AssertionError("a transaction stays open in " + partitions);
        }
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(100))) {
          // What was committed since may be fetched in part only.
          TopicPartition partition = new TopicPartition(each.topic(), each.partition());
          if (each.offset() < last.getOrDefault(partition, 0L)) {
            all.add(each);
          }
        }
      }
    }
    return all;
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> settings) {
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Their values, as text. */
  static List<String> values(String server, String... topics) {
    return read(server, topics).stream()
        .map(each -> each.value() == null ? "null" : text(each.value()))
        .toList();
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
