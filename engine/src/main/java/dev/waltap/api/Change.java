package dev.waltap.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change, as handed to a {@link ChangesHandler}. Immutable; may be kept.
 *
 * @param table the table's name; for a rename or drop the old one
 * @param timestamp when the commit was seen, the same for a whole transaction
 * @param operation what happened
 * @param before the whole row as it was; null for INSERT, SCHEMA and BOOTSTRAP
 * @param after the whole row as it is; null for DELETE, SCHEMA and BOOTSTRAP
 * @param key the declared primary key's columns, or {@code rowid} for a row without one; null for
 *     SCHEMA and BOOTSTRAP
 * @param position where the change is in the stream
 * @param transaction the transaction it belongs to
 * @param schemaBefore for SCHEMA, the table as it was; null if it did not exist
 * @param schemaAfter for SCHEMA, the table as it is; null if it no longer exists
 * @param source the database and the stream it comes from
 */
public record Change(
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

  /** A change that no capture made. */
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

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(128);
    text.append(position).append(' ').append(table).append(' ').append(operation);
    if (key != null) {
      text.append(' ').append(key);
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
