// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.Position;
import dev.waltap.api.WakeSignal;
import dev.waltap.btree.PageSummary;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.TransactionDecoder;
import dev.waltap.deliver.ChangeQueue;
import dev.waltap.follow.CommitHorizon;
import dev.waltap.follow.Counters;
import dev.waltap.follow.LogFollower;
import dev.waltap.follow.PollPacer;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.UnsupportedDatabaseException;
import dev.waltap.io.Closer;
import dev.waltap.memory.CaptureMemory;
import dev.waltap.page.ExpensiveChecks;
import dev.waltap.page.UnknownPageException;
import dev.waltap.state.ClosedState;
import dev.waltap.state.StateStore;
import dev.waltap.wake.WakeSignals;
import dev.waltap.wal.GapReason;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of a capture, on the capture thread, one at a time, phase by phase: {@link SessionPhase}.
 * Copying out of the WAL never waits: whatever else is done keeps up with it through {@link
 * LogFollower}.
 */
public final class CaptureSession implements AutoCloseable {

  /** Instead of a time to wait. */
  public static final long ENDED = -1;

  /** So often it is seen whether the thread may be left. */
  private static final long LEAVE_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** So long after the last transaction, one is idle. */
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long NOT_IDLE = Long.MIN_VALUE;

  private final CaptureParts parts;
  private final WakeSignal wake;
  private final FreshStart freshStart;
  private final NetChanges netChanges;
  private final PollPacer pacer;
  private SessionPhase phase = SessionPhase.ATTACHED;
  private @Nullable CommitHorizon horizon;

  /** When there was nothing more to do. */
  private long idleSince = NOT_IDLE;

  /** What the saved state reached; null without one. */
  private @Nullable Position resumedAt;

  /** What the pages were when it ended in order, if {@link CatchUp} could go on from that. */
  private @Nullable PageSummary summaryAtEnd;

  /** Whether the database file had all of it then. */
  private boolean isInFileAtEnd;

  private boolean closed;

  /**
   * Opens what it works with.
   *
   * @param wake says when to look for commits, where the pacer sees no need to rest
   * @param holder takes the state, where one is named; null opens none
   */
  public CaptureSession(
      CaptureOptions options,
      CaptureMemory memory,
      ChangeQueue queue,
      CaptureListener listener,
      WakeSignal wake,
      PollPacer pacer,
      Counters counters,
      @Nullable StateHolder holder) {
    this.wake = wake;
    this.pacer = pacer;
    Closer closer = new Closer();
    try {
      this.parts =
          closer.open(() -> new CaptureParts(options, memory, queue, listener, counters, holder));
      this.freshStart = new FreshStart(parts);
      this.netChanges = new NetChanges(parts);
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /** The one method that changes the phase. */
  private void enter(SessionPhase next) {
    if (!phase.mayBecome(next)) {
      throw new IllegalStateException("a session can't go from " + phase + " to " + next);
    }
    phase = next;
  }

  /** Delivers the snapshot's rows, and ends. */
  public long bootstrap() {
    parts.surroundings.warn(true);
    enter(SessionPhase.STARTING);
    freshStart.emitRowsOnly();
    return end();
  }

  /** Makes the durable baseline and ends. */
  public long setup() {
    parts.surroundings.warn(true);
    enter(SessionPhase.STARTING);
    freshStart.take(BaselineUse.SETUP);
    enter(SessionPhase.ENDED);
    return ENDED;
  }

  /**
   * Delivers changes from the saved position or from now on, after the rows if so wanted, until it
   * is to end; or until there is nothing to do but to wait for a signal that reports each write to
   * the log: to be called again once it does, perhaps on another thread.
   *
   * @param quiet whether the signal does, and nothing else is to be waited for; null if the thread
   *     is to wait itself
   * @return nanoseconds after which it is to be called again, whatever the signal says; {@link
   *     #ENDED} for the end
   */
  public long capture(boolean withRows, @Nullable BooleanSupplier quiet) {
    if (phase == SessionPhase.ATTACHED) {
      begin(withRows);
    }
    long rest = run(quiet);
    if (rest == ENDED && parts.state != null) {
      // Not where anything ended it in between: the replica may lack what the state has.
      parts.state.endsInOrder(parts.replica, parts.listener::detail);
      if (mayBeCaughtUp()) {
        summaryAtEnd = parts.replica.summary();
        isInFileAtEnd = parts.attachment.index().isInFile(parts.log.position());
      }
    }
    return rest;
  }

  /** Whether what is committed from now on may be emitted as its net effect, and soon is. */
  private boolean mayBeCaughtUp() {
    return (phase == SessionPhase.TAILING || phase == SessionPhase.RESUMING)
        && parts.log.gap() == null
        && CatchUp.mayDo(parts.options)
        && parts.replica.pageSet().size() <= CatchUp.MOST_PAGES;
  }

  /**
   * What this leaves for a {@link CatchUp}, once it is closed; null if there is nothing, or it did
   * not end in order.
   */
  public @Nullable ParkedCapture parked() {
    PageSummary summary = summaryAtEnd;
    ClosedState state = closed && parts.state != null ? parts.state.closed() : null;
    if (summary == null || state == null) {
      return null;
    }
    ParkedCapture parked =
        new ParkedCapture(state, summary, parts.replica.catalog().schema(), isInFileAtEnd);
    if (ExpensiveChecks.ON) {
      SavedCapture.requireSame(parked, parts.options);
    }
    return parked;
  }

  private void begin(boolean withRows) {
    parts.surroundings.warn(parts.options.once()); // Else there is time for it when idle.
    DurableState saved = parts.savedState();
    boolean rows = saved == null ? withRows : wantsRows(saved, withRows);
    if (parts.options.once()) {
      horizon = CommitHorizon.of(parts.attachment.index());
    }
    WakeSignals.unseenCommits(wake, parts.attachment::mayCommitUnwritten);
    wake.start(() -> parts.queue.isStopped() || parts.log.hasNews(), parts.attachment.database());
    if (saved != null && !rows) {
      resume(saved);
    } else {
      start(saved, rows);
    }
  }

  private boolean wantsRows(DurableState saved, boolean withRows) {
    boolean undelivered = saved.store().acknowledged() == null;
    boolean pending = saved.isBootstrapPending();
    if (pending && !withRows) {
      parts.listener.warning("a bootstrap was interrupted: starting it again");
    }
    return pending || (withRows && (undelivered || parts.options.rebootstrap()));
  }

  private void start(@Nullable DurableState saved, boolean rows) {
    enter(SessionPhase.STARTING);
    if (saved != null) {
      freshStart.recallTables(saved);
    }
    freshStart.take(rows ? BaselineUse.BOOTSTRAP : BaselineUse.CHANGES_ONLY);
    snapshotTaken();
    parts.listener.ready();
    if (rows) {
      freshStart.emitRows();
    }
    enter(SessionPhase.TAILING);
  }

  private void snapshotTaken() {
    if (horizon != null) {
      horizon.snapshotTaken();
    }
  }

  /** Goes on from the saved state. */
  private void resume(DurableState saved) {
    enter(SessionPhase.RESUMING);
    StateStore store = saved.store();
    FilterHistory filters = saved.filters();
    parts.baseline.load(store, filters.at(store.base()).filter());
    // Now: mostly the schema is the one that was loaded, and need not be read again.
    boolean newShadows = parts.baseline.checkTables(filters.latest().filter());
    parts.counters.pageSet(parts.replica.pageSet());
    parts.replica.decoder(parts.emitter, saved);
    parts.listener.ready();
    new StateResume(parts, filters, null).run(saved);
    resumedAt = store.end().position();
    parts.epochs.resume(store.end().epoch(), store.maxEpoch());
    parts.log.resumeAt(store.end().wal());
    if (!saved.isSameFile()) {
      // There the same salts and checksums prove nothing.
      parts.log.lose(GapReason.ANOTHER_FILE);
    }
    if (horizon != null && parts.log.gap() == null) {
      horizon.movedTo(parts.log.position());
    }
    if (!filters.latest().isSame(parts.options)) {
      netChanges.filterChanges(filters);
      emitEntering(newShadows);
    }
  }

  /** Emits the tables that this run's filter adds to the last one's. */
  private void emitEntering(boolean newShadows) {
    if (parts.log.gap() != null) {
      return; // What closes the gap emits them, too.
    }
    if (newShadows) {
      parts.listener.detail(
          "shadow tables are added: emitting them and the net changes since the last run");
      reconcile();
    } else {
      netChanges.enter();
    }
  }

  private long run(@Nullable BooleanSupplier quiet) {
    while (!parts.queue.isStopped()) {
      // Before anything is said of the end: only a look at the log finds that there is a gap. A log
      // that is gone and one that never was have the same salts, of which there are none.
      parts.log.keepUpDecoding();
      if (isCaughtUp()) {
        return end();
      }
      CommittedTransaction transaction = parts.backlog.poll();
      if (transaction != null) {
        tail(transaction);
      } else if (parts.log.gap() != null) {
        parts.release();
        closeGap();
      } else {
        parts.log.allDecoded();
        parts.release();
        long rest = idle(quiet);
        if (rest > 0) {
          return rest;
        }
      }
    }
    return ENDED;
  }

  private long end() {
    parts.finish();
    enter(SessionPhase.ENDED);
    return ENDED;
  }

  /** With {@code once}: what was committed at the start is emitted, or nothing more is there. */
  private boolean isCaughtUp() {
    return horizon != null
        && parts.log.gap() == null
        && (horizon.isReached() || (parts.backlog.isEmpty() && !parts.log.hasNews()));
  }

  private void tail(CommittedTransaction transaction) {
    idleSince = NOT_IDLE;
    if (phase != SessionPhase.TAILING) {
      enter(SessionPhase.TAILING);
    }
    pacer.transaction(transaction.pages.size());
    parts.counters.decoding(transaction.timestampMicros());
    parts.log.decoding(transaction.pages.size());
    decode(transaction);
    parts.counters.decoding(-1);
    parts.log.decoded(transaction.walPosition());
    if (horizon != null) {
      horizon.movedTo(transaction.walPosition());
    }
    parts.backlog.recycle(transaction);
    parts.replica.pageSet().giveWay();
    // Once for all that waits: durable state is synced before, and the handler's thread woken.
    boolean more = !parts.backlog.isEmpty() || parts.log.isFarBehind();
    if (!more || parts.staged.isReleaseDue()) {
      parts.counters.pageSet(parts.replica.pageSet());
      parts.release();
      parts.surroundings.checkWhileBusy(System.nanoTime());
    }
  }

  private void decode(CommittedTransaction transaction) {
    TransactionDecoder decoder = parts.replica.decoder();
    try {
      decoder.decode(transaction);
      parts.counters.transaction();
    } catch (UnsupportedDatabaseException | CorruptDatabaseException e) {
      if (!decoder.hasEmitted()) {
        parts.release(); // What came before it is delivered, and the position saved.
      }
      throw e;
    } catch (UnknownPageException e) {
      if (decoder.hasEmitted()) {
        throw netChanges.cannotFollow(e);
      }
      // The log alone does not suffice; a snapshot covers this transaction and all that wait.
      parts.listener.detail("transaction at frame " + transaction.frame() + ": " + e.getMessage());
      parts.backlog.forget();
      parts.log.lose(GapReason.PAGE_NOT_HELD);
    }
  }

  /** Waits; or returns for how many nanoseconds nobody need wait on this thread, if that may be. */
  private long idle(@Nullable BooleanSupplier quiet) {
    long untilNext = parts.guard.idle();
    long now = System.nanoTime();
    checkFiles(now);
    giveBackMemory(now);
    long rest = pacer.rest(now);
    if (rest > 0) {
      wake.busy();
      LockSupport.parkNanos(rest);
      return 0;
    }
    long longest = Math.min(pacer.longestWait(parts.isSettled()), untilNext);
    if (quiet != null && isSettled()) {
      if (quiet.getAsBoolean()) {
        return longest;
      }
      longest = Math.min(longest, LEAVE_LOOK_NANOS);
    }
    wake.await(longest);
    return 0;
  }

  /** One that was idle for a while, and only where others need it: what goes has to come back. */
  private void giveBackMemory(long now) {
    if (idleSince == NOT_IDLE) {
      idleSince = now;
    } else if (now - idleSince > IDLE_NANOS && parts.memory.isToGiveBack()) {
      parts.giveBackMemory();
    }
  }

  /** Whether there is nothing to do until something else is committed. */
  private boolean isSettled() {
    return parts.log.gap() == null
        && !parts.guard.holds()
        && parts.queue.depth() == 0
        && parts.isSettled();
  }

  private void checkFiles(long now) {
    if (!parts.surroundings.isDue(now)) {
      return;
    }
    parts.foreignWrites.beforeLook();
    BasicFileAttributes file = parts.surroundings.check(now);
    if (parts.log.gap() == null && parts.foreignWrites.found(parts.replica.pageSet(), file, now)) {
      parts.log.lose(GapReason.FOREIGN_WRITE);
    }
  }

  private void closeGap() {
    // What changed while nothing ran is found by comparing; often nothing did.
    boolean compared =
        phase == SessionPhase.RESUMING && parts.options.onGap() == GapPolicy.RECONCILE;
    if (!compared) {
      parts.counters.overrun();
    }
    parts.attachment.requireSameFiles();
    switch (parts.options.onGap()) {
      case FAIL ->
          throw new CaptureException(
              Reason.GAP,
              parts.attachment.database()
                  + ": "
                  + why()
                  + "; start again with --on-gap reconcile for the net changes, or bootstrap for"
                  + " everything");
      case BOOTSTRAP -> startOver();
      case RECONCILE -> reconcile();
    }
  }

  private String why() {
    GapReason gap = parts.log.gap();
    return gap == null ? "more is captured than before" : gap.clause();
  }

  private void startOver() {
    parts.listener.warning(why() + ": starting over with a bootstrap");
    enter(SessionPhase.CLOSING_GAP);
    parts.guard.release();
    freshStart.rememberTables();
    parts.replica.clear();
    parts.log.detach();
    netChanges.filterApplies();
    freshStart.take(BaselineUse.BOOTSTRAP);
    snapshotTaken();
    freshStart.emitRows();
    enter(SessionPhase.TAILING);
  }

  private void reconcile() {
    String why = why();
    String what = why + ": emitting the net changes as one transaction";
    // While nothing ran, a gap is to be expected, and often nothing was committed meanwhile.
    boolean expected = phase == SessionPhase.RESUMING;
    if (expected) {
      parts.listener.detail(what);
    } else {
      parts.listener.warning(what);
    }
    enter(SessionPhase.CLOSING_GAP);
    boolean anything = netChanges.reconcile(expected);
    if (expected && anything) {
      parts.listener.note(
          why
              + (resumedAt == null ? "" : ", " + resumedAt.epoch() + ":" + resumedAt.frame())
              + ": what changed since is emitted as its net effect, in one transaction; the states"
              + " in between are lost");
    }
    snapshotTaken();
    enter(SessionPhase.TAILING);
  }

  /** Holds no read transaction any more while the handler finishes. */
  public void releaseRead() {
    parts.guard.release();
  }

  @Override
  public void close() {
    parts.close();
    closed = true;
  }
}
