// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.json.JsonText;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes as Debezium's connectors would emit them: an envelope for each row with its key, a
 * tombstone after each deletion, schema changes, and where transactions begin and end. Rows of a
 * bootstrap are read ({@code r}); a table that was dropped, or whose rows follow, is truncated
 * ({@code t}). Whoever writes messages in whatever encoding goes by this.
 *
 * <p>It must be given every change of a stream once, in order, beginning with the first one of a
 * transaction. For one thread.
 */
public final class DebeziumMapping {
  private final DebeziumOptions options;
  private final InstantSource clock;
  private final DebeziumSource source;
  private final Map<String, TableMapping> tables = new HashMap<>();
  private final TransactionCounts transaction = new TransactionCounts();

  /** Whether consumers have no rows of a table that is about to be bootstrapped. */
  private boolean nothingBefore;

  private boolean bootstrapped;

  /** A mapping by the system's clock. */
  public DebeziumMapping(DebeziumOptions options) {
    this(options, InstantSource.system());
  }

  /**
   * A mapping.
   *
   * @param clock says when a message is made: its {@code ts_ms}, unlike that of its source
   */
  public DebeziumMapping(DebeziumOptions options, InstantSource clock) {
    this.options = options;
    this.clock = clock;
    this.source = new DebeziumSource(options.version());
  }

  /**
   * Nothing of this database was ever sent to where the messages go: its first bootstrap truncates
   * no tables, which consumers may not have at all.
   */
  public void nothingBefore() {
    nothingBefore = true;
  }

  /**
   * The messages of one change, in order: none, one or several.
   *
   * @throws TypeMismatchException if a value is not of its column's type and that is to fail
   */
  public List<DataMessage> messages(Change change) throws TypeMismatchException {
    List<DataMessage> messages = new ArrayList<>(2);
    if (transaction.isNew(change.transaction().id())) {
      transaction.begin(change.transaction().id());
      source.begin();
      nothingBefore &= !bootstrapped;
    }
    switch (change.operation()) {
      case SCHEMA -> schema(change, messages);
      case BOOTSTRAP -> {
        source.bootstrap(change.table());
        bootstrapped = true;
        if (!nothingBefore) {
          truncate(change, messages);
        }
      }
      case INSERT, UPDATE, DELETE -> row(change, messages);
    }
    if (change.transaction().last() && options.transactions() && !transaction.isEmpty()) {
      messages.add(transaction(transaction.end(change.timestamp().toEpochMilli())));
    }
    return messages;
  }

  private DataMessage transaction(DataStruct value) {
    return new DataMessage(MessageKind.TRANSACTION, "", transaction.key(), value);
  }

  private void schema(Change change, List<DataMessage> messages) throws TypeMismatchException {
    String database = DebeziumSource.database(change);
    messages.add(
        new DataMessage(
            MessageKind.SCHEMA,
            change.table(),
            SchemaChanges.key(database),
            SchemaChanges.value(change, database, source.struct(change), clock.millis())));
    if (change.schemaAfter() == null) {
      tables.remove(change.table());
      truncate(change, messages);
    }
  }

  private void truncate(Change change, List<DataMessage> messages) throws TypeMismatchException {
    TableMapping table = tables.get(change.table());
    RowSchema schema =
        table != null
            ? table.schema(null, null)
            : new RowSchema(
                name(change), List.of(), new DataType[0], new boolean[0], new Object[0]);
    envelope(change, schema, null, null, "t", null, messages);
  }

  private void row(Change change, List<DataMessage> messages) throws TypeMismatchException {
    TableMapping table = table(change);
    RowSchema schema = table.schema(change.before(), change.after());
    Row row = change.key();
    DataStruct key = row == null ? null : table.key(row);
    DataStruct before = table.struct(schema, change.before());
    DataStruct after = table.struct(schema, change.after());
    envelope(change, schema, before, after, operation(change), key, messages);
    if (change.operation() == Operation.DELETE && key != null) {
      messages.add(new DataMessage(MessageKind.ROW, change.table(), key, null));
    }
  }

  private String operation(Change change) {
    return switch (change.operation()) {
      case UPDATE -> "u";
      case DELETE -> "d";
      default -> source.isRead(change) ? "r" : "c";
    };
  }

  private void envelope(
      Change change,
      RowSchema schema,
      @Nullable DataStruct before,
      @Nullable DataStruct after,
      String operation,
      @Nullable DataStruct key,
      List<DataMessage> messages) {
    if (options.transactions() && transaction.isEmpty()) {
      messages.add(transaction(transaction.beginning(change.timestamp().toEpochMilli())));
    }
    DebeziumTime now = DebeziumTime.of(clock.instant());
    DataStruct value =
        new DataStruct(
            schema.envelope(),
            before,
            after,
            source.struct(change),
            operation,
            now.millis(),
            now.micros(),
            now.nanos(),
            transaction.next(name(change)));
    messages.add(new DataMessage(MessageKind.ROW, change.table(), key, value));
  }

  /** The mapping of a row's table, the one before if nothing of the table changed. */
  private TableMapping table(Change change) {
    Row after = change.after();
    Row image = after != null ? after : change.before();
    if (image == null) {
      throw new IllegalArgumentException("a change without images: " + change);
    }
    TableMapping known = tables.get(change.table());
    if (known != null && known.isFor(image)) {
      return known;
    }
    TableMapping made =
        new TableMapping(name(change), image, change.key(), options.blobs(), options.onMismatch());
    if (image.schema() != null) {
      tables.put(change.table(), made);
    }
    return made;
  }

  /** What the names of a table's schemas begin with; its topic is called so, too. */
  private static String name(Change change) {
    return DebeziumSource.database(change) + "." + JsonText.wellFormed(change.table());
  }
}
