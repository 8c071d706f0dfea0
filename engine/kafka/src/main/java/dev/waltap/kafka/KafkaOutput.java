// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.api.Change;
import dev.waltap.message.MessageFormat;
import dev.waltap.message.MessageKind;
import dev.waltap.message.TopicNames;
import dev.waltap.output.OutputRequest;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamOutput;
import dev.waltap.output.StreamStart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends changes to Kafka, the stream's position with them in one Kafka transaction.
 *
 * <p>A Kafka transaction holds whole transactions of the source, or a part of one: where a batch
 * ends within a transaction, what precedes that one is committed, and its beginning stays open
 * until its end has come. So {@link #flush}, which is asked for less than is open then, has nothing
 * to do. One that is too large is committed in parts; the position is within it then.
 */
final class KafkaOutput implements StreamOutput {
  private final String database;
  private final MessageFormat format;
  private final Topics topics;
  private final Stopping stopping;
  private final OpenTransaction open;
  private final KafkaWriter writer;
  private @Nullable String stream;

  /** Whether the last change was not the last one of its transaction. */
  private boolean withinTransaction;

  /** Of one change. */
  private final List<ProducerRecord<byte[], byte[]>> messages = new ArrayList<>();

  /** Connects to nothing yet. */
  KafkaOutput(OutputRequest request, KafkaSettings settings) {
    Consumer<String> warnings = text -> request.warnings().accept(settings.secrets().hide(text));
    this.database = request.database();
    this.format = request.format();
    this.stopping = new Stopping(settings.timeout());
    this.topics =
        new Topics(
            new TopicNames("--topic", request.topic(), database, request.schemaApart(), warnings),
            settings,
            stopping);
    this.open = new OpenTransaction(settings.maxTransactionBytes());
    this.writer = new KafkaWriter(settings, database, topics, stopping, open, warnings);
  }

  @Override
  public StreamStart open(@Nullable SavedStream state) throws IOException, InterruptedException {
    if (state != null) {
      stream = state.stream();
    }
    StreamStart start = writer.start(state);
    if (start.kind() == StreamStart.Kind.CONTINUE && !writer.hasAny()) {
      format.nothingBefore();
    }
    return start;
  }

  @Override
  public void handleChanges(List<Change> changes) throws IOException, InterruptedException {
    int whole = wholeTransactions(changes);
    add(changes.subList(0, whole));
    if (whole < changes.size()) {
      if (whole > 0 || !withinTransaction) {
        writer.commit();
      }
      add(changes.subList(whole, changes.size()));
    }
    withinTransaction = whole < changes.size();
    if (open.isFull()) {
      writer.commit();
    }
  }

  /** How many of these end with the end of a transaction. */
  private static int wholeTransactions(List<Change> changes) {
    int count = changes.size();
    while (count > 0 && !changes.get(count - 1).transaction().last()) {
      count--;
    }
    return count;
  }

  private void add(List<Change> changes) throws IOException, InterruptedException {
    for (Change change : changes) {
      if (stream == null) {
        stream = change.source().stream();
        writer.begin(stream);
      }
      // The format is given all, since it may count; what Kafka has is left out.
      format.messages(change, this::take);
      if (!writer.has(change.position())) {
        for (ProducerRecord<byte[], byte[]> message : messages) {
          writer.send(message, change.position());
        }
      }
      messages.clear();
    }
  }

  private void take(
      MessageKind kind, String table, byte @Nullable [] key, byte @Nullable [] value) {
    messages.add(new ProducerRecord<>(topics.of(kind, table), key, value));
  }

  @Override
  public void flush() throws IOException, InterruptedException {
    if (!withinTransaction) {
      writer.commit();
    }
  }

  @Override
  public void stop() {
    stopping.stop();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
