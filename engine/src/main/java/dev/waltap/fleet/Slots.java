// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.MemberState;
import dev.waltap.attach.Attachment;
import dev.waltap.fleet.Member.IdleLook;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which members are open, which wait for it, and which have to make room: the longest idle first;
 * where none is idle, the one that has had its place the longest, once that is two seconds. So each
 * that waits has its turn. For the fleet's thread.
 */
final class Slots {

  /** Each opening waits for the disk some times, and on a busy computer for a processor. */
  private static final int OPENING_AT_ONCE = 16;

  /** One that takes longer waits for something, and delays no other. */
  private static final long OPENING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** One in so many places is kept free. */
  private static final int SPARE_SHARE = 8;

  /** How long one that is busy keeps its place at least, while others wait. */
  private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** It takes two looks to find an idle one: before that, no busy one is closed for others. */
  private static final long SEARCH_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Between two looks at the files of one that seems idle, or two that its capture is to take. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private int most;
  private final Set<Member> open = new LinkedHashSet<>();
  private final Deque<Member> waiting = new ArrayDeque<>();

  /** Whether some wait and none was found idle, and since when. */
  private boolean searching;

  private long searchedNanos;

  /** When places to keep free are looked for again, while none waits for one. */
  private long nextSpareNanos = System.nanoTime();

  Slots(int most) {
    this.most = most;
  }

  /** Has at most so many open from now on. */
  void most(int members) {
    most = members;
  }

  /** How many may be open. */
  int most() {
    return most;
  }

  Set<Member> open() {
    return open;
  }

  boolean isEmpty() {
    return open.isEmpty() && waiting.isEmpty();
  }

  /** Whether some wait for a place. */
  boolean isPressing() {
    return !waiting.isEmpty();
  }

  /** One that waits is put behind the others. */
  void await(Member member) {
    waiting.add(member);
  }

  /** One does not wait any more, or has ended. */
  void remove(Member member) {
    open.remove(member);
    waiting.remove(member);
  }

  /** Takes all that wait. */
  List<Member> takeWaiting() {
    List<Member> all = new ArrayList<>(waiting);
    waiting.clear();
    return all;
  }

  /** The next to be opened, for which there is a place now; null if none may be. */
  @Nullable Member next(long now) {
    return waiting.isEmpty() || isFull(now) ? null : waiting.peek();
  }

  private boolean isFull(long now) {
    return open.size() >= most || opening(now) >= OPENING_AT_ONCE;
  }

  /** As {@link #next}, but passing over those that were never captured. */
  private @Nullable Member nextCaptured(long now) {
    if (!isFull(now)) {
      for (Member member : waiting) {
        if (member.captured) {
          return member;
        }
      }
    }
    return null;
  }

  /**
   * Opens those that wait, in their order, as long as there are places and descriptors. One that
   * has to wait for descriptors since it was never captured before does not delay the others: they
   * need fewer.
   *
   * @param wanted how many may be open where there are enough descriptors
   * @param endless whether members have to make room for others; else they end by themselves
   * @param opens gets those that have got a place
   * @param refuses gets those for which there are no descriptors, which do not wait any more
   */
  void openWaiting(
      Shortage shortage,
      int wanted,
      boolean endless,
      long now,
      Consumer<Member> opens,
      Consumer<Member> refuses) {
    boolean onlyCaptured = false;
    Member member = next(now);
    while (member != null) {
      switch (room(member, shortage, wanted, endless, now)) {
        case HERE -> {
          take(member);
          opens.accept(member);
        }
        case NONE -> {
          remove(member);
          refuses.accept(member);
        }
        case LATER -> {
          if (member.captured) {
            return;
          }
          onlyCaptured = true;
        }
      }
      member = onlyCaptured ? nextCaptured(now) : next(now);
    }
  }

  /** One that waited gets a place. */
  void take(Member member) {
    waiting.remove(member);
    open.add(member);
  }

  /** Whether there are descriptors for the next, beside those that are open. */
  private Shortage.Room room(
      Member next, Shortage shortage, int wanted, boolean endless, long now) {
    int closable = 0;
    for (Member member : open) {
      boolean parkable = member.state() != MemberState.OPENING && member.stateDirectory() != null;
      closable += parkable || !endless ? 1 : 0;
    }
    int opening = count(MemberState.OPENING);
    return shortage.room(next, opening, open.size(), closable, wanted, endless, now);
  }

  private int opening(long now) {
    int count = 0;
    for (Member member : open) {
      boolean isOpening = member.state() == MemberState.OPENING;
      count += isOpening && now - member.openedNanos < OPENING_NANOS ? 1 : 0;
    }
    return count;
  }

  /** How many of those that are open are in this state. */
  int count(MemberState state) {
    int count = 0;
    for (Member member : open) {
      count += member.state() == state ? 1 : 0;
    }
    return count;
  }

  /**
   * Those that have to make room for others, at this moment. Where there are more members than
   * places, a few are kept free as long as some are idle: who is written to then need not wait
   * until another is closed.
   *
   * @param members how many there are, open or not
   * @param opens whether any is opened now: if not, only what may not be open makes room
   */
  List<Member> victims(long now, int members, boolean opens) {
    if (waiting.isEmpty() && opens && now - nextSpareNanos < 0) {
      searching = false;
      return List.of();
    }
    nextSpareNanos = now + LOOK_NANOS;
    int freeing = count(MemberState.PARKING) + count(MemberState.ENDING);
    int atOnce = Math.min(OPENING_AT_ONCE, Math.max(1, most / 2)); // Half are left in peace.
    int places = opens ? Math.min(Math.max(waiting.size(), spare(members, most)), atOnce) : 0;
    int wanted = places - freeing - (most - open.size());
    searching &= !waiting.isEmpty();
    if (wanted <= 0) {
      return List.of();
    }
    List<Member> candidates = new ArrayList<>();
    for (Member member : open) {
      if (member.state() == MemberState.RUNNING && member.stateDirectory() != null) {
        candidates.add(member);
      }
    }
    candidates.sort(Comparator.comparingLong(member -> member.activeNanos));
    List<Member> chosen = new ArrayList<>();
    int looked = 0;
    for (Member member : candidates) {
      // Those that were active the longest ago are looked at; it takes some microseconds each.
      if (chosen.size() == wanted || looked++ > 4 * wanted + 8) {
        break;
      }
      if (isIdle(member, now, 0)) {
        chosen.add(member);
      }
    }
    if (isTurnDue(chosen.isEmpty() && !waiting.isEmpty(), now)) {
      candidates.stream()
          .filter(member -> now - member.openedNanos > TURN_NANOS)
          .min(Comparator.comparingLong(member -> member.openedNanos))
          .ifPresent(
              member -> {
                member.look = null;
                chosen.add(member);
              });
    }
    return chosen;
  }

  /** Whether a busy one is closed, since some wait and none was found idle for long enough. */
  private boolean isTurnDue(boolean vain, long now) {
    if (vain && !searching) {
      searchedNanos = now;
    }
    searching = vain;
    return vain && now - searchedNanos >= SEARCH_NANOS;
  }

  /** How many places are kept free: none where all fit. */
  static int spare(int members, int most) {
    return members > most ? most / SPARE_SHARE : 0;
  }

  /**
   * Whether nothing of a running member is left to be read, decoded or delivered, and nothing has
   * passed for so long, as of a look at its files that a later write is certain to change. Takes
   * two calls at least: the first makes the look, and the capture has to find nothing behind it.
   */
  static boolean isIdle(Member member, long now, long idleNanos) {
    MemberRun run = member.run();
    if (run == null) {
      return false;
    }
    // Before what has passed: a look that ends in between may have found an older commit, which
    // only what is read afterwards shows. It would be parked with changes to deliver.
    IdleLook before = member.look;
    boolean looked = before != null && run.waits() >= before.waits();
    if (hasPassed(member, run, now) || now - member.activeNanos < idleNanos) {
      return false;
    }
    if (before != null && looked) {
      if (before.stamp().equals(FileStamp.of(member.real()))) {
        return true;
      }
      member.look = null;
    }
    if (now - member.nextLookNanos < 0) {
      return false;
    }
    member.nextLookNanos = now + LOOK_NANOS;
    if (member.look == null) {
      member.look = idleLook(member, run, now);
    }
    if (member.look != null) {
      run.look();
    }
    return false;
  }

  /** Whether anything passed since the last call, or is about to. */
  private static boolean hasPassed(Member member, MemberRun run, long now) {
    long passed = run.passed();
    if (passed == member.passed && !run.isBehind()) {
      return false;
    }
    member.passed = passed;
    member.activeNanos = now;
    member.look = null;
    return true;
  }

  /** A look at its files; null where something may be committed that it would not show. */
  private static @Nullable IdleLook idleLook(Member member, MemberRun run, long now) {
    // In this order: what was committed before the stamp was taken is seen by the looks that the
    // capture takes from now on, unless it is a commit that no reader can see yet.
    FileStamp stamp = FileStamp.of(member.real());
    return stamp.isSettled(TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()))
            && !Attachment.mayCommitUnwritten(member.real())
        ? new IdleLook(stamp, run.waitsAfterLook(), now)
        : null;
  }
}
