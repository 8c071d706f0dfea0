// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.MemberState;
import dev.waltap.fleet.Member.IdleLook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Moves members from state to state, and knows when all is done. For the fleet's thread. */
final class MemberMoves {

  /** So often a running member is looked at to see whether it is idle, unless that is less. */
  private static final long IDLE_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A capture finds by itself that its file is gone, and delivers what it had read. */
  private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** So often, or with the fleet's next tick, one that waits without a thread is seen to. */
  private static final long TEND_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final String UNLISTED = "is not among the databases any more";

  private final FleetOptions options;
  private final CaptureMode mode;
  private final MemberSet members;
  private final StateRoot states;
  private final FleetThreads threads;
  private final Consumer<Runnable> events;
  private final Slots slots;
  private final Failures failures;
  private final ParkedMembers parkedMembers;
  private final Shortage shortage;
  private int maxOpen;

  /** Those of the start that are neither captured nor reported as failed. */
  private final Set<Member> unready = new HashSet<>();

  private boolean closing;
  private boolean readySaid;
  private boolean roomWarned;
  private @Nullable Throwable failure;
  private long nextIdleLook;
  private long nextTend = System.nanoTime();

  MemberMoves(
      FleetOptions options,
      CaptureMode mode,
      MemberSet members,
      StateRoot states,
      FleetThreads threads,
      Consumer<Runnable> events) {
    this.options = options;
    this.mode = mode;
    this.members = members;
    this.states = states;
    this.threads = threads;
    this.events = events;
    this.maxOpen = options.maxOpen();
    this.slots = new Slots(maxOpen);
    this.shortage = new Shortage(options.listener(), new Descriptors(OpenLimit::left));
    this.failures = new Failures(options, this::settled);
    this.parkedMembers = new ParkedMembers(options, mode);
  }

  /** Whether it goes on until it is closed. */
  boolean isEndless() {
    return mode != CaptureMode.BOOTSTRAP && !options.once();
  }

  /** Whether nothing is open, and nothing will be. */
  boolean isDone() {
    return (closing || !isEndless()) && slots.isEmpty() && !isWriting();
  }

  boolean isClosing() {
    return closing;
  }

  /** Whether it is closing, and has more to write than is to be done in a turn. */
  boolean isWriting() {
    return closing && parkedMembers.isWriting();
  }

  /** Whether members wait for a place. */
  boolean isPressing() {
    return slots.isPressing();
  }

  /** A database was found, which waits for its turn now, unless it is as it was when parked. */
  void found(Member member, boolean atStart) {
    FileStamp parked = isEndless() ? parkedMembers.find(member) : null;
    if (parked != null) {
      member.stamp = parked;
      // Of the start, it is among those that the ready line is about.
      member.announced = atStart;
      move(member, MemberState.PARKED);
      return;
    }
    if (atStart) {
      unready.add(member);
    } else if (member.stateDirectory() == null) {
      warnOfRoom(member);
    }
    slots.await(member);
  }

  /** Says once that members without state take all places: none can be parked for others. */
  private void warnOfRoom(Member member) {
    if (roomWarned || !isEndless()) {
      return;
    }
    String problem = members.roomProblem(maxOpen);
    if (problem != null) {
      roomWarned = true;
      options
          .listener()
          .warning(
              member, "some databases may never be captured: " + problem + ", or raise --max-open");
    }
  }

  /** Has those go on that are open, and wait without a thread. */
  void tend(long now) {
    if (now - nextTend < 0) {
      return;
    }
    nextTend = now + TEND_NANOS;
    for (Member member : slots.open()) {
      MemberRun run = member.run();
      if (run != null) {
        run.tend(now);
      }
    }
    endOverdue(now);
    threads.tend();
  }

  /** While it is closing: does some of what the end takes besides the captures'. */
  void workAtEnd() {
    parkedMembers.writeLast();
  }

  /** Does what is due: opens, parks, tries again. */
  void work(long now) {
    failures.due(now).forEach(this::await);
    parkedMembers.writeDue(now);
    parkIdle(now);
    slots.most(shortage.most(maxOpen, now));
    if (shortage.permitsOpening(now)) {
      openWaiting(now);
    }
    if (isEndless()) {
      slots.victims(now, members.size(), shortage.permitsOpening(now)).forEach(this::park);
    }
  }

  private void openWaiting(long now) {
    slots.openWaiting(
        shortage,
        maxOpen,
        isEndless(),
        now,
        member -> open(member, now),
        member -> failed(member, Shortage.none(member)));
  }

  private void await(Member member) {
    parkedMembers.forget(member);
    move(member, MemberState.WAITING);
    slots.await(member);
  }

  private void open(Member member, long now) {
    member.stateDirectory(states.of(member.found())); // Setup may have made it.
    member.opens(now);
    Path lost = member.lostState();
    if (lost != null) {
      MemberListener.stateLost(member, lost, options.listener());
    }
    boolean rows = mode == CaptureMode.CDC && (member.hasAppeared() || lost != null);
    MemberRun run =
        new MemberRun(
            member,
            rows ? CaptureMode.BOOTSTRAP_AND_CDC : mode,
            options,
            threads,
            new Reports(member));
    member.run(run);
    move(member, MemberState.OPENING);
    try {
      run.start();
    } catch (OutOfMemoryError e) {
      // No thread is to be had now: as if it had been tried in vain.
      runEnded(member, e);
    }
  }

  /** What a run reports becomes an event. */
  private final class Reports implements MemberRun.Events {
    private final Member member;

    Reports(Member member) {
      this.member = member;
    }

    @Override
    public void ready() {
      events.accept(() -> becameReady(member));
    }

    @Override
    public void ended(@Nullable Throwable why) {
      events.accept(() -> runEnded(member, why));
    }
  }

  private void becameReady(Member member) {
    if (member.state() != MemberState.OPENING) {
      return;
    }
    move(member, MemberState.RUNNING);
    shortage.opened();
    member.isReady(System.nanoTime());
    member.captured = true;
    member.noteState();
    boolean appeared = readySaid && !member.announced;
    member.announced = true;
    if (failures.isCapturedAgain(member) || appeared) {
      options.listener().note(member, "is captured now");
    }
    settled(member);
  }

  private void parkIdle(long now) {
    if (!isEndless() || now - nextIdleLook < 0) {
      return;
    }
    nextIdleLook = now + Math.min(IDLE_LOOK_NANOS, options.idleAfter().toNanos());
    for (Member member : slots.open()) {
      IdleLook look = member.look;
      if (look != null && !member.isSurveyed(look.nanos())) {
        member.look = null;
      }
      if (member.state() == MemberState.RUNNING
          && member.stateDirectory() != null
          && member.isSurveyed(now)
          && Slots.isIdle(member, now, options.idleAfter().toNanos())) {
        park(member);
      }
    }
  }

  private void park(Member member) {
    IdleLook look = member.look;
    member.stamp = look == null ? null : look.stamp();
    member.surveyed = look != null && member.isSurveyed(look.nanos());
    move(member, MemberState.PARKING);
    member.parks();
    member.close(false);
  }

  private void runEnded(Member member, @Nullable Throwable why) {
    CaptureMetrics counted = member.metrics();
    FileStamp caughtUp = member.caughtUp();
    members.ran(member);
    member.run(null);
    if (counted != null) {
      options.listener().counted(member, counted);
    }
    slots.remove(member);
    MemberState was = member.state();
    if (closing) {
      endedByClose(member, why);
    } else if (why != null) {
      failed(member, why);
    } else if (member.unlisted) {
      drop(member, UNLISTED);
    } else if (was == MemberState.OPENING && caughtUp != null) {
      move(member, MemberState.PARKING);
      member.captured = true;
      member.stamp = caughtUp;
      parked(member);
    } else if (was == MemberState.PARKING) {
      parked(member);
    } else if (was == MemberState.ENDING && Files.exists(member.real())) {
      await(member);
    } else {
      drop(member, was == MemberState.ENDING ? "was deleted" : "");
    }
  }

  private void parked(Member member) {
    FileStamp before = member.stamp;
    if (before == null || !before.equals(FileStamp.of(member.real()))) {
      await(member);
      return;
    }
    move(member, MemberState.PARKED);
    failures.recovered(member);
    settled(member);
    parkedMembers.note(member, before);
    // What came between the look at the files and the change of state, the watch did not report.
    lookAtParked(member);
  }

  /** Opens a parked member if anything about its files has changed. */
  void lookAtParked(Member member) {
    if (member.state() != MemberState.PARKED) {
      return;
    }
    FileStamp now = FileStamp.of(member.real());
    if (!now.database().exists() && !member.found().isAwaited()) {
      vanished(member, System.nanoTime());
    } else if (!now.equals(member.stamp)) {
      await(member);
    }
  }

  /** A file of one that backs off has changed. */
  void touched(Member member) {
    failures.touched(member);
  }

  /** A database was not found where it was. */
  void vanished(Member member, long now) {
    if (Files.exists(member.real())) {
      return; // Made again meanwhile: it is found out whether it is another one.
    }
    if (!member.state().isOpen()) {
      drop(member, "was deleted");
    } else if (member.endByNanos == 0) {
      member.endByNanos = now + GONE_NANOS;
    }
  }

  /** A database was taken out of the fleet's, and ends in order. */
  void unlisted(Member member) {
    member.unlisted = true;
    if (!member.state().isOpen()) {
      drop(member, UNLISTED);
    } else if (member.state() != MemberState.ENDING && member.state() != MemberState.PARKING) {
      end(member, false);
    }
  }

  /** A database is among the fleet's, or is so again before it has ended: it is opened then. */
  void listed(Member member) {
    member.unlisted = false;
  }

  /** Has at most so many open from now on. */
  void maxOpen(int most) {
    roomWarned &= most == maxOpen;
    maxOpen = most;
  }

  private void endOverdue(long now) {
    for (Member member : slots.open()) {
      if (member.isOverdue(now) && member.state() != MemberState.ENDING) {
        end(member, false);
      }
    }
  }

  private void end(Member member, boolean abandon) {
    move(member, MemberState.ENDING);
    member.close(abandon);
  }

  private void endedByClose(Member member, @Nullable Throwable why) {
    if (why != null && failures.isFatal(why)) {
      fatal(why);
    } else if (why != null) {
      failures.report(member, why, false);
    }
    drop(member, "");
  }

  private void failed(Member member, Throwable why) {
    if (failures.isFatal(why)) {
      drop(member, "");
      fatal(why);
    } else if (!member.unlisted
        && Files.exists(member.real())
        && (!isEndless() || !slots.open().isEmpty()) // Else there is none to be parked for it.
        && shortage.isCauseOf(why, isEndless(), System.nanoTime())) {
      move(member, MemberState.BACKING_OFF);
      shortage.noted(member, slots.open().size(), maxOpen, System.nanoTime());
      await(member);
    } else if (member.unlisted) {
      if (Files.exists(member.real())) {
        failures.report(member, why, false);
      }
      drop(member, UNLISTED);
    } else if (!isEndless()) {
      failures.report(member, why, false);
      drop(member, "");
    } else if (!member.found().isAwaited() && !Files.exists(member.real())) {
      drop(member, "was deleted");
    } else {
      failures.failed(member, why);
      move(member, MemberState.BACKING_OFF);
      failures.backOff(member, why);
    }
  }

  /** Nothing more is done with it. */
  private void drop(Member member, String why) {
    slots.remove(member);
    failures.forget(member);
    parkedMembers.ended(member);
    member.failure(null);
    move(member, MemberState.GONE);
    if (member.unlisted) {
      members.unlist(member);
    } else {
      members.remove(member);
    }
    if (!why.isEmpty()) {
      options.listener().note(member, why + ": no longer captured");
    }
    settled(member);
  }

  /** One of the start is captured, or was reported. */
  private void settled(Member member) {
    unready.remove(member);
    sayReady();
  }

  /** Says that all of the start are captured, once that is so. */
  void sayReady() {
    if (unready.isEmpty() && !readySaid && !closing && mode != CaptureMode.BOOTSTRAP) {
      try {
        states.mark();
      } catch (CaptureException e) {
        if (OpenLimit.isExhausted()) {
          return; // The next look at all tries again.
        }
        throw e;
      }
      readySaid = true;
      options.listener().ready();
    }
  }

  /** Ends all, since none could go on. */
  void fatal(Throwable why) {
    if (failure == null) {
      failure = why;
    }
    beginClose();
  }

  /** Begins to end all in order; again: nothing. */
  void beginClose() {
    if (closing) {
      return;
    }
    closing = true;
    parkedMembers.beginEnd();
    for (Member member : members.openFirst()) {
      MemberState state = member.state();
      if (state == MemberState.ENDING) {
        member.close(true);
      } else if (state.isOpen()) {
        end(member, true);
      } else {
        drop(member, "");
      }
    }
  }

  /** Throws what ended all of them, if that was a failure. */
  void throwFailure() {
    Throwable why = failure;
    if (why instanceof CaptureException capture) {
      throw capture;
    }
    if (why != null) {
      throw new CaptureException(
          Reason.BUG, "an error inside the fleet: " + why + ": report it, with its trace", why);
    }
  }

  private void move(Member member, MemberState next) {
    MemberState before = member.state();
    member.move(next);
    options.listener().moved(member, before, next);
  }
}
