// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.CaptureBuilder;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureHandle;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.Position;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.io.FileNames;
import dev.waltap.message.TypeMismatchException;
import dev.waltap.output.SavedState;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The capture of one database, from the worker's side. For the task's thread; {@link #committed}
 * and {@link #close} for any.
 */
final class DatabaseCapture implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.waltap");

  private final ConnectSettings settings;
  private final Path database;
  private final String name;
  private final Supplier<@Nullable StreamOffset> offsets;
  private final boolean exact;
  private final Object lock;
  private final SavedState state;
  private final Handover handover;
  private final OpenTransaction transaction;

  /** Records that are not committed, and more behind the first of them; under the lock. */
  private final ArrayDeque<CaptureRecord> pending = new ArrayDeque<>();

  /** How many changes were made records; under the lock. */
  private long made;

  /** Up to which Kafka has the stream, without transactions of ours; under the lock. */
  private @Nullable Position recorded;

  private long firstTryNanos;
  private boolean tried;
  private @Nullable StreamOffset held;
  private @Nullable RecordMaker records;
  private volatile @Nullable ChangeDataCapture capture;
  private volatile @Nullable CaptureHandle handle;
  private boolean within;
  private boolean closed;

  /**
   * A capture that is not opened yet.
   *
   * @param offsets gives the offset that Connect keeps of the database; null for none
   * @param exact whether records are committed in transactions that this connector ends
   * @param lock of the task; notified of what happens
   */
  DatabaseCapture(
      ConnectSettings settings,
      Path database,
      Supplier<@Nullable StreamOffset> offsets,
      boolean exact,
      Object lock) {
    this.settings = settings;
    this.database = database;
    this.name = settings.name(database);
    this.offsets = offsets;
    this.exact = exact;
    this.lock = lock;
    this.state = new SavedState(database, settings.state(database));
    this.handover = new Handover(lock, settings.maxBatch(), state::deliver);
    this.transaction =
        new OpenTransaction(settings.maxTransactionBytes(), settings.maxTransactionMillis());
  }

  /** What the database is called. */
  String name() {
    return name;
  }

  /** What runs; null before {@link #open}. */
  @Nullable ChangeDataCapture capture() {
    return capture;
  }

  /**
   * Opens it, unless it is open, or another capture holds the state, as one that is about to end
   * does.
   *
   * @throws ConnectException if the database can't be captured, in the words of cdc
   */
  void open() {
    if (capture != null) {
      return;
    }
    if (!tried) {
      tried = true;
      firstTryNanos = System.nanoTime();
    }
    try {
      DatabaseChecks.requirePresent(database);
      if (!isAwaited()) {
        // Only now: whoever had the state before has committed its last offset.
        held = offsets.get();
        start(state.exists() ? state.stream() : null);
      }
    } catch (CaptureException e) {
      if (capture != null || !isAwaited()) {
        throw new ConnectException(e.getMessage(), e);
      }
    } catch (IllegalArgumentException e) {
      throw new ConnectException(e.getMessage(), e);
    }
  }

  private boolean isAwaited() {
    long waited = System.nanoTime() - firstTryNanos;
    return TimeUnit.NANOSECONDS.toMillis(waited) < settings.stateWaitMillis() && state.isHeld();
  }

  private void start(@Nullable SavedStream saved) {
    StreamStart begin = Offsets.start(held, exact, name, saved);
    boolean over = begin.kind() != StreamStart.Kind.CONTINUE;
    if (over) {
      requireStartingOver(begin);
      handover.startsOver();
    }
    boolean nothingBefore = !over && held == null;
    Position present = over ? null : present(saved);
    records = new RecordMaker(this, settings, name, present, nothingBefore);
    transaction.beginAt(present);
    recorded = present;
    transactionsCommitted();
    CaptureBuilder builder =
        settings
            .capture(database)
            .handler(handover)
            .listener(new SlfListener(name))
            .rebootstrap(over);
    boolean changesOnly = settings.snapshotMode() == SnapshotMode.NO_DATA && !over;
    ChangeDataCapture built = builder.build();
    synchronized (lock) {
      if (closed) {
        built.close();
      }
      capture = built;
    }
    CaptureHandle started =
        built.start(changesOnly ? CaptureMode.CDC : CaptureMode.BOOTSTRAP_AND_CDC);
    handle = started;
    CompletableFuture<Void> unused = started.end().whenComplete((nothing, failure) -> wake());
  }

  /** Up to which position Kafka has this stream already; null for nothing. */
  private @Nullable Position present(@Nullable SavedStream saved) {
    StreamOffset known = held;
    if (known == null || saved == null || !known.stream().equals(saved.stream())) {
      return null;
    }
    return known.position();
  }

  private void requireStartingOver(StreamStart begin) {
    if (begin.kind() == StreamStart.Kind.GAP && settings.onGap() == GapPolicy.FAIL) {
      throw new ConnectException(
          FileNames.text(database)
              + ": "
              + begin.why()
              + "; set on.gap=bootstrap, which delivers everything again");
    }
    LOG.warn("{}: {}: starting over with a bootstrap", name, begin.why());
  }

  private void wake() {
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  /** Whether changes wait. */
  boolean hasChanges() {
    return !handover.isEmpty();
  }

  /** Whether the last record is not the last one of its transaction. */
  boolean isWithinTransaction() {
    return within;
  }

  /**
   * Fails if the capture has.
   *
   * @throws ConnectException with what it says
   */
  void requireGoingOn() {
    CaptureHandle running = handle;
    if (running == null || !running.end().isCompletedExceptionally()) {
      return;
    }
    Throwable failure = running.end().handle((nothing, thrown) -> thrown).join();
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    throw new ConnectException(cause.getMessage(), cause);
  }

  /**
   * The records of what waits, not beyond the end of a transaction.
   *
   * @throws ConnectException if a value is not of its column's type and that is to fail
   */
  List<CaptureRecord> poll() {
    RecordMaker maker = records;
    if (maker == null) {
      throw new IllegalStateException(name + " is not open");
    }
    List<Change> changes = handover.take();
    List<CaptureRecord> polled = new ArrayList<>(changes.size());
    try {
      for (Change change : changes) {
        maker.add(change, polled);
        within = !change.transaction().last();
      }
    } catch (TypeMismatchException e) {
      throw new ConnectException(
          String.valueOf(e.getMessage()).replace("--type-mismatch", Options.TYPE_MISMATCH), e);
    }
    transaction.add(polled, maker.bytes());
    synchronized (lock) {
      made = maker.changes();
      if (!exact) {
        pending.addAll(polled);
        acknowledge();
      } else if (transaction.isEmpty()) {
        transaction.end(made); // Nothing to be sent, so nothing to be committed.
        transactionsCommitted();
      }
    }
    return polled;
  }

  /** Whether what was polled has to be committed before more is. */
  boolean endsTransaction() {
    return !transaction.isEmpty() && (!within || transaction.isFull());
  }

  /** A transaction of Kafka ends behind what was polled. */
  void transactionEnds() {
    transaction.end(made);
  }

  /** The worker has committed the transactions that ended. */
  void transactionsCommitted() {
    handover.committed(transaction.ended(), transaction.endedPosition());
  }

  /** The worker has committed a record, or left it out, without a transaction of ours. */
  void committed(CaptureRecord record) {
    synchronized (lock) {
      record.done();
      if (!exact) {
        acknowledge();
      }
    }
  }

  private void acknowledge() {
    while (!pending.isEmpty() && pending.element().isDone()) {
      recorded = pending.remove().position();
    }
    handover.committed(pending.isEmpty() ? made : pending.element().change() - 1, recorded);
  }

  /** The offset of the last record, or of an earlier run; null for none. */
  @Nullable StreamOffset offset() {
    StreamOffset last = records == null ? null : records.offset();
    return last != null ? last : held;
  }

  @Override
  public void close() {
    handover.stop();
    ChangeDataCapture running;
    synchronized (lock) {
      closed = true;
      running = capture;
    }
    if (running != null) {
      running.close();
    }
    try {
      state.close();
    } catch (IOException e) {
      LOG.warn("{}: {}", name, e.getMessage());
    }
  }
}
