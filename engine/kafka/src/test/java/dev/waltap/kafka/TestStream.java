// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.Source;
import dev.waltap.json.BlobFormat;
import dev.waltap.message.JsonMessages;
import dev.waltap.output.OutputRequest;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamOutput;
import dev.waltap.testdata.broker.Broker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes of a stream of its own, and what a state would know of it. For one thread. */
final class TestStream {
  private static final Pattern POSITION = Pattern.compile("\"position\":\"([0-9:]+)\"");

  private final Broker broker;
  private final Path config;
  private final String database = "stream-" + UUID.randomUUID();
  private final String id = UUID.randomUUID().toString();
  private final AtomicReference<Position> delivered = new AtomicReference<>();
  private final List<String> warnings = new CopyOnWriteArrayList<>();

  /**
   * One of which nothing was sent.
   *
   * @param settings a line of the file of Kafka's settings; may be empty
   */
  TestStream(Broker broker, Path directory, String settings) throws IOException {
    this.broker = broker;
    this.config = Files.writeString(directory.resolve("kafka.properties"), settings + "\n");
  }

  String id() {
    return id;
  }

  String topic() {
    return database + ".t";
  }

  /** Up to which position it was delivered; null for nothing. */
  AtomicReference<Position> delivered() {
    return delivered;
  }

  /** What outputs said. */
  List<String> warnings() {
    return warnings;
  }

  /** An output that gives up early. */
  StreamOutput output() throws Exception {
    return new KafkaProvider().prepare(request());
  }

  /** Those of its outputs. */
  KafkaSettings settings() throws IOException {
    return KafkaSettings.of(request());
  }

  private OutputRequest request() {
    return new OutputRequest(
        "kafka://" + broker.address(),
        database,
        new JsonMessages(BlobFormat.HEX),
        false,
        null,
        config,
        Duration.ofSeconds(10),
        1,
        warnings::add,
        secrets -> {});
  }

  /** That of a new state, or of one that knows what it delivered. */
  SavedStream state() {
    Position last = delivered.get();
    return new SavedStream(
        id,
        null,
        new Position(1, 4, 0),
        new SavedStream.Delivered(last != null, last),
        delivered::set);
  }

  /** The changes of a transaction that ends with this frame. */
  List<Change> transaction(long frame, int changes) {
    List<Change> all = new ArrayList<>();
    for (int i = 0; i < changes; i++) {
      all.add(
          Change.builder("t", Operation.INSERT)
              .after(Row.of("a", i))
              .key(Row.of("a", i))
              .position(new Position(1, frame, i))
              .last(i == changes - 1)
              .source(new Source(database, id))
              .build());
    }
    return all;
  }

  /** Positions of all that is committed, in order. */
  List<String> positions() {
    List<String> positions = new ArrayList<>();
    for (String value : Topic.values(broker.address(), topic())) {
      Matcher found = POSITION.matcher(value);
      positions.add(found.find() ? found.group(1) : value);
    }
    return positions;
  }
}
