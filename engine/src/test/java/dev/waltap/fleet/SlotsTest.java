// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberOutput;
import dev.waltap.api.MemberState;
import dev.waltap.api.WakeSignal;
import dev.waltap.fleet.Member.IdleLook;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlotsTest {
  private static final FleetThreads THREADS = new FleetThreads();
  static final FleetOptions OPTIONS = options(List.of(), new FleetListener() {});

  @TempDir private Path directory = Path.of("");
  private final Slots slots = new Slots(2);
  private final Slots wide = new Slots(200);
  private long now = System.nanoTime();

  /** Of a fleet that never has a capture. */
  static FleetOptions options(List<DatabaseSource> sources, FleetListener listener) {
    return new FleetOptions(
        sources,
        null,
        false,
        2,
        Duration.ofSeconds(10),
        false,
        member -> {
          throw new UnsupportedOperationException();
        },
        failure -> false,
        file -> false,
        new NoCaptures(),
        listener);
  }

  private static final class NoCaptures implements CaptureFactory {
    @Override
    public Opened open(
        FleetMember member,
        MemberOutput output,
        UnaryOperator<WakeSignal> signals,
        CaptureListener listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable String selection(FleetMember member) {
      return null;
    }
  }

  /** What a capture would say of itself. */
  private static class Run extends MemberRun {
    long passed;
    final long each;

    /** With so many changes between two looks at it. */
    Run(Member member, long each) {
      super(member, CaptureMode.CDC, OPTIONS, THREADS, new NoEvents());
      this.each = each;
    }

    @Override
    long passed() {
      passed += each;
      return passed;
    }

    @Override
    boolean isBehind() {
      return false;
    }

    @Override
    long waits() {
      return 1;
    }
  }

  private static final class NoEvents implements MemberRun.Events {
    @Override
    public void ready() {}

    @Override
    public void ended(@Nullable Throwable failure) {}
  }

  private Member member(String name) {
    Path file = directory.resolve(name);
    return new Member(FoundDatabase.of(file, DatabaseSource.file(file), null), name, false, now);
  }

  /** One that has been open for so long. */
  private Member running(String name, long seconds, long each) {
    Member member = member(name);
    slots.await(member);
    assertThat(slots.next(now)).isSameAs(member);
    slots.take(member);
    member.stateDirectory(directory.resolve("states"));
    member.opens(now - TimeUnit.SECONDS.toNanos(seconds));
    member.run(new Run(member, each));
    member.move(MemberState.OPENING);
    member.move(MemberState.RUNNING);
    return member;
  }

  private void millis(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void lookedAt(Member member) {
    member.look = new IdleLook(FileStamp.of(member.real()), 1, now);
  }

  @Test
  void noPlaceIsKeptFreeWhereAllFit() {
    assertThat(Slots.spare(8, 8)).isZero();
    assertThat(Slots.spare(9, 8)).isEqualTo(1);
    assertThat(Slots.spare(1000, 200)).isEqualTo(25);
  }

  @Test
  void aBusyOneIsNotClosedBeforeAnotherCouldBeFoundIdle() {
    Member busy = running("busy.db", 9, 1);
    Member idle = running("idle.db", 3, 0);
    slots.await(member("waits.db"));
    assertThat(slots.victims(now, 3, true)).as("none was looked at yet").isEmpty();
    lookedAt(idle);
    millis(10);
    assertThat(slots.victims(now, 3, true)).containsExactly(idle).doesNotContain(busy);
  }

  @Test
  void whereAllAreBusyTheOneThatIsOpenTheLongestMakesRoom() {
    Member older = running("older.db", 9, 1);
    running("newer.db", 3, 1);
    slots.await(member("waits.db"));
    assertThat(slots.victims(now, 3, true)).isEmpty();
    millis(150);
    assertThat(slots.victims(now, 3, true)).isEmpty();
    millis(60);
    assertThat(slots.victims(now, 3, true)).containsExactly(older);
  }

  /** What is closed for others while these must not be opened is closed for nothing. */
  @Test
  void noneMakesRoomForWhatIsNotOpenedNow() {
    Member idle = running("idle.db", 9, 0);
    running("busy.db", 3, 1);
    slots.await(member("waits.db"));
    lookedAt(idle);
    assertThat(slots.victims(now, 3, false)).isEmpty();
    slots.most(1);
    assertThat(slots.victims(now, 3, false)).as("one too many").containsExactly(idle);
  }

  /** The look that is waited for may end while it is asked whether it has. */
  @Test
  void whatTheLastLookFoundIsSeenBeforeItCountsAsIdle() {
    Member member = running("a.db", 9, 0);
    member.run(
        new Run(member, 0) {
          @Override
          long waits() {
            passed = 1;
            return 1;
          }
        });
    lookedAt(member);
    assertThat(Slots.isIdle(member, now, 0)).isFalse();
    lookedAt(member);
    assertThat(Slots.isIdle(member, now, 0)).as("what it found was seen").isTrue();
  }

  /** It waits for others to be opened, one of which may hang; what is behind it needs less. */
  @Test
  void oneThatWaitsForDescriptorsDelaysNoneThatWasCapturedBefore() {
    int[] left = {100};
    Shortage shortage = new Shortage(new FleetListener() {}, new Descriptors(() -> left[0]));
    List<Member> opened = new ArrayList<>();
    List<Member> refused = new ArrayList<>();
    Runnable work =
        () ->
            wide.openWaiting(
                shortage,
                200,
                true,
                now,
                member -> {
                  member.opens(now);
                  member.move(MemberState.OPENING);
                  opened.add(member);
                },
                refused::add);
    Member first = member("first.db");
    Member second = member("second.db");
    wide.await(first);
    wide.await(second);
    work.run();
    assertThat(opened).containsExactly(first, second);
    Member newcomer = member("newcomer.db");
    Member other = member("other.db");
    Member known = member("known.db");
    known.captured = true;
    wide.await(newcomer);
    wide.await(other);
    wide.await(known);
    millis(10);
    work.run();
    assertThat(opened).containsExactly(first, second, known);
    assertThat(refused).isEmpty();
    left[0] = 130;
    millis(600);
    wide.remove(first);
    wide.remove(second);
    wide.remove(known);
    work.run();
    assertThat(opened).as("in their order").endsWith(newcomer, other);
  }
}
