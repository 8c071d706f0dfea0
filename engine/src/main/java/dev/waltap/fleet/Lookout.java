// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.FleetListener;
import dev.waltap.api.MemberState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sees which databases come, go, and are written to: by a watch on their directories, and, since
 * that may miss some, by a look at all of them now and then. For the fleet's thread, which closes
 * it; what the watch reports comes as an event.
 */
final class Lookout implements AutoCloseable {

  /** How often all is looked at, where every directory is watched, and where one is not. */
  private static final long WATCHED_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long UNWATCHED_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How often each parked one is looked at where all that is written to it is reported. */
  private static final long SURE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /**
   * What is written within so long is reported together. Of many databases, several are written to
   * at any time, each in some milliseconds and to three files.
   */
  private static final long FEW_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long MANY_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  private static final int MANY = 100;

  /** How soon it is looked again for databases that came. */
  private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final FleetOptions options;
  private volatile Discovery discovery;
  private final StateRoot states;
  private final boolean continued;
  private final MemberSet members;
  private final MemberMoves moves;
  private final Consumer<Runnable> events;
  private final DirectoryWatch watch;
  private final FleetListener listener;
  private final ParkedRound round;

  /** Of those that may be written to by another name, which nothing reports. */
  private final ParkedRound warnedRound;

  private Map<Path, String> lost = Map.of();

  /** Whether anything may have happened that was not reported. */
  private boolean unsure;

  private boolean relisting;
  private long nextLook;
  private long lastLook;
  private long lookNanos;

  Lookout(
      FleetOptions options,
      StateRoot states,
      MemberSet members,
      MemberMoves moves,
      Consumer<Runnable> events) {
    this.options = options;
    this.discovery = new Discovery(options.sources(), states, options.ours());
    this.states = states;
    this.continued = states.isContinued();
    this.members = members;
    this.moves = moves;
    this.events = events;
    this.listener = options.listener();
    this.watch =
        new DirectoryWatch(this::changed, () -> events.accept(this::overflowed), this::restNanos);
    this.round = new ParkedRound(member -> true, moves::lookAtParked);
    this.warnedRound = new ParkedRound(member -> !member.warned.isEmpty(), moves::lookAtParked);
  }

  /** For the watch's thread. */
  private long restNanos() {
    return members.size() < MANY ? FEW_REST_NANOS : MANY_REST_NANOS;
  }

  /** Finds what is there at the start. */
  void begin() {
    discovery.requireDirectories();
    lookAtAll(false);
  }

  /** Looks for these from now on; members that are none of them end. */
  void change(List<DatabaseSource> sources) {
    discovery = new Discovery(sources, states, options.ours());
    relisting = true;
    lookAtAll(true);
  }

  /**
   * Ends those that are not among the databases any more. Of what is below a directory that can't
   * be read right now that is not known: it is found out as soon as it can be.
   */
  private void relist(List<FoundDatabase> found) {
    Set<Path> listed = new HashSet<>();
    for (FoundDatabase each : found) {
      listed.add(each.real());
      listed.add(each.file());
    }
    boolean all = true;
    for (Member member : members.all()) {
      if (listed.contains(member.real()) || listed.contains(member.found().file())) {
        moves.listed(member);
      } else if (discovery.isHidden(member.found())) {
        all = false;
      } else {
        moves.unlisted(member);
      }
    }
    relisting = !all;
  }

  /** Looks again, if it is time. */
  void look(long now) {
    if (!moves.isEndless()) {
      return;
    }
    if (now - nextLook >= 0) {
      lookAtAll(true);
    }
    round.go(now, watch.isSure() ? SURE_NANOS : WATCHED_NANOS, members);
    warnedRound.go(now, WATCHED_NANOS, members);
  }

  private void lookAtAll(boolean running) {
    long begin = System.nanoTime();
    lastLook = begin;
    List<FoundDatabase> found = discovery.look();
    sayLost(discovery.lost());
    List<Member> fresh = new ArrayList<>();
    Set<Path> present = new HashSet<>();
    for (FoundDatabase each : found) {
      present.add(each.real());
      if (!members.has(each)) {
        Path state = states.of(each);
        long since = running ? begin : begin - Failures.YOUNG_NANOS;
        Member member = members.add(each, running || hasAppeared(state), since);
        member.stateDirectory(state);
        member.noteState();
        moves.found(member, !running);
        fresh.add(member);
      }
    }
    boolean more = moves.isEndless() && watch.watch(discovery.directories());
    List<Member> all = members.all();
    for (Member member : all) {
      if (!member.found().isAwaited() && !present.contains(member.real())) {
        moves.vanished(member, begin);
      }
    }
    // What came to a directory before it was watched, nothing reports, and of one that was not
    // parked yet, nothing was asked for.
    boolean sure = !unsure && !more && watch.isComplete();
    (sure ? fresh : all).forEach(moves::lookAtParked);
    unsure = false;
    if (more || !watch.isComplete()) {
      discovery.forget();
    }
    long end = System.nanoTime();
    lookNanos = end - begin;
    long pause = watch.isComplete() && lost.isEmpty() ? WATCHED_NANOS : UNWATCHED_NANOS;
    nextLook = end + (more ? SOON_NANOS : pause);
    if (relisting) {
      relist(found);
    }
    moves.sayReady();
  }

  private void sayLost(Map<Path, String> now) {
    now.forEach(
        (directory, why) -> {
          if (!lost.containsKey(directory)) {
            listener.searched(directory, why);
          }
        });
    for (Path directory : lost.keySet()) {
      if (!now.containsKey(directory)) {
        listener.searched(directory, null);
      }
    }
    lost = now;
  }

  /** Whether a database of the start came when nothing ran, behind an earlier run. */
  private boolean hasAppeared(@Nullable Path state) {
    return continued && states.isNew(state);
  }

  /** More has happened than was reported. */
  private void overflowed() {
    unsure = true;
    discovery.forget();
    soon();
  }

  /** Something came, or went: to be looked at soon, but not all the time. */
  private void soon() {
    long earliest = lastLook + Math.max(SOON_NANOS, 5 * lookNanos);
    long now = System.nanoTime();
    long due = earliest - now > 0 ? earliest : now;
    nextLook = due - nextLook < 0 ? due : nextLook;
  }

  /** From the watch's thread: a file came, went, or was written to. */
  private void changed(Path file) {
    Member member = members.of(file);
    if (member == null) {
      if (discovery.mayBeDatabase(file)) {
        discovery.changed(file);
        events.accept(this::soon);
      }
      return;
    }
    if (member.real().equals(file)) {
      discovery.changed(file);
    }
    MemberState state = member.state();
    if (state == MemberState.PARKED) {
      events.accept(() -> moves.lookAtParked(member));
    } else if (state == MemberState.BACKING_OFF) {
      events.accept(() -> moves.touched(member));
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
