// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One change, as handed to a {@link ChangesHandler}. Immutable; may be kept. Two are equal if all
 * that they say is.
 */
public final class Change {
  private static final List<Operation> OPERATIONS = List.of(Operation.values());

  // There are millions of these: 48 bytes, of which two more references would make 56.
  private final TransactionContext context;
  private final String table;
  private final @Nullable Row before;
  private final @Nullable Row after;

  /** Made when first asked for, if an image knows it; threads may race and make equal ones. */
  private @Nullable Row madeKey;

  /** Null where all of it is, as in changes of rows of a capture. */
  private final @Nullable Extras extras;

  private final long index;

  /** Its place in {@link #OPERATIONS}. */
  private final byte operation;

  private final boolean last;

  /** Whether the image that there is, or the later one of both, knows the key. */
  private final boolean keyed;

  private record Extras(
      @Nullable Row key, @Nullable TableSchema schemaBefore, @Nullable TableSchema schemaAfter) {

    private static @Nullable Extras of(
        @Nullable Row key, @Nullable TableSchema before, @Nullable TableSchema after) {
      return key == null && before == null && after == null ? null : new Extras(key, before, after);
    }
  }

  /** A change that no capture made; {@link #builder} asks for less. */
  public Change(
      String table,
      Instant timestamp,
      Operation operation,
      @Nullable Row before,
      @Nullable Row after,
      @Nullable Row key,
      Position position,
      Transaction transaction,
      @Nullable TableSchema schemaBefore,
      @Nullable TableSchema schemaAfter) {
    this(
        table,
        timestamp,
        operation,
        before,
        after,
        key,
        position,
        transaction,
        schemaBefore,
        schemaAfter,
        Source.NONE);
  }

  /** A change of all parts, each as its accessor has it. */
  public Change(
      String table,
      Instant timestamp,
      Operation operation,
      @Nullable Row before,
      @Nullable Row after,
      @Nullable Row key,
      Position position,
      Transaction transaction,
      @Nullable TableSchema schemaBefore,
      @Nullable TableSchema schemaAfter,
      Source source) {
    this(
        new TransactionContext(
            position, transaction.id(), timestamp, source, transaction.index() - position.index()),
        table,
        operation,
        before,
        after,
        key,
        schemaBefore,
        schemaAfter,
        position.index(),
        transaction.last());
  }

  /** A change of rows, whose key is made of its image when it is asked for. */
  Change(
      TransactionContext context,
      String table,
      Operation operation,
      @Nullable KeyedImage before,
      @Nullable KeyedImage after,
      long index,
      boolean last) {
    this.context = context;
    this.table = Objects.requireNonNull(table, "table");
    this.operation = place(operation);
    this.before = before;
    this.after = after;
    this.extras = null;
    this.index = index;
    this.last = last;
    this.keyed = before != null || after != null;
  }

  Change(
      TransactionContext context,
      String table,
      Operation operation,
      @Nullable Row before,
      @Nullable Row after,
      @Nullable Row key,
      @Nullable TableSchema schemaBefore,
      @Nullable TableSchema schemaAfter,
      long index,
      boolean last) {
    this.context = context;
    this.table = Objects.requireNonNull(table, "table");
    this.operation = place(Objects.requireNonNull(operation, "operation"));
    this.before = before;
    this.after = after;
    this.extras = Extras.of(key, schemaBefore, schemaAfter);
    this.index = index;
    this.last = last;
    this.keyed = false;
  }

  @SuppressWarnings("EnumOrdinal") // Kept nowhere but in this object.
  private static byte place(Operation operation) {
    return (byte) operation.ordinal();
  }

  /** Begins to make a change as a test of a handler needs it; see {@link ChangeBuilder}. */
  public static ChangeBuilder builder(String table, Operation operation) {
    return new ChangeBuilder(table, operation);
  }

  /** The table's name; for a rename or drop the old one. */
  public String table() {
    return table;
  }

  /** When the commit was seen, in UTC to the microsecond; the same for a whole transaction. */
  public Instant timestamp() {
    return context.timestamp;
  }

  /** What happened. */
  public Operation operation() {
    return OPERATIONS.get(operation);
  }

  /** The whole row as it was; null for INSERT, SCHEMA and BOOTSTRAP. */
  public @Nullable Row before() {
    return before;
  }

  /** The whole row as it is; null for DELETE, SCHEMA and BOOTSTRAP. */
  public @Nullable Row after() {
    return after;
  }

  /**
   * The declared primary key's columns, or {@code rowid} for a row without one; null for SCHEMA and
   * BOOTSTRAP.
   */
  public @Nullable Row key() {
    if (!keyed) {
      return extras == null ? null : extras.key;
    }
    Row known = madeKey;
    if (known == null && (after != null ? after : before) instanceof KeyedImage image) {
      known = image.key();
      madeKey = known;
    }
    return known;
  }

  /** What it has in common with the other changes of its transaction. */
  public TransactionContext context() {
    return context;
  }

  /** The third part of its position: its place in the transaction, before any filter. */
  public long index() {
    return index;
  }

  /** Whether it is the last change of its transaction that is delivered. */
  public boolean isLast() {
    return last;
  }

  /** Where the change is in the stream. */
  public Position position() {
    return new Position(context.epoch, context.frame, index);
  }

  /** The transaction it belongs to. */
  public Transaction transaction() {
    return new Transaction(context.transactionId(), transactionIndex(), last);
  }

  /** See {@link Transaction#index}. */
  public long transactionIndex() {
    return index + context.indexOffset;
  }

  /** For SCHEMA, the table as it was; null if it did not exist. */
  public @Nullable TableSchema schemaBefore() {
    return extras == null ? null : extras.schemaBefore;
  }

  /** For SCHEMA, the table as it is; null if it no longer exists. */
  public @Nullable TableSchema schemaAfter() {
    return extras == null ? null : extras.schemaAfter;
  }

  /** The database and the stream it comes from. */
  public Source source() {
    return context.source;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Change that
        && position().equals(that.position())
        && table.equals(that.table)
        && timestamp().equals(that.timestamp())
        && operation == that.operation
        && Objects.equals(before, that.before)
        && Objects.equals(after, that.after)
        && Objects.equals(key(), that.key())
        && transaction().equals(that.transaction())
        && Objects.equals(schemaBefore(), that.schemaBefore())
        && Objects.equals(schemaAfter(), that.schemaAfter())
        && source().equals(that.source());
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        table, timestamp(), operation(), before, after, key(), position(), source());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(128);
    text.append(position()).append(' ').append(table).append(' ').append(operation());
    if (key() != null) {
      text.append(' ').append(key());
    }
    if (before != null) {
      text.append(" before ").append(before);
    }
    if (after != null) {
      text.append(" after ").append(after);
    }
    return text.toString();
  }
}
