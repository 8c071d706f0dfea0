// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What a consumer sees of a topic, under read_committed. */
final class Topics {

  private Topics() {}

  /** Everything that can be seen now, up to the first open transaction; nothing of no topic. */
  static List<ConsumerRecord<byte[], byte[]>> stable(String server, String topic) {
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    Map<String, Object> settings =
        Map.of("bootstrap.servers", server, "isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo each : consumer.listTopics().getOrDefault(topic, List.of())) {
        partitions.add(new TopicPartition(topic, each.partition()));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(100))) {
          // What was committed since may be fetched in part only.
          if (each.offset() < ends.getOrDefault(partition(each), 0L)) {
            all.add(each);
          }
        }
      }
    }
    return all;
  }

  private static TopicPartition partition(ConsumerRecord<byte[], byte[]> message) {
    return new TopicPartition(message.topic(), message.partition());
  }
}
