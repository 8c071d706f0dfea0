// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.message.MessageKind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Which topic a message goes to, made where it is missing. For the handler's thread. */
final class Topics {
  private static final int LONGEST = 249;
  private static final String USUAL = "{database}.{table}";

  private final String pattern;
  private final String database;
  private final boolean schemaApart;
  private final KafkaSettings settings;
  private final Stopping stopping;
  private final Consumer<String> warnings;
  private final Map<String, String> tableTopics = new HashMap<>();
  private final Map<String, String> owners = new HashMap<>();
  private final Set<String> present = new HashSet<>();

  /**
   * Names by a pattern.
   *
   * @param pattern null for the usual one
   * @throws IllegalArgumentException for one that makes no name
   */
  Topics(
      @Nullable String pattern,
      String database,
      boolean schemaApart,
      KafkaSettings settings,
      Stopping stopping,
      Consumer<String> warnings) {
    this.pattern = pattern == null ? USUAL : pattern;
    this.database = database;
    this.schemaApart = schemaApart;
    this.settings = settings;
    this.stopping = stopping;
    this.warnings = warnings;
    String rest = this.pattern.replace("{database}", "d").replace("{table}", "t");
    if (!rest.matches("[A-Za-z0-9._-]+")) {
      throw new IllegalArgumentException(
          "--topic takes letters, digits, '.', '_', '-', {database} and {table}, not '"
              + this.pattern
              + "'");
    }
  }

  /** The topic of such a message. */
  String of(MessageKind kind, String table) {
    if (kind == MessageKind.TRANSACTION) {
      return name("transaction");
    }
    if (kind == MessageKind.SCHEMA && schemaApart) {
      // As Debezium's connectors name it, where nothing else was asked for.
      return pattern.equals(USUAL) ? legal(database) : name("schema-changes");
    }
    return ofTable(table);
  }

  private String ofTable(String table) {
    String known = tableTopics.get(table);
    if (known == null) {
      known = name(table);
      tableTopics.put(table, known);
      String other = owners.putIfAbsent(known, table);
      if (other != null && pattern.contains("{table}")) {
        warnings.accept(
            "the tables "
                + other
                + " and "
                + table
                + " share the topic "
                + known
                + ": their names"
                + " differ only in what a topic's name can't have");
      }
    }
    return known;
  }

  private String name(String table) {
    String name = pattern.replace("{database}", legal(database)).replace("{table}", legal(table));
    return name.length() <= LONGEST ? name : name.substring(0, LONGEST);
  }

  private static String legal(String name) {
    return name.replaceAll("[^A-Za-z0-9._-]", "_");
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
