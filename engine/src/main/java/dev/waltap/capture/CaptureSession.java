package dev.waltap.capture;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.Position;
import dev.waltap.api.TableSchema;
import dev.waltap.api.WakeSignal;
import dev.waltap.attach.Attachment;
import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.attach.ForeignWrites;
import dev.waltap.attach.Guard;
import dev.waltap.attach.Surroundings;
import dev.waltap.decode.ChangeQueue;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Emitter;
import dev.waltap.decode.Journal;
import dev.waltap.decode.TransactionDecoder;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.UnsupportedDatabaseException;
import dev.waltap.io.Closer;
import dev.waltap.io.FileNames;
import dev.waltap.page.UnknownPageException;
import dev.waltap.state.LogPosition;
import dev.waltap.state.StateStore;
import dev.waltap.wal.GapReason;
import dev.waltap.wal.WalPosition;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One run of a capture, on the capture thread: attach, tail, decode, reconcile. Copying out of the
 * WAL never waits: whatever else is done keeps up with it through {@link LogFollower}.
 */
final class CaptureSession implements AutoCloseable {
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final CaptureOptions options;
  private final ChangeQueue queue;
  private final CaptureListener listener;
  private final WakeSignal wake;
  private final Counters counters;
  private final Attachment attachment;
  private final Guard guard;
  private final Surroundings surroundings;
  private final ForeignWrites foreignWrites;
  private final Baseline baseline;
  private final Backlog backlog;
  private final LogFollower log;
  private final Closer closer = new Closer();
  private final Epochs epochs = new Epochs();
  private final PollPacer pacer = new PollPacer(System.nanoTime());
  private final Emitter emitter;
  private final @Nullable DurableState state;
  private @Nullable TransactionDecoder decoder;
  private boolean resuming;
  private final KnownTables known = new KnownTables();
  private List<TableSchema> gone = List.of();
  private @Nullable FilterHistory filtersBefore;
  private @Nullable CommitHorizon horizon;
  private long snapshotEpoch;
  private long snapshotFrame;

  CaptureSession(
      CaptureOptions options,
      ChangeQueue queue,
      CaptureListener listener,
      WakeSignal wake,
      Counters counters,
      StateHolder holder) {
    this.options = options;
    this.queue = queue;
    this.listener = listener;
    this.wake = wake;
    this.counters = counters;
    CommitsAtRisk atRisk = new CommitsAtRisk(listener);
    try {
      this.attachment = closer.open(() -> Attachment.open(options.database()));
      this.baseline =
          closer.open(
              () ->
                  new Baseline(
                      options,
                      attachment,
                      new StoppingListener(listener, queue),
                      counters,
                      atRisk));
      this.backlog =
          closer.open(
              () ->
                  new Backlog(
                      baseline.buffers(),
                      options.pageSetMemory() / 4,
                      epochs::ofGeneration,
                      attachment.tail()::position));
      this.state = openState(holder);
      this.guard =
          closer.open(
              () ->
                  new Guard(
                      options.guard(),
                      options.walLimit(),
                      attachment,
                      listener,
                      counters::walLimit,
                      System::nanoTime));
      this.surroundings = new Surroundings(attachment, options.database(), listener);
      this.foreignWrites = new ForeignWrites(attachment);
      this.log =
          new LogFollower(attachment, guard, backlog, epochs, counters, queue, listener, atRisk);
      this.emitter =
          new Emitter(
              queue,
              options.schemaEvents(),
              new SourceName(options, () -> state),
              log,
              this::release);
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  private @Nullable DurableState openState(StateHolder holder) {
    Path directory = options.stateDirectory();
    if (directory == null) {
      return null;
    }
    DurableState opened =
        closer.open(
            () ->
                DurableState.open(
                    directory,
                    attachment.identity(),
                    options.stateLag(),
                    "capture of " + options.database()));
    holder.hold(opened);
    return opened;
  }

  /** Delivers the snapshot's rows, and ends. */
  void bootstrap() {
    surroundings.warn();
    snapshotEpoch = epochs.next();
    WalPosition position = baseline.take(() -> {});
    snapshotFrame = position.frame();
    attachment.tail().startAt(position);
    decoder = baseline.decoder(emitter, Journal.NONE);
    bootstrapRows();
    finish();
  }

  /** Makes the durable baseline and ends. */
  void setup() {
    surroundings.warn();
    freshBaseline(BaselineUse.SETUP);
  }

  /** Delivers changes from the saved position or from now on, after the rows if so wanted. */
  void capture(boolean withRows) {
    surroundings.warn();
    DurableState durable = state;
    boolean rows = withRows;
    if (durable != null && durable.exists()) {
      boolean undelivered = durable.store().acknowledged() == null;
      boolean pending = durable.isBootstrapPending();
      if (pending && !withRows) {
        listener.warning("a bootstrap was interrupted: starting it again");
      }
      rows = pending || (withRows && (undelivered || options.rebootstrap()));
    }
    if (options.once()) {
      horizon = CommitHorizon.of(attachment.index());
    }
    wake.start(() -> queue.isStopped() || log.hasNews(), attachment.database());
    if (durable != null && durable.exists() && !rows) {
      resume(durable);
    } else {
      if (durable != null && durable.exists()) {
        recallTables(durable);
      }
      freshBaseline(rows ? BaselineUse.BOOTSTRAP : BaselineUse.CHANGES_ONLY);
      listener.ready();
      if (rows) {
        bootstrapRows();
      }
    }
    run();
  }

  /** Takes a snapshot, in a new epoch, and continues from it. */
  private void freshBaseline(BaselineUse use) {
    DurableState durable = state;
    if (durable != null && durable.exists()) {
      epochs.resume(durable.store().end().epoch(), durable.store().maxEpoch());
    }
    WalPosition position = baseline.take(guard::takeOver);
    gone = known.goneFrom(baseline.catalog());
    epochs.next();
    log.startAt(position);
    if (horizon != null) {
      horizon.snapshotTaken();
    }
    // Saving the baseline copies the log on, which may begin the next epoch.
    snapshotEpoch = epochs.current();
    if (durable != null) {
      LogPosition at = new LogPosition(epochs.current(), position);
      FilterHistory filters = FilterHistory.of(at, options);
      durable.baseline(
          baseline.pageSet(), baseline.buffers(), at, use, filters, gone, log::keepUpOrStop);
    }
    snapshotFrame = position.frame();
    counters.pageSet(baseline.pageSet());
    decoder = baseline.decoder(emitter, durable != null ? durable : Journal.NONE);
  }

  /** Finds out from the saved state which tables the handler may hold. */
  private void recallTables(DurableState durable) {
    StateStore store = durable.store();
    boolean pending = durable.isBootstrapPending();
    if (store.acknowledged() == null && !pending) {
      return; // Nothing was delivered yet.
    }
    FilterHistory filters = durable.filters();
    baseline.load(store, filters.at(store.base()).filter());
    known.reset(baseline.catalog());
    TransactionDecoder saved = baseline.decoder(emitter, durable);
    new StateResume(saved, emitter, backlog, filters, baseline.filter(), known)
        .run(durable, baseline.buffers());
    if (pending) {
      known.add(durable.gone());
    }
    baseline.clear();
  }

  /** Goes on from the saved state. */
  private void resume(DurableState durable) {
    StateStore store = durable.store();
    FilterHistory filters = durable.filters();
    boolean newShadows = baseline.checkTables(filters.latest().filter());
    baseline.load(store, filters.at(store.base()).filter());
    counters.pageSet(baseline.pageSet());
    TransactionDecoder current = baseline.decoder(emitter, durable);
    decoder = current;
    listener.ready();
    new StateResume(current, emitter, backlog, filters, baseline.filter(), null)
        .run(durable, baseline.buffers());
    epochs.resume(store.end().epoch(), store.maxEpoch());
    log.resumeAt(store.end().wal());
    resuming = true;
    if (!durable.isSameFile()) {
      // There the same salts and checksums prove nothing.
      log.lose(GapReason.ANOTHER_FILE);
    }
    if (horizon != null && log.gap() == null) {
      horizon.movedTo(log.position());
    }
    if (!filters.latest().isSame(options)) {
      filtersBefore = filters;
      enter(newShadows);
    }
  }

  /** Emits the tables that this run's filter adds to the last one's. */
  private void enter(boolean newShadows) {
    if (log.gap() != null) {
      return; // What closes the gap emits them, too.
    }
    if (newShadows) {
      listener.detail(
          "shadow tables are added: emitting them and the net changes since the last run");
      reconcile();
      return;
    }
    CommittedTransaction nothing = backlog.take();
    WalPosition here = attachment.tail().position();
    nothing.pages.databaseSize(0);
    nothing.committed(epochs.next(), here.frame(), Backlog.nowMicros(), here);
    epochs.startAt(attachment.tail().generation());
    requireDecoder().filter(baseline.filter());
    decodeNet(nothing);
  }

  private void decodeNet(CommittedTransaction net) {
    DurableState durable = state;
    if (durable != null) {
      FilterHistory before = filtersBefore;
      filtersBefore = null;
      if (before != null) {
        Position first = new Position(net.epoch(), net.frame(), 0);
        durable.filters(before.with(durable.store().base(), first, options));
      }
    }
    try {
      requireDecoder().decode(net);
    } catch (UnknownPageException e) {
      throw cannotFollow(e);
    }
    counters.transaction();
    backlog.recycle(net);
    release();
    if (durable != null) {
      durable.adopt();
    }
  }

  private void bootstrapRows() {
    new BootstrapRows(baseline, emitter, listener).emit(snapshotEpoch, snapshotFrame, gone);
    release();
  }

  /** Waits until all is delivered, so that what was acknowledged is saved. */
  private void finish() {
    release();
    queue.awaitDelivered(log::keepUp);
  }

  private void run() {
    while (!queue.isStopped()) {
      // Before anything is said of the end: only a look at the log finds that there is a gap. A log
      // that is gone and one that never was have the same salts, of which there are none.
      log.keepUp();
      if (isCaughtUp()) {
        finish();
        return;
      }
      CommittedTransaction transaction = backlog.poll();
      if (transaction != null) {
        resuming = false;
        pacer.transaction();
        counters.decoding(transaction.timestampMicros());
        decode(transaction);
        counters.decoding(-1);
        if (horizon != null) {
          horizon.movedTo(transaction.walPosition());
        }
        backlog.recycle(transaction);
        releaseIfDue();
      } else if (log.gap() != null) {
        release();
        closeGap();
      } else {
        release();
        idle();
      }
    }
  }

  /** With {@code once}: what was committed at the start is emitted, or nothing more is there. */
  private boolean isCaughtUp() {
    return horizon != null
        && log.gap() == null
        && (horizon.isReached() || (backlog.isEmpty() && !log.hasNews()));
  }

  private void releaseIfDue() {
    // Once for all that waits: durable state is synced before, and the handler's thread woken.
    if (backlog.isEmpty() || queue.isReleaseDue()) {
      release();
    }
  }

  private void release() {
    if (state != null) {
      state.flush();
      state.upkeep(log);
    }
    queue.release(log::keepUp);
  }

  private void idle() {
    long untilNext = guard.idle();
    long now = System.nanoTime();
    checkFiles(now);
    long rest = pacer.rest(now);
    if (rest > 0) {
      LockSupport.parkNanos(rest);
    } else {
      wake.await(Math.min(IDLE_NANOS, untilNext));
    }
  }

  private void decode(CommittedTransaction transaction) {
    TransactionDecoder current = requireDecoder();
    try {
      current.decode(transaction);
      counters.transaction();
      counters.pageSet(baseline.pageSet());
    } catch (UnsupportedDatabaseException | CorruptDatabaseException e) {
      if (!current.hasEmitted()) {
        release(); // What came before it is delivered, and the position saved.
      }
      throw e;
    } catch (UnknownPageException e) {
      if (current.hasEmitted()) {
        throw cannotFollow(e);
      }
      // The log alone does not suffice; a snapshot covers this transaction and all that wait.
      listener.detail("transaction at frame " + transaction.frame() + ": " + e.getMessage());
      backlog.forget();
      log.lose(GapReason.PAGE_NOT_HELD);
    }
  }

  private CaptureException cannotFollow(RuntimeException e) {
    return new CaptureException(
        Reason.FAILED,
        FileNames.text(attachment.database())
            + ": a transaction can't be followed: "
            + e.getMessage(),
        e);
  }

  private TransactionDecoder requireDecoder() {
    if (decoder == null) {
      throw new IllegalStateException("not attached");
    }
    return decoder;
  }

  private void checkFiles(long now) {
    if (surroundings.check(now) && log.gap() == null && foreignWrites.found(baseline.pageSet())) {
      log.lose(GapReason.FOREIGN_WRITE);
    }
  }

  private void closeGap() {
    counters.overrun();
    attachment.requireSameFiles();
    switch (options.onGap()) {
      case FAIL ->
          throw new CaptureException(
              Reason.GAP,
              attachment.database()
                  + ": "
                  + why()
                  + "; start again with --on-gap reconcile for the net changes, or bootstrap for"
                  + " everything");
      case BOOTSTRAP -> {
        listener.warning(why() + ": starting over with a bootstrap");
        guard.release();
        known.reset(requireDecoder().catalog());
        if (state != null && state.isBootstrapPending()) {
          known.add(gone);
        }
        baseline.clear();
        log.detach();
        resuming = false;
        filtersBefore = null;
        freshBaseline(BaselineUse.BOOTSTRAP);
        bootstrapRows();
      }
      case RECONCILE -> reconcile();
    }
  }

  private String why() {
    GapReason gap = log.gap();
    return gap == null ? "more is captured than before" : gap.clause();
  }

  private void reconcile() {
    long begun = System.nanoTime();
    String what = why() + ": emitting the net changes as one transaction";
    if (resuming) {
      listener.detail(what);
    } else {
      listener.warning(what);
    }
    resuming = false;
    guard.release();
    CommittedTransaction net = backlog.take();
    long epoch = epochs.next();
    if (filtersBefore != null) {
      requireDecoder().filter(baseline.filter());
    }
    log.startAt(baseline.delta(net, epoch, requireDecoder(), guard::takeOver));
    if (horizon != null) {
      horizon.snapshotTaken();
    }
    log.keepUp(); // The snapshot is released: what was written meanwhile must not go with it.
    decodeNet(net);
    counters.reconcile(System.nanoTime() - begun);
  }

  /** Holds no read transaction any more while the handler finishes. */
  void releaseRead() {
    guard.release();
  }

  @Override
  public void close() {
    closer.close();
  }
}
