// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Fleet;
import dev.waltap.api.FleetMember;
import dev.waltap.host.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A fleet's life: runs it on the caller's thread, which takes what others have to say as events out
 * of a queue and does what is due in between. {@link #members} and {@link #close} are for any
 * thread.
 */
public final class FleetEngine implements Fleet {
  private static final long TICK_MILLIS = 100;

  /** While members wait for others to make room. */
  private static final long PRESSING_MILLIS = 10;

  private final FleetOptions options;
  private final StateRoot states;
  private final MemberSet members = new MemberSet();
  private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable Change> change = new AtomicReference<>();
  private volatile boolean closeAsked;
  private volatile @Nullable Thread thread;
  private Runnable tick = () -> {};
  private long nextTick = System.nanoTime();

  /** A fleet with these options, which looks at no file before it runs. */
  public FleetEngine(FleetOptions options) {
    this.options = options;
    this.states = new StateRoot(options.stateRoot(), options.noState());
  }

  /** What {@link #change} asked for. */
  private record Change(List<DatabaseSource> sources, int maxOpen) {}

  /**
   * Captures these databases from now on, at most so many at once: those that are new begin, others
   * end in order. For any thread. Of several calls the last one counts; what is asked for before
   * {@link #run} is done as soon as that has begun, after it nothing is.
   *
   * @throws CaptureException REFUSED if a directory of theirs can't be searched: nothing is changed
   *     then
   */
  public void change(List<DatabaseSource> sources, int maxOpen) {
    Discovery.requireDirectories(sources);
    change.set(new Change(List.copyOf(sources), maxOpen));
    events.add(() -> {});
  }

  /**
   * Has this called ten times a second at most, and about so often, while it runs, by the thread
   * that runs it, which it must not hold up. Before {@link #run}, from its thread.
   */
  public void onTick(Runnable called) {
    tick = called;
  }

  @Override
  public List<FleetMember> members() {
    return members.sorted();
  }

  @Override
  public void run(CaptureMode mode) {
    if (!begun.compareAndSet(false, true)) {
      if (closeAsked) {
        return;
      }
      throw new IllegalStateException("a fleet runs once; build another one");
    }
    thread = Thread.currentThread();
    FleetThreads threads = new FleetThreads();
    MemberMoves moves = new MemberMoves(options, mode, members, states, threads, events::add);
    try (RootLock held = new RootLock(options.noState() ? null : options.stateRoot());
        Lookout lookout = new Lookout(options, states, members, moves, events::add)) {
      requireStates();
      int unused = OpenLimit.left(); // Loads what it takes to say so while there are descriptors.
      held.take(System.nanoTime());
      lookout.begin();
      requireRoom(moves);
      while (!moves.isDone() || !events.isEmpty()) {
        step(moves, lookout);
        held.take(System.nanoTime());
      }
    } finally {
      try {
        abandon(threads);
      } finally {
        threads.close();
        thread = null;
        ended.countDown();
      }
    }
    moves.throwFailure();
  }

  /**
   * Whatever ended the loop, nothing goes on without it. All are closed before one is waited for,
   * since what holds one up may end only with another.
   */
  private void abandon(FleetThreads threads) {
    List<MemberRun> runs = new ArrayList<>();
    for (Member member : members.all()) {
      MemberRun run = member.run();
      if (run != null) {
        runs.add(run);
      }
    }
    RuntimeException failure = null;
    for (MemberRun run : runs) {
      try {
        run.close(true);
      } catch (RuntimeException e) {
        failure = e; // An output's, which keeps no other from its end.
      }
    }
    join(runs, threads);
    if (failure != null) {
      throw failure;
    }
  }

  /** Waits until all have ended, and does meanwhile what the loop did for them. */
  private static void join(List<MemberRun> runs, FleetThreads threads) {
    boolean interrupted = false;
    while (!runs.isEmpty()) {
      try {
        if (runs.get(0).awaitEnd(TICK_MILLIS)) {
          runs.remove(0);
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
      long now = System.nanoTime();
      runs.forEach(run -> run.tend(now));
      threads.tend();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void requireStates() {
    String problem = states.problem();
    if (problem != null) {
      throw new CaptureException(Reason.REFUSED, problem);
    }
  }

  /** What has no state can't be parked: it must all fit. */
  private void requireRoom(MemberMoves moves) {
    String problem = members.roomProblem(options.maxOpen());
    if (moves.isEndless() && problem != null) {
      throw new CaptureException(Reason.REFUSED, problem);
    }
  }

  /** Waits for events, and does what is due. */
  private void step(MemberMoves moves, Lookout lookout) {
    try {
      long millis = moves.isPressing() ? PRESSING_MILLIS : TICK_MILLIS;
      Runnable event = events.poll(moves.isWriting() ? 0 : millis, TimeUnit.MILLISECONDS);
      while (event != null) {
        event.run();
        event = events.poll();
      }
      tick();
      if (closeAsked) {
        moves.beginClose();
      }
      moves.tend(System.nanoTime());
      if (!moves.isClosing()) {
        apply(moves, lookout);
        long now = System.nanoTime();
        lookout.look(now);
        moves.work(now);
      } else {
        moves.workAtEnd();
      }
    } catch (InterruptedException e) {
      // What is open ends in order; the flag, which the exception's cause stands for, would spin.
      moves.fatal(
          new CaptureException(
              Reason.FAILED,
              "the thread that runs the fleet was interrupted, which ended it: run it again",
              e));
    } catch (RuntimeException e) {
      moves.fatal(e);
    }
  }

  private void tick() {
    long now = System.nanoTime();
    if (now - nextTick >= 0) {
      nextTick = now + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
      tick.run();
    }
  }

  private void apply(MemberMoves moves, Lookout lookout) {
    Change asked = change.getAndSet(null);
    if (asked != null) {
      moves.maxOpen(asked.maxOpen());
      lookout.change(asked.sources());
    }
  }

  @Override
  public void close() {
    closeAsked = true;
    events.add(() -> {});
    if (begun.compareAndSet(false, true)) {
      ended.countDown();
    }
    if (!isOurThread()) {
      Threads.await(ended);
    }
  }

  /** One that the fleet waits for: its own, a handler's, or a capture's that calls a listener. */
  private boolean isOurThread() {
    Thread current = Thread.currentThread();
    return current == thread || current.getName().startsWith("waltap-");
  }
}
