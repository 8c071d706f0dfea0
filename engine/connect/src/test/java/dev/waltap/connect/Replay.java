// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Position;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.json.JsonConverter;
import org.jspecify.annotations.Nullable;

/**
 * Applies the messages of one table in order, and fails where one does not follow from those before
 * it: what is missing or comes twice does not fit the image before the next change of its row.
 */
final class Replay {
  private final JsonConverter json = new JsonConverter();
  private final Map<Object, Object> rows = new HashMap<>();
  private final Map<String, Integer> messagesOf = new HashMap<>();
  private @Nullable Position position;

  private Replay() {
    json.configure(Map.of("schemas.enable", "false"), false);
  }

  /** The rows that these messages lead to. */
  static Replay of(List<ConsumerRecord<byte[], byte[]>> messages) {
    Replay replay = new Replay();
    for (ConsumerRecord<byte[], byte[]> message : messages) {
      if (message.value() != null) {
        replay.apply(message);
      }
    }
    return replay;
  }

  private void apply(ConsumerRecord<byte[], byte[]> message) {
    Map<?, ?> value = map(message.value());
    if (!(value.get("source") instanceof Map<?, ?> source)) {
      throw new AssertionError("no source in " + value);
    }
    Position at = Position.parse(String.valueOf(source.get("position")));
    assertThat(position == null || position.compareTo(at) < 0)
        .as("comes again, or too late: %s after %s", value, position)
        .isTrue();
    position = at;
    if ("t".equals(value.get("op"))) {
      rows.clear();
      return;
    }
    messagesOf.merge(at.epoch() + ":" + at.frame(), 1, Integer::sum);
    Object key = map(message.key());
    assertThat(rows.get(key)).as("before %s", value).isEqualTo(value.get("before"));
    Object after = value.get("after");
    if (after == null) {
      rows.remove(key);
    } else {
      rows.put(key, after);
    }
  }

  private Map<?, ?> map(byte[] bytes) {
    return (Map<?, ?>) json.toConnectData("", bytes).value();
  }

  /** How many messages of rows each transaction has. */
  Map<String, Integer> messagesOfTransactions() {
    return messagesOf;
  }

  /** The rows, by their keys. */
  Map<Object, Object> rows() {
    return rows;
  }
}
