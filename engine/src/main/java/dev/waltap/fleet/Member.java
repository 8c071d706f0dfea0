// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberState;
import dev.waltap.attach.Surroundings;
import dev.waltap.state.StateDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One database of the fleet. What {@link FleetMember} shows is for any thread; all else, and every
 * change, is the fleet's thread's.
 */
final class Member implements FleetMember {
  private final FoundDatabase found;
  private final String name;

  /** Whether it came since all that were there were captured: its rows are news then. */
  private final boolean appeared;

  /** Since when it is there, as far as is known. */
  final long sinceNanos;

  private volatile MemberState state = MemberState.WAITING;
  private volatile @Nullable Path stateDirectory;
  private volatile @Nullable CaptureException failure;
  private volatile @Nullable MemberRun run;

  /** What was reported last of it; empty for nothing, or if it has run since. */
  String reported = "";

  /** What its capture warned of last; it may be opened again and again. */
  volatile String warned = "";

  /** Where it had its state when it was last captured, or found; null if it had none. */
  @Nullable Path hadState;

  /** Whether it was captured before. */
  boolean announced;

  /** Whether it was captured before by this process, which has kept descriptors of it since. */
  boolean captured;

  /** Whether it was parked before. */
  volatile boolean parked;

  /** Whether it was reported, and has not been captured since. */
  boolean failing;

  /** When it became ready; 0 while it is not. */
  long readyNanos;

  /** How often in a row it was tried in vain. */
  int attempts;

  /** When it is tried again, while it backs off. */
  long retryNanos;

  /** When it got its present place. */
  long openedNanos;

  /** When something was last seen to pass. */
  long activeNanos;

  /** Changes and frames that had passed by then. */
  long passed;

  /** The last look at it while idle; null while it is not. */
  @Nullable IdleLook look;

  /** When it is looked at again, if it seems idle. */
  long nextLookNanos;

  /** What decides what its capture emits, as of when it was last opened; null if not known. */
  volatile @Nullable String selection;

  /** What it goes on from if it is opened again; null if only the state has it. */
  volatile @Nullable Kept kept;

  /** What decided what its capture emitted that an earlier process has parked; null once it ran. */
  volatile @Nullable String saved;

  /** Whether the processes around it were looked at before it was parked. */
  boolean surveyed;

  /** What it looked like when it was parked, or last failed. */
  @Nullable FileStamp stamp;

  /** Whether it is not among the databases of the fleet any more. */
  boolean unlisted;

  /** When its capture is closed that should have ended by itself; 0 for never. */
  long endByNanos;

  /**
   * A look at an open member that seemed idle.
   *
   * @param stamp what its files looked like
   * @param waits how often its capture must have waited for a look behind that to have ended
   * @param nanos when it was taken
   */
  record IdleLook(FileStamp stamp, long waits, long nanos) {}

  Member(FoundDatabase found, String name, boolean appeared, long now) {
    this.found = found;
    this.name = name;
    this.appeared = appeared;
    this.sinceNanos = now;
  }

  FoundDatabase found() {
    return found;
  }

  /** Its real path. */
  Path real() {
    return found.real();
  }

  boolean hasAppeared() {
    return appeared;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Path database() {
    return found.file();
  }

  @Override
  public @Nullable Path stateDirectory() {
    return stateDirectory;
  }

  void stateDirectory(@Nullable Path directory) {
    stateDirectory = directory;
  }

  /** Remembers whether it has a state now. */
  void noteState() {
    Path directory = stateDirectory;
    hadState = directory != null && StateDirectory.at(directory).exists() ? directory : null;
  }

  /**
   * The state that was removed since it was noted; null if none was. What has changed since then
   * nobody knows, so that only all rows will do.
   */
  @Nullable Path lostState() {
    Path had = hadState;
    return had == null || StateDirectory.at(had).exists() ? null : had;
  }

  @Override
  public MemberState state() {
    return state;
  }

  /** The one method that changes the state. */
  void move(MemberState next) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException(name + " can't go from " + state + " to " + next);
    }
    state = next;
    parked |= next == MemberState.PARKED;
  }

  /** Its capture is about to be opened. */
  void opens(long now) {
    openedNanos = now;
    activeNanos = now;
    passed = 0;
    look = null;
    nextLookNanos = now;
    endByNanos = 0;
    readyNanos = 0;
  }

  /** Its capture is ready. */
  void isReady(long now) {
    openedNanos = now;
    activeNanos = now;
    readyNanos = now;
  }

  /** Whether its capture had looked at the processes around it by then. */
  boolean isSurveyed(long now) {
    return now - readyNanos >= Surroundings.SURVEYED_NANOS;
  }

  /** Whether its capture should have ended by itself by now. */
  boolean isOverdue(long now) {
    return endByNanos != 0 && now - endByNanos >= 0;
  }

  @Override
  public @Nullable CaptureException failure() {
    return failure;
  }

  void failure(@Nullable CaptureException why) {
    failure = why;
  }

  @Nullable MemberRun run() {
    return run;
  }

  void run(@Nullable MemberRun running) {
    run = running;
  }

  /** Says what it looks like to its capture, which is about to be closed to be parked. */
  void parks() {
    MemberRun running = run;
    if (running != null) {
      running.parks(stamp);
    }
  }

  /** Closes its capture, if it has one, by {@link MemberRun#close}. */
  void close(boolean abandon) {
    MemberRun running = run;
    if (running != null) {
      running.close(abandon);
    }
  }

  /** {@link MemberRun#caughtUp} of the present run. */
  @Nullable FileStamp caughtUp() {
    MemberRun running = run;
    return running == null ? null : running.caughtUp();
  }

  @Override
  public @Nullable CaptureMetrics metrics() {
    MemberRun running = run;
    return running == null ? null : running.metrics();
  }

  @Override
  public String toString() {
    return name + " " + state;
  }
}
