// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureHandle;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.WakeSignal;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.capture.Lifecycle.Stage;
import dev.waltap.deliver.ChangeQueue;
import dev.waltap.deliver.Delivery;
import dev.waltap.deliver.StoppedException;
import dev.waltap.follow.Counters;
import dev.waltap.follow.PollPacer;
import dev.waltap.memory.CaptureMemory;
import dev.waltap.session.CaptureSession;
import dev.waltap.session.CatchUp;
import dev.waltap.session.ParkedCapture;
import dev.waltap.session.StateHolder;
import dev.waltap.state.StateDirectory;
import dev.waltap.wake.CountedSignal;
import dev.waltap.wake.WakeSignals;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The engine: the caller's thread, or each that calls {@link #turn}, runs the handler, a thread of
 * ours or of {@link Workers} runs the {@link CaptureSession}, and a bounded queue joins them.
 * {@link Lifecycle} says what may follow what.
 */
public final class CaptureEngine implements ChangeDataCapture {
  private static final long LOOK_MILLIS = 100;

  /** While the JVM ends, a handler that does not return is waited for so long. */
  private static final long EXIT_MILLIS = 5_000;

  /** Nothing to deliver for so long, and the handler's thread is given back, if it may be. */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final CaptureOptions options;
  private final CaptureMemory memory;
  private final ChangeQueue queue;
  private final WakeSignal wake;
  private final Counters counters = new Counters();
  private final StateHolder stateHolder = new StateHolder();
  private final Delivery delivery;
  private final Lifecycle lifecycle = new Lifecycle();
  private final Object wakeLock = new Object();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private boolean wakeClosed;

  private volatile @Nullable Parked parked;
  private volatile @Nullable Thread runner;
  private volatile @Nullable CaptureThread thread;
  private volatile @Nullable StartedCapture started;

  /** A capture with these options; nothing is opened before it runs. */
  public CaptureEngine(CaptureOptions options) {
    this(options, CaptureMemory.fixed(options.pageSetMemory(), options.queueBytes()));
  }

  /** The same, with the memory that it may use, which it closes. */
  public CaptureEngine(CaptureOptions options, CaptureMemory memory) {
    this.options = options;
    this.memory = memory;
    this.queue = new ChangeQueue(options.queueChanges(), memory.queue());
    this.wake = Objects.requireNonNull(options.wakeSignal().get(), "the supplier's wake signal");
    this.delivery =
        new Delivery(
            options.handler(),
            options.batchSize(),
            options.flushInterval(),
            queue,
            counters.delivery(),
            stateHolder::acknowledge);
  }

  @Override
  public void cdc() {
    run(CaptureMode.CDC);
  }

  @Override
  public void bootstrap() {
    run(CaptureMode.BOOTSTRAP);
  }

  @Override
  public void bootstrapAndCdc() {
    run(CaptureMode.BOOTSTRAP_AND_CDC);
  }

  @Override
  public CaptureHandle start(CaptureMode mode) {
    // Refused here, rather than where nobody may look; closed already, it ends at once.
    boolean begun = lifecycle.beginRun(this::stop);
    try {
      Runnable run = begun ? () -> runBegun(mode) : () -> {};
      StartedCapture capture = new StartedCapture(this, ready, run);
      started = capture;
      capture.begin();
      return capture;
    } catch (Throwable e) {
      if (begun) {
        ended();
      }
      throw e;
    }
  }

  private void run(CaptureMode mode) {
    if (lifecycle.beginRun(this::stop)) {
      runBegun(mode);
    }
  }

  private void runBegun(CaptureMode mode) {
    takeTurn(mode, null, Long.MAX_VALUE);
  }

  /**
   * Runs the capture as the blocking methods do, but returns, too, when nothing has been to deliver
   * for a while: then {@link #leave} is the last that this thread does, and the next turn is taken
   * by whichever thread calls this. For one thread at a time.
   *
   * @param workers run the session; its own thread it gives back while it waits, if it was given a
   *     {@link CountedSignal}
   * @return whether it has ended, or was closed before it began
   */
  public boolean turn(CaptureMode mode, Workers workers) {
    if (thread == null && !lifecycle.beginRun(this::stop)) {
      return true;
    }
    return takeTurn(mode, workers, PATIENCE_NANOS);
  }

  /**
   * Emits on this thread what was committed since an earlier capture of the same database, with the
   * same options, has ended, as {@link CatchUp} does. It may be run afterwards, or caught up again
   * from {@link #parked}, until {@link #endCaughtUp}.
   *
   * @param inLog whether it is looked for in the WAL, else in the database file
   * @param unchanged see {@link CatchUp#run}
   */
  public CaughtUp catchUp(Parked from, boolean inLog, BooleanSupplier unchanged) {
    if (!lifecycle.beginRun(this::stop)) {
      return CaughtUp.ENDED;
    }
    runner = Thread.currentThread();
    parked = null;
    CaughtUp outcome = CaughtUp.ENDED;
    try {
      CatchUp catchUp = new CatchUp(options, queue, options.listener(), counters, stateHolder);
      CatchUp.Result result =
          catchUp.run(from.session(), inLog, unchanged, delivery::deliverWaiting);
      outcome = CaughtUp.of(result.outcome());
      parked = Parked.of(result.parked());
    } catch (StoppedException e) {
      outcome = CaughtUp.ENDED; // By whoever closed it.
    } catch (Throwable e) {
      queue.finish(e);
    } finally {
      leaves(outcome == CaughtUp.ENDED);
    }
    if (outcome == CaughtUp.ENDED) {
      throwFailure();
    } else {
      lifecycle.end(Stage.IDLE);
    }
    return outcome;
  }

  /** Ends a capture that has caught up, and leaves what it went on from last. */
  public void endCaughtUp() {
    if (lifecycle.beginRun(this::stop)) {
      ended();
    }
  }

  /** What an earlier process has left on disk for {@link #catchUp} to go on from; or null. */
  public @Nullable Parked saved() {
    return Parked.of(ParkedCapture.load(options));
  }

  /** What {@link #catchUp} could go on from, once this has ended; null if there is nothing. */
  public @Nullable Parked parked() {
    return parked;
  }

  // A bootstrap opens no state: it moves no position, and runs beside a capture that holds one.
  private @Nullable StateHolder holder(CaptureMode mode) {
    return mode == CaptureMode.BOOTSTRAP ? null : stateHolder;
  }

  /** A run has begun: whatever fails from here on, memory for the thread included, ends it. */
  private boolean takeTurn(CaptureMode mode, @Nullable Workers workers, long patience) {
    runner = Thread.currentThread();
    boolean ended = true;
    try {
      CaptureThread present = thread;
      CaptureThread capture =
          present == null
              ? CaptureThreads.of(mode, opening(queue, wake, holder(mode)), queue, workers, wake)
              : present;
      ended = deliverFrom(capture, patience);
    } finally {
      leaves(ended);
    }
    if (ended) {
      throwFailure();
    }
    return ended;
  }

  /** This thread goes away from the run, at its end or before. */
  private void leaves(boolean ended) {
    if (ended) {
      ended();
    } else {
      runner = null;
    }
  }

  private boolean deliverFrom(CaptureThread capture, long patience) {
    boolean ended = true;
    try {
      if (thread == null) {
        thread = capture;
        capture.start();
      }
      ended = delivery.run(capture::isAlive, patience);
    } finally {
      if (ended) {
        try {
          stop();
        } finally {
          capture.delivered();
          capture.join();
          parked = Parked.of(capture.parked());
        }
      }
    }
    return ended;
  }

  /**
   * Ends a turn: what is to be delivered from now on calls this.
   *
   * @param recall has somebody take the next {@link #turn}; called once, must not block
   * @return false if something is to be delivered already
   */
  public boolean leave(Runnable recall) {
    return queue.leave(recall);
  }

  /** Has the session look at its log soon, whatever its signal says; for any thread. */
  public void look() {
    CaptureThread capture = thread;
    if (capture != null && capture.look()) {
      return;
    }
    if (wake instanceof CountedSignal signal) {
      signal.look();
    } else {
      wake.wake();
    }
  }

  /**
   * Has those go on that wait without a thread, and for whom it is time. Called every now and then
   * by whoever calls {@link #turn}, from any thread.
   */
  public void tend(long now) {
    CaptureThread capture = thread;
    if (capture != null) {
      capture.tend(now);
      if (memory.isToGiveBack()) {
        capture.look(); // One that waits without a thread does nothing by itself.
      }
      if (!capture.isAlive()) {
        queue.recall();
      }
    }
  }

  private Supplier<CaptureSession> opening(
      ChangeQueue to, WakeSignal signal, @Nullable StateHolder holder) {
    CaptureListener listener = new ReadyListener(options.listener(), ready);
    PollPacer pacer =
        new PollPacer(
            System.nanoTime(), WakeSignals.briskRest(signal), () -> WakeSignals.isNotified(signal));
    return () -> new CaptureSession(options, memory, to, listener, signal, pacer, counters, holder);
  }

  private void stop() {
    try {
      queue.stop();
      wake.wake();
    } catch (Throwable e) {
      // A user's signal that can't be woken returns by itself, at the latest in a fifth of a
      // second.
      queue.finish(e);
    }
  }

  /** Nothing of the run is left; whatever happened to it, the capture has ended. */
  private void ended() {
    try {
      closeWake();
    } catch (Throwable e) {
      queue.finish(e);
    } finally {
      runner = null;
      thread = null;
      lifecycle.end(Stage.ENDED);
    }
  }

  /** The signal is closed once, when nothing will wait for it any more. */
  private void closeWake() {
    synchronized (wakeLock) {
      if (!wakeClosed) {
        wakeClosed = true;
        wake.close();
      }
    }
    memory.close();
  }

  private void throwFailure() {
    Throwable failure = queue.failure();
    if (failure == null) {
      return;
    }
    throw failure instanceof CaptureException capture
        ? capture
        : DatabaseChecks.failed(options.database(), failure);
  }

  @Override
  public boolean setup() {
    ChangeQueue none = new ChangeQueue(1, 1);
    Stage before = lifecycle.beginInstall(none::stop);
    try {
      StateDirectory directory = stateDirectory();
      if (directory.exists()) {
        return false;
      }
      boolean made = !Files.exists(directory.path(), LinkOption.NOFOLLOW_LINKS);
      try {
        setUp(directory, none);
        return true;
      } finally {
        if (made && !directory.exists()) {
          directory.remove();
        }
      }
    } finally {
      thread = null;
      endInstall(before);
    }
  }

  /** On a thread of ours, as a run is: an interrupt of the caller's must not break its files. */
  private void setUp(StateDirectory directory, ChangeQueue none) {
    OwnThread working =
        new OwnThread(
            opening(none, WakeSignals.manual(), new StateHolder()), CaptureSession::setup, none);
    thread = working;
    new SetupRun(options.database(), directory, none, working).run();
  }

  private StateDirectory stateDirectory() {
    Path named = options.stateDirectory();
    if (named == null) {
      throw new IllegalStateException(
          "setup and teardown need a state directory: the capture was built without one");
    }
    return StateDirectory.at(named);
  }

  private void endInstall(Stage before) {
    lifecycle.end(before);
    if (lifecycle.stage() == Stage.CLOSED) {
      closeWake();
    }
  }

  @Override
  public boolean teardown() {
    Stage before = lifecycle.beginInstall(() -> {});
    try {
      return stateDirectory().removeStateOf(options.database());
    } finally {
      endInstall(before);
    }
  }

  @Override
  public CaptureMetrics metrics() {
    return MetricsSnapshot.of(options.database(), counters, delivery, queue);
  }

  /** Changes delivered and frames read so far; for any thread, at next to no cost. */
  public long passed() {
    return counters.delivery().changes() + counters.frames();
  }

  /** Whether something that was seen is not decoded or not delivered yet; the same. */
  public boolean isBehind() {
    return queue.depth() > 0 || counters.lagFrames() > 0 || counters.lagTransactions() > 0;
  }

  /**
   * Has the capture end soon, without waiting for that: whoever calls {@link #turn} finds that it
   * has. For any thread.
   *
   * @return false if only {@link #close} will do, since a user's signal may take its time to wake
   */
  public boolean beginClose() {
    boolean atOnce = wake instanceof CountedSignal signal && signal.wakesAtOnce();
    if (atOnce) {
      lifecycle.close();
    }
    return atOnce;
  }

  @Override
  public void close() {
    lifecycle.close();
    if (isOurThread()) {
      return;
    }
    boolean interrupted = false;
    long begun = System.nanoTime();
    boolean ended = false;
    while (!ended) {
      try {
        ended = lifecycle.awaitClosed(LOOK_MILLIS) || cannotEnd(begun);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (lifecycle.stage() == Stage.CLOSED) {
      closeWake();
      StartedCapture own = started;
      if (own != null) {
        own.join();
      }
    }
  }

  /** One that the end of the capture waits for, and that must not wait for it therefore. */
  private boolean isOurThread() {
    Thread current = Thread.currentThread();
    CaptureThread capture = thread;
    return current == runner
        || (capture != null && capture.isCurrent())
        || WakeSignals.runsOn(wake, current);
  }

  /**
   * Whether a thread of ours will never come back, since it called {@link System#exit}, or since
   * the handler does not return while the JVM ends. What was delivered is saved all the same: all
   * but the handler's own thread ends in order.
   */
  private boolean cannotEnd(long begun) {
    CaptureThread capture = thread;
    Thread handler = runner;
    if (capture != null && capture.isExiting()) {
      return true;
    }
    if (capture == null || handler == null) {
      return false;
    }
    boolean late = System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(EXIT_MILLIS);
    if (Exits.isIn(handler) || (late && Exits.hasBegun())) {
      capture.delivered();
      capture.join();
      return true;
    }
    return false;
  }
}
