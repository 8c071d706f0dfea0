// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.MemberOutput;
import dev.waltap.api.WakeSignal;
import dev.waltap.capture.CaptureEngine;
import dev.waltap.capture.Parked;
import dev.waltap.capture.Recall;
import dev.waltap.io.Closer;
import dev.waltap.wake.CountedSignal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One open capture of a member: opens output and capture, runs it, and closes both, on whichever
 * thread of the fleet's it has at a time: none while there is nothing to deliver. What is asked of
 * it comes from the fleet's thread; it reports from others. Not final, so that tests can say what a
 * capture would.
 */
class MemberRun {

  /** What a run reports, from threads of its own. */
  interface Events {
    /** Every later commit will be emitted. */
    void ready();

    /** The last that it does; null for no failure. */
    void ended(@Nullable Throwable failure);
  }

  private static final String NAME = "waltap-member";

  private final Member member;
  private final CaptureMode mode;
  private final FleetOptions options;
  private final FleetThreads threads;
  private final Events events;
  private final Recall recall;
  private final Recall closing;
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Output and capture; of whichever thread works. */
  private final Closer opened = new Closer();

  /** As it was opened; of whichever thread works. */
  private @Nullable CaptureMode capturing;

  /** Whether all rows come first, since the output holds another stream; likewise. */
  private boolean startsOver;

  /** What its files looked like before it was closed to be parked; null if it was not. */
  private volatile @Nullable FileStamp parkedAs;

  /** Whether it has caught up, and as of when. */
  private volatile @Nullable FileStamp caughtUp;

  private volatile @Nullable CaptureEngine capture;
  private volatile @Nullable CountedSignal signal;
  private @Nullable MemberOutput output;
  private boolean closed;
  private boolean stopped;

  MemberRun(
      Member member, CaptureMode mode, FleetOptions options, FleetThreads threads, Events events) {
    this.member = member;
    this.mode = mode;
    this.options = options;
    this.threads = threads;
    this.events = events;
    this.recall = new Recall(threads.handlers(), NAME, this::run);
    this.closing = new Recall(threads.handlers(), "waltap-close", this::closeCapture);
  }

  /**
   * Begins.
   *
   * @throws OutOfMemoryError if no thread is to be had
   */
  void start() {
    threads.handlers().execute(NAME, this::run);
  }

  private void run() {
    Throwable failure = null;
    try {
      if (leaves()) {
        return;
      }
    } catch (Throwable e) {
      failure = opened.closeAfter(e);
    }
    try {
      opened.close();
    } catch (UncheckedIOException e) {
      failure = e.getCause();
    } catch (Throwable e) {
      failure = e;
    }
    member.kept = failure == null ? kept() : null;
    try {
      events.ended(failure);
    } finally {
      ended.countDown();
    }
  }

  /** Works until there is nothing to deliver; false at its end. */
  private boolean leaves() throws IOException {
    CaptureEngine present = capture;
    CaptureEngine open = present == null ? open() : present;
    if (present == null && open != null && hasCaughtUp(open)) {
      return false;
    }
    CaptureMode how = capturing;
    while (open != null && how != null && !open.turn(how, threads.sessions())) {
      if (open.leave(recall)) {
        return true; // And nothing else: another thread may go on already.
      }
    }
    return false;
  }

  /** Whether all there was to do could be done at once, without opening the database. */
  private boolean hasCaughtUp(CaptureEngine open) {
    Kept kept = member.kept;
    String saved = kept == null ? member.saved : kept.selection();
    member.kept = null;
    member.saved = null;
    if (saved == null || startsOver || !saved.equals(member.selection)) {
      return false;
    }
    Shortcut shortcut = new Shortcut(open, member.real());
    boolean ended = shortcut.take(kept);
    caughtUp = shortcut.caughtUp();
    return ended;
  }

  /**
   * What the files of the member looked like when it ended by itself with nothing left to emit;
   * null if it did not.
   */
  @Nullable FileStamp caughtUp() {
    return caughtUp;
  }

  /** What the next run may go on from. */
  private @Nullable Kept kept() {
    CaptureEngine ran = capture;
    Parked left = ran == null ? null : ran.parked();
    String selection = member.selection;
    // What was warned of may be another WAL, or who writes past this one.
    return left == null || selection == null || !member.warned.isEmpty()
        ? null
        : new Kept(left, selection, caughtUp == null ? parkedAs : caughtUp);
  }

  /** Opens what it works with; null if it was closed before. */
  private @Nullable CaptureEngine open() throws IOException {
    StateParents.make(options.stateRoot(), member.stateDirectory());
    MemberOutput to = opened.open(this::openOutput);
    if (!took(to)) {
      return null;
    }
    opened.open(() -> this, MemberRun::forget);
    CaptureListener listener = new MemberListener(member, options.listener(), events::ready);
    CaptureFactory.Opened made = options.captures().open(member, to, this::counted, listener);
    CaptureEngine built = opened.open(made::capture);
    member.selection = made.selection();
    capture = built;
    if (isClosed()) {
      return null;
    }
    startsOver = to.startsOver();
    capturing = mode == CaptureMode.CDC && startsOver ? CaptureMode.BOOTSTRAP_AND_CDC : mode;
    return built;
  }

  private WakeSignal counted(WakeSignal given) {
    CountedSignal counted = new CountedSignal(given);
    signal = counted;
    return counted;
  }

  private MemberOutput openOutput() {
    try {
      return options.outputs().open(member);
    } catch (IOException e) {
      throw new CaptureException(Reason.HANDLER, String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      throw new CaptureException(
          Reason.FAILED, "the opening of the output was interrupted: open it again", e);
    }
  }

  /** Notes the output; false if the run was closed before there was one. */
  private synchronized boolean took(MemberOutput opened) {
    output = opened;
    if (stopped) {
      opened.stop();
    }
    return !closed;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void forget() {
    output = null;
  }

  /** How often the capture has waited for news. */
  long waits() {
    CountedSignal present = signal;
    return present == null ? 0 : present.waits();
  }

  /**
   * What {@link #waits} must have grown to for a look at the log to have ended that began after
   * this was called.
   */
  long waitsAfterLook() {
    CountedSignal present = signal;
    return present == null ? Long.MAX_VALUE : present.waitsAfterLook();
  }

  /** Changes and frames that have passed; -1 while there is no capture. */
  long passed() {
    CaptureEngine open = capture;
    return open == null ? -1 : open.passed();
  }

  /** Whether something waits to be decoded or delivered. */
  boolean isBehind() {
    CaptureEngine open = capture;
    return open == null || open.isBehind();
  }

  /** Makes the capture look. */
  void look() {
    CaptureEngine open = capture;
    if (open != null) {
      open.look();
    }
  }

  /** Has those go on that have no thread, and for whom it is time. Called every now and then. */
  void tend(long now) {
    recall.retry();
    closing.retry();
    CaptureEngine open = capture;
    if (open != null) {
      open.tend(now);
    }
  }

  /** Counters of the capture; null before there is one. */
  @Nullable CaptureMetrics metrics() {
    CaptureEngine open = capture;
    return open == null ? null : open.metrics();
  }

  /**
   * It is about to be closed, to be parked.
   *
   * @param stamp of its files, which any later write to them changes; null if there is none
   */
  void parks(@Nullable FileStamp stamp) {
    parkedAs = stamp;
  }

  /**
   * Begins to end it in order; how it ended is reported as usual.
   *
   * @param abandon whether what the output only retries is given up
   */
  void close(boolean abandon) {
    try {
      noteClosed(abandon);
    } finally {
      CaptureEngine open = capture;
      // Where the process ends, somebody has to wait for handlers that do not return any more.
      if (open != null && (abandon || !open.beginClose())) {
        // It returns when the capture has ended, which may take as long as the handler does.
        closing.run();
      }
    }
  }

  private synchronized void noteClosed(boolean abandon) {
    closed = true;
    MemberOutput open = output;
    if (abandon && !stopped && open != null) {
      open.stop();
    }
    stopped |= abandon;
  }

  private void closeCapture() {
    CaptureEngine open = capture;
    if (open != null) {
      open.close();
    }
  }

  /** Waits for its end, so long at most; says whether it has come. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return ended.await(millis, TimeUnit.MILLISECONDS);
  }
}
