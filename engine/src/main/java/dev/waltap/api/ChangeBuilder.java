// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Change} that no capture made, for a test of a handler; begun by {@link
 * Change#builder}. What is not said is as in the only change of the first transaction, seen at the
 * epoch. Checks nothing: images and keys are what they are said to be. For one thread; may build
 * more than once.
 *
 * <pre>{@code
 * Change.builder("users", Operation.INSERT)
 *     .after(Row.of("id", 1, "name", "Ada")).key(Row.of("id", 1)).build()
 * }</pre>
 */
public final class ChangeBuilder {
  private final String table;
  private final Operation operation;
  private Instant timestamp = Instant.EPOCH;
  private @Nullable Row before;
  private @Nullable Row after;
  private @Nullable Row key;
  private Position position = new Position(1, 1, 0);
  private boolean last = true;
  private @Nullable TableSchema schemaBefore;
  private @Nullable TableSchema schemaAfter;
  private Source source = Source.NONE;

  ChangeBuilder(String table, Operation operation) {
    this.table = table;
    this.operation = operation;
  }

  /** When the commit was seen. */
  public ChangeBuilder timestamp(Instant time) {
    this.timestamp = time;
    return this;
  }

  /** The row as it was. */
  public ChangeBuilder before(@Nullable Row row) {
    this.before = row;
    return this;
  }

  /** The row as it is. */
  public ChangeBuilder after(@Nullable Row row) {
    this.after = row;
    return this;
  }

  /** The row's key. */
  public ChangeBuilder key(@Nullable Row row) {
    this.key = row;
    return this;
  }

  /** Where the change is in the stream, which says the transaction's id, too. */
  public ChangeBuilder position(Position at) {
    this.position = at;
    return this;
  }

  /** Whether it is the last change of its transaction (true). */
  public ChangeBuilder last(boolean isLast) {
    this.last = isLast;
    return this;
  }

  /** For SCHEMA, the table as it was. */
  public ChangeBuilder schemaBefore(@Nullable TableSchema schema) {
    this.schemaBefore = schema;
    return this;
  }

  /** For SCHEMA, the table as it is. */
  public ChangeBuilder schemaAfter(@Nullable TableSchema schema) {
    this.schemaAfter = schema;
    return this;
  }

  /** The database and the stream it comes from. */
  public ChangeBuilder source(Source from) {
    this.source = from;
    return this;
  }

  /** Makes the change. */
  public Change build() {
    String id = position.epoch() + ":" + position.frame();
    return new Change(
        table,
        timestamp,
        operation,
        before,
        after,
        key,
        position,
        new Transaction(id, position.index(), last),
        schemaBefore,
        schemaAfter,
        source);
  }
}
