// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Source;
import dev.waltap.api.TableSchema;
import dev.waltap.api.TransactionContext;
import dev.waltap.schema.TableRow;
import dev.waltap.wal.LogKeeper;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes of rows, numbers them and adds them to the sink. One change is held back always:
 * only the next one, or the end of the transaction, shows whether it was the last. For the capture
 * thread.
 */
public final class Emitter {
  private static final int CHANGES_BETWEEN_PUMPS = 64;
  private static final int FIXED_BYTES = 256;
  private static final int LARGE = 1 << 20;

  private final ChangeSink sink;
  private final LogKeeper keeper;
  private final boolean schemaEvents;
  private final Supplier<Source> source;
  private final PendingChange pending = new PendingChange();

  /** Made with the first change that is emitted: the filter leaves nothing of many transactions. */
  private @Nullable TransactionContext transaction;

  private long timestampMicros;

  /** The time of the last transaction that was emitted: of several that were seen at once. */
  private Instant timestamp = Instant.EPOCH;

  private long epoch;
  private long frame;
  private long index;
  private int sincePump;
  private boolean muted;

  /** An emitter of changes that come from nowhere in particular. */
  public Emitter(ChangeSink sink, boolean schemaEvents, LogKeeper keeper) {
    this(sink, schemaEvents, () -> Source.NONE, keeper);
  }

  /**
   * An emitter.
   *
   * @param schemaEvents whether SCHEMA changes are emitted; they are counted in any case
   * @param source asked once for each transaction where its changes come from
   * @param keeper keeps up with the log
   */
  public Emitter(ChangeSink sink, boolean schemaEvents, Supplier<Source> source, LogKeeper keeper) {
    this.sink = sink;
    this.schemaEvents = schemaEvents;
    this.source = source;
    this.keeper = keeper;
  }

  /**
   * A transaction begins; the last one must have been ended.
   *
   * @param atFrame its commit frame, the second part of its changes' positions
   * @param seenMicros when its commit was seen, in microseconds since 1970 UTC
   */
  public void begin(long inEpoch, long atFrame, long seenMicros) {
    epoch = inEpoch;
    frame = atFrame;
    index = 0;
    timestampMicros = seenMicros;
    transaction = null;
  }

  /** Whether the handler gets a change of the transaction that began last. */
  public boolean hasEmitted() {
    return transaction != null;
  }

  /** Whether changes are kept back altogether: those of transactions that were delivered before. */
  public void mute(boolean on) {
    muted = on;
  }

  /** Whether changes of a table go to the handler; those of others are only counted. */
  boolean emits(CapturedTable table) {
    return table.emitted() && !muted;
  }

  /** Counts changes that are kept back. */
  public void skip(long changes) {
    index += changes;
    keepUp();
  }

  /** What long work beside the emitting calls. */
  LogKeeper keeper() {
    return keeper;
  }

  /** Called for each row that is looked at, emitted or not: keeps up with the WAL. */
  void keepUp() {
    if (++sincePump >= CHANGES_BETWEEN_PUMPS) {
      sincePump = 0;
      keeper.keepUp();
    }
  }

  /**
   * Called before a change is made: one with large images may have to wait for room. For any other
   * there is room.
   */
  public void makeRoom(long payloadBytes) {
    if (payloadBytes < LARGE) {
      return;
    }
    if (!pending.isEmpty()) {
      addPending();
    }
    sink.makeRoom(payloadBytes);
  }

  /** A row was inserted, or is there when a table enters. */
  public void insert(CapturedTable table, TableRow after) {
    hold(table.name(), Operation.INSERT, null, after, null, null, after.payloadLength());
  }

  void delete(CapturedTable table, TableRow before) {
    hold(table.name(), Operation.DELETE, before, null, null, null, before.payloadLength());
  }

  void update(CapturedTable table, TableRow before, TableRow after) {
    long bytes = (long) before.payloadLength() + after.payloadLength();
    hold(table.name(), Operation.UPDATE, before, after, null, null, bytes);
  }

  /**
   * DDL.
   *
   * @param before null if the table did not exist
   * @param after null if it no longer exists
   * @param emitted whether the table passes the filter; if not, the change is only counted
   */
  public void schema(
      String table, @Nullable TableSchema before, @Nullable TableSchema after, boolean emitted) {
    if (emitted && schemaEvents) {
      hold(table, Operation.SCHEMA, null, null, before, after, 0);
    } else {
      index++;
    }
  }

  /** The table's rows follow. */
  public void bootstrap(String table) {
    hold(table, Operation.BOOTSTRAP, null, null, null, null, 0);
  }

  private void hold(
      String table,
      Operation operation,
      @Nullable TableRow before,
      @Nullable TableRow after,
      @Nullable TableSchema schemaBefore,
      @Nullable TableSchema schemaAfter,
      long payloadBytes) {
    long at = index++;
    if (muted) {
      return;
    }
    Change earlier = pending.isEmpty() ? null : takePending(false);
    long earlierBytes = pending.bytes();
    long bytes = FIXED_BYTES + payloadBytes;
    pending.hold(table, operation, before, after, schemaBefore, schemaAfter, at, bytes);
    if (earlier != null) {
      sink.add(earlier, earlierBytes);
    }
    keepUp();
  }

  /** Another change follows, so the pending one is not the last. */
  private void addPending() {
    sink.add(takePending(false), pending.bytes());
  }

  private Change takePending(boolean last) {
    TransactionContext current = transaction;
    if (current == null) {
      if (Micros.of(timestamp) != timestampMicros) {
        timestamp = Micros.instant(timestampMicros);
      }
      current = new TransactionContext(epoch, frame, timestamp, source.get());
      transaction = current;
    }
    return pending.take(current, last);
  }

  /** The transaction is whole: the change that was held back is its last. */
  public void end() {
    if (muted) {
      return;
    }
    if (pending.isEmpty()) {
      sink.addEnd(new Position(epoch, frame, Math.max(0, index - 1)));
      return;
    }
    sink.addLast(takePending(true), pending.bytes());
  }
}
