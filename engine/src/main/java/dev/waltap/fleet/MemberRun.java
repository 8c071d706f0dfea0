// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.MemberOutput;
import dev.waltap.api.WakeSignal;
import dev.waltap.host.Threads;
import dev.waltap.wake.CountedSignal;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One open capture of a member: a thread that opens output and capture, runs it, and closes both.
 * What is asked of it comes from the fleet's thread; it reports from its own.
 */
final class MemberRun {

  /** What a run reports, from threads of its own. */
  interface Events {
    /** Every later commit will be emitted. */
    void ready();

    /** The last that its thread does; null for no failure. */
    void ended(@Nullable Throwable failure);
  }

  private final Member member;
  private final CaptureMode mode;
  private final FleetOptions options;
  private final Events events;
  private final Thread thread;
  private volatile @Nullable ChangeDataCapture capture;
  private volatile @Nullable CountedSignal signal;
  private @Nullable MemberOutput output;
  private boolean closed;
  private boolean stopped;

  MemberRun(Member member, CaptureMode mode, FleetOptions options, Events events) {
    this.member = member;
    this.mode = mode;
    this.options = options;
    this.events = events;
    this.thread = new Thread(this::run, "waltap-member");
  }

  void start() {
    thread.start();
  }

  private void run() {
    Throwable failure = null;
    try {
      work();
    } catch (Throwable e) {
      failure = e;
    }
    events.ended(failure);
  }

  private void work() throws IOException {
    StateParents.make(options.stateRoot(), member.stateDirectory());
    try (MemberOutput opened = open()) {
      if (!took(opened)) {
        return;
      }
      CaptureListener listener = new MemberListener(member, options.listener(), events::ready);
      CaptureFactory.Opened made = options.captures().open(member, opened, this::counted, listener);
      try (ChangeDataCapture built = made.capture()) {
        member.selection = made.selection();
        capture = built;
        if (!isClosed()) {
          run(built, opened.startsOver());
        }
      } finally {
        forget();
      }
    }
  }

  private WakeSignal counted(WakeSignal given) {
    CountedSignal counted = new CountedSignal(given);
    signal = counted;
    return counted;
  }

  private MemberOutput open() {
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

  private void run(ChangeDataCapture built, boolean startsOver) {
    if (mode == CaptureMode.BOOTSTRAP) {
      built.bootstrap();
    } else if (mode == CaptureMode.BOOTSTRAP_AND_CDC || startsOver) {
      built.bootstrapAndCdc();
    } else {
      built.cdc();
    }
  }

  /** How often the capture has waited for news. */
  long waits() {
    CountedSignal present = signal;
    return present == null ? 0 : present.waits();
  }

  /** Makes the capture look. */
  void wake() {
    CountedSignal present = signal;
    if (present != null) {
      present.wake();
    }
  }

  /** Counters of the capture; null before there is one. */
  @Nullable CaptureMetrics metrics() {
    ChangeDataCapture open = capture;
    return open == null ? null : open.metrics();
  }

  /**
   * Begins to end it in order; how it ended is reported as usual.
   *
   * @param abandon whether what the output only retries is given up
   */
  void close(boolean abandon) {
    synchronized (this) {
      closed = true;
      MemberOutput open = output;
      if (abandon && !stopped && open != null) {
        open.stop();
      }
      stopped |= abandon;
    }
    ChangeDataCapture open = capture;
    if (open != null) {
      // It returns when the capture has ended, which may take as long as the handler does.
      Thread closing = new Thread(open::close, "waltap-close");
      closing.setDaemon(true);
      closing.start();
    }
  }

  /** Whether this is its thread. */
  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /** Waits until its thread has ended. */
  void join() {
    Threads.join(thread);
  }
}
