// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.Source;
import dev.waltap.json.BlobFormat;
import dev.waltap.message.JsonMessages;
import dev.waltap.output.OutputRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** What tests send, and how. */
final class Outputs {
  static final String STREAM = "5f1c";
  private static final int BATCH = 20;

  private Outputs() {}

  static OutputRequest request(String address, int retries, Consumer<String> warnings) {
    return request(address, "app.db", retries, warnings);
  }

  static OutputRequest request(
      String address, String database, int retries, Consumer<String> warnings) {
    return new OutputRequest(
        address,
        database,
        new JsonMessages(BlobFormat.HEX),
        false,
        null,
        null,
        Duration.ofSeconds(5),
        retries,
        warnings,
        secrets -> {});
  }

  static Change change(String stream, long frame, long index, boolean last) {
    return Change.builder("users", Operation.INSERT)
        .after(Row.of("id", frame * 1000 + index, "name", "Adä"))
        .key(Row.of("id", frame * 1000 + index, "name", "Adä"))
        .position(new Position(2, frame, index))
        .last(last)
        .source(new Source("app.db", stream))
        .build();
  }

  /** A change of so many bytes, at least. */
  static Change large(int bytes) {
    return Change.builder("users", Operation.INSERT)
        .after(Row.of("text", "x".repeat(bytes)))
        .key(Row.of("id", 1))
        .position(new Position(2, 1, 0))
        .source(new Source("app.db", STREAM))
        .build();
  }

  /** A transaction. */
  static List<Change> batch(String stream, long frame) {
    List<Change> changes = new ArrayList<>();
    for (int index = 0; index < BATCH; index++) {
      changes.add(change(stream, frame, index, index == BATCH - 1));
    }
    return changes;
  }

  /** Transactions that follow each other, in one batch. */
  static List<Change> batches(long frame, int count) {
    return LongStream.range(frame, frame + count)
        .mapToObj(each -> batch(STREAM, each))
        .flatMap(List::stream)
        .toList();
  }

  /** The ids of the messages of the first transactions. */
  static List<String> ids(long frames) {
    List<String> ids = new ArrayList<>();
    for (long frame = 0; frame < frames; frame++) {
      for (int index = 0; index < BATCH; index++) {
        ids.add(STREAM + "/2:" + frame + ":" + index);
      }
    }
    return ids;
  }
}
