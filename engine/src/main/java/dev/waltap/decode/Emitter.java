package dev.waltap.decode;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import dev.waltap.api.Transaction;
import dev.waltap.record.StoredRow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes of rows, numbers them and puts them into the queue. One change is held back always:
 * only the next one, or the end of the transaction, tells whether it was the last. For the capture
 * thread.
 */
public final class Emitter {
  private static final int CHANGES_BETWEEN_PUMPS = 64;
  private static final int FIXED_BYTES = 256;
  private static final int LARGE = 1 << 20;

  private final ChangeQueue queue;
  private final Runnable pump;
  private final Runnable release;
  private final boolean schemaEvents;
  private String transactionId = "";
  private Instant timestamp = Instant.EPOCH;
  private long timestampMicros;
  private long epoch;
  private long frame;
  private long index;
  private int sincePump;
  private boolean muted;
  private @Nullable Change held;
  private long heldBytes;

  /**
   * An emitter.
   *
   * @param pump called every now and then: keeps up with the WAL
   * @param release called when enough was added to the queue to be handed over
   */
  public Emitter(ChangeQueue queue, boolean schemaEvents, Runnable pump, Runnable release) {
    this.release = release;
    this.queue = queue;
    this.schemaEvents = schemaEvents;
    this.pump = pump;
  }

  public void begin(long inEpoch, long atFrame, long seenMicros) {
    epoch = inEpoch;
    frame = atFrame;
    index = 0;
    timestampMicros = seenMicros;
    transactionId = inEpoch + ":" + atFrame;
    timestamp = Instant.ofEpochSecond(seenMicros / 1_000_000, seenMicros % 1_000_000 * 1_000);
  }

  /** Whether changes are kept back altogether: those of transactions that were delivered before. */
  public void mute(boolean on) {
    muted = on;
  }

  /** Counts changes that the filter keeps back. */
  public void skip(long changes) {
    index += changes;
    keepUp();
  }

  /** Called for each row that is looked at, told or not: keeps up with the WAL. */
  void keepUp() {
    if (++sincePump >= CHANGES_BETWEEN_PUMPS) {
      sincePump = 0;
      pump.run();
    }
  }

  /**
   * Waits, before a change with large images is made, until the handler has taken enough for them
   * to be the only ones past the queue's bound. For any other change there is room.
   */
  public void makeRoom(long payloadBytes) {
    if (payloadBytes < LARGE || muted) {
      return;
    }
    Change earlier = held;
    if (earlier != null) {
      held = null; // Another one follows: it is not the last.
      queue.add(earlier, heldBytes, null);
    }
    release.run();
    queue.awaitRoom(payloadBytes, pump);
  }

  /** A row was inserted, updated or deleted. */
  void row(
      CapturedTable table,
      Operation operation,
      @Nullable Row before,
      @Nullable Row after,
      Row key,
      long payloadBytes) {
    hold(
        new Change(
            table.name(),
            timestamp,
            operation,
            before,
            after,
            key,
            new Position(epoch, frame, index),
            new Transaction(transactionId, index, false),
            null,
            null),
        FIXED_BYTES + payloadBytes);
    index++;
  }

  public void insert(CapturedTable table, StoredRow after) {
    row(
        table,
        Operation.INSERT,
        null,
        table.projection().row(after),
        table.projection().key(after),
        after.payloadLength());
  }

  void delete(CapturedTable table, CapturedTable as, StoredRow before) {
    row(
        table,
        Operation.DELETE,
        as.projection().row(before),
        null,
        as.projection().key(before),
        before.payloadLength());
  }

  void update(CapturedTable table, CapturedTable as, StoredRow before, StoredRow after) {
    row(
        table,
        Operation.UPDATE,
        as.projection().row(before),
        table.projection().row(after),
        table.projection().key(after),
        (long) before.payloadLength() + after.payloadLength());
  }

  /** DDL. */
  public void schema(
      String table, @Nullable TableSchema before, @Nullable TableSchema after, boolean told) {
    if (told && schemaEvents) {
      hold(table, Operation.SCHEMA, before, after);
    }
    index++;
  }

  /** The table's rows follow. */
  public void bootstrap(String table) {
    hold(table, Operation.BOOTSTRAP, null, null);
    index++;
  }

  private void hold(
      String table,
      Operation operation,
      @Nullable TableSchema before,
      @Nullable TableSchema after) {
    hold(
        new Change(
            table,
            timestamp,
            operation,
            null,
            null,
            null,
            new Position(epoch, frame, index),
            new Transaction(transactionId, index, false),
            before,
            after),
        FIXED_BYTES);
  }

  private void hold(Change change, long bytes) {
    if (muted) {
      return;
    }
    Change earlier = held;
    if (earlier != null) {
      queue.add(earlier, heldBytes, null);
      if (queue.isReleaseDue()) {
        release.run();
      }
    }
    held = change;
    heldBytes = bytes;
    keepUp();
  }

  /** The transaction is whole. */
  public void end() {
    if (muted) {
      return;
    }
    Change last = held;
    held = null;
    if (last == null) {
      Position position = new Position(epoch, frame, Math.max(0, index - 1));
      queue.addEnd(new TransactionEnd(position, timestampMicros));
      return;
    }
    Change marked =
        new Change(
            last.table(),
            last.timestamp(),
            last.operation(),
            last.before(),
            last.after(),
            last.key(),
            last.position(),
            new Transaction(transactionId, last.transaction().index(), true),
            last.schemaBefore(),
            last.schemaAfter());
    queue.add(marked, heldBytes, new TransactionEnd(last.position(), timestampMicros));
  }
}
