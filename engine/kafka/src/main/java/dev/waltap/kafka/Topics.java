// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.message.MessageKind;
import dev.waltap.message.TopicNames;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics of messages, made where they are missing. For the handler's thread. */
final class Topics {
  private final TopicNames names;
  private final KafkaSettings settings;
  private final Stopping stopping;
  private final Set<String> present = new HashSet<>();

  Topics(TopicNames names, KafkaSettings settings, Stopping stopping) {
    this.names = names;
    this.settings = settings;
    this.stopping = stopping;
  }

  /** The topic of such a message. */
  String of(MessageKind kind, String table) {
    return names.of(kind, table);
  }

  /** Topics may have gone: looks again before each is used. */
  void forget() {
    present.clear();
  }

  /** Makes a topic for messages if it isn't there. */
  void require(Admin admin, String topic) throws InterruptedException {
    if (!present.contains(topic)) {
      require(admin, topic, settings.partitions(), Map.of());
      present.add(topic);
    }
  }

  /** Makes the topic of positions if it isn't there. */
  void requirePositions(Admin admin) throws InterruptedException {
    require(admin, settings.positionsTopic(), 1, Map.of("cleanup.policy", "compact"));
  }

  private void require(Admin admin, String topic, int partitions, Map<String, String> configs)
      throws InterruptedException {
    if (exists(admin, topic)) {
      return;
    }
    NewTopic made =
        new NewTopic(topic, Optional.of(partitions), Optional.ofNullable(settings.replication()))
            .configs(configs);
    try {
      stopping.await(admin.createTopics(List.of(made)).all());
    } catch (TopicExistsException e) {
      return; // Made by another meanwhile.
    } catch (AuthorizationException e) {
      throw new MissingTopicException(topic, configs, e);
    }
  }

  private boolean exists(Admin admin, String topic) throws InterruptedException {
    try {
      stopping.await(admin.describeTopics(List.of(topic)).allTopicNames());
      return true;
    } catch (UnknownTopicOrPartitionException e) {
      return false;
    }
  }
}
