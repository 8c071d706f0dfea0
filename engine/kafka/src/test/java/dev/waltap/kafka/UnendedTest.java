// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

/** By a client that answers as Kafka's does, without a broker. */
class UnendedTest {
  private static final TopicPartition GONE = new TopicPartition("gone", 0);
  private static final TopicPartition SHRUNK = new TopicPartition("there", 1);
  private static final TopicPartition THERE = new TopicPartition("there", 0);
  private static final TopicPartition FORBIDDEN = new TopicPartition("forbidden", 0);

  private final List<TopicPartition> asked = new ArrayList<>();
  private final List<String> hidden = new ArrayList<>();
  private final Unended unended =
      new Unended(admin(), new Stopping(Duration.ofSeconds(30)), hidden::add);

  private Admin admin() {
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "describeTopics" -> new Topics((Collection<?>) arguments[0]);
                  case "listOffsets" -> offsets(((Map<?, ?>) arguments[0]).keySet());
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static <T> KafkaFuture<T> failed(Throwable failure) {
    KafkaFutureImpl<T> future = new KafkaFutureImpl<>();
    future.completeExceptionally(failure);
    return future;
  }

  private ListOffsetsResult offsets(Set<?> partitions) {
    Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> found = new HashMap<>();
    for (Object each : partitions) {
      TopicPartition partition = (TopicPartition) each;
      asked.add(partition);
      found.put(
          partition,
          partition.equals(FORBIDDEN)
              ? failed(new TopicAuthorizationException("Authorization failed."))
              : partition.equals(THERE)
                  ? KafkaFuture.completedFuture(new ListOffsetsResultInfo(9, -1, Optional.empty()))
                  : new KafkaFutureImpl<>()); // Kafka's client waits for what may come yet.
    }
    return new ListOffsetsResult(found);
  }

  private static final class Topics extends DescribeTopicsResult {

    private Topics(Collection<?> names) {
      super(null, described(names));
    }

    private static Map<String, KafkaFuture<TopicDescription>> described(Collection<?> names) {
      Map<String, KafkaFuture<TopicDescription>> described = new HashMap<>();
      for (Object each : names) {
        String name = (String) each;
        Node node = new Node(0, "localhost", 9092);
        TopicPartitionInfo only = new TopicPartitionInfo(0, node, List.of(node), List.of(node));
        described.put(
            name,
            switch (name) {
              case "there" ->
                  KafkaFuture.completedFuture(new TopicDescription(name, false, List.of(only)));
              case "forbidden" -> failed(new TopicAuthorizationException("Authorization failed."));
              default -> failed(new UnknownTopicOrPartitionException("not here"));
            });
      }
      return described;
    }
  }

  @Test
  void whatIsGoneIsNotWaitedFor() throws Exception {
    Map<TopicPartition, Long> present =
        unended.endsOf(last(Map.of(GONE, 7L, SHRUNK, 7L, THERE, 7L, FORBIDDEN, 7L), Set.of()));
    assertThat(present).isEqualTo(Map.of(THERE, 7L, FORBIDDEN, 7L));
    assertThat(unended.at("id", present)).isNull();
    assertThat(asked).containsExactlyInAnyOrder(THERE, FORBIDDEN);
  }

  @Test
  void aTopicThatIsForbiddenNowDoesNotEndTheCapture() throws Exception {
    assertThat(unended.at("id", Map.of(FORBIDDEN, 7L, THERE, 7L))).isNull();
    assertThat(hidden).containsExactly("this user may not DESCRIBE the topic forbidden");
  }

  private static StreamPosition last(Map<TopicPartition, Long> ends, Set<TopicPartition> missed) {
    return new StreamPosition("stream", "app.db", null, "run", true, true, ends, missed);
  }

  @Test
  void whatIsOpenInAPartitionThatWasNotSeenMayBeCommittedThoughItsTopicIsThere() throws Exception {
    unended.endsOf(last(Map.of(SHRUNK, 7L, THERE, 7L), Set.of()));
    assertThat(unended.isSure(Set.of(THERE))).isTrue();
    assertThat(unended.isSure(Set.of(THERE, SHRUNK))).isFalse();
  }

  @Test
  void whatWasNotSeenIsSaidToLaterSessionsUntilItIs() throws Exception {
    StreamPosition last = last(Map.of(SHRUNK, 7L, THERE, 7L), Set.of());
    unended.endsOf(last);
    StreamPosition marked = unended.mark(last);
    assertThat(marked).isEqualTo(last(last.ends(), Set.of(SHRUNK)));
    Unended next = new Unended(admin(), new Stopping(Duration.ofSeconds(30)), hidden::add);
    next.endsOf(last(Map.of(), Set.of(SHRUNK, THERE)));
    assertThat(next.isSure(Set.of(THERE))).isFalse();
    next.requireClean("id", Set.of(THERE));
    assertThat(next.isSure(Set.of(THERE))).isTrue();
    assertThat(next.mark(last).missed()).containsExactly(SHRUNK);
  }

  @Test
  void oneTopicThatIsForbiddenLeavesOthersSure() throws Exception {
    StreamPosition last = last(Map.of(FORBIDDEN, 7L, THERE, 7L), Set.of());
    assertThat(unended.at("id", unended.endsOf(last))).isNull();
    assertThat(unended.isSure(Set.of(THERE))).isTrue();
    assertThat(unended.isSure(Set.of(FORBIDDEN))).isFalse();
    assertThat(unended.mark(last)).isEqualTo(last(last.ends(), Set.of(FORBIDDEN)));
    unended.requireClean("id", Set.of(FORBIDDEN));
    assertThat(unended.isSure(Set.of(FORBIDDEN))).as("it is hidden still").isFalse();
  }
}
