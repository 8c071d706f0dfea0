// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.fleet.Shortage.Room;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShortageTest {
  private final Throwable noneLeft =
      new IllegalStateException(
          "no state", new FileSystemException("a", null, "Too many open files"));

  private int left = 1000;
  private final List<String> warnings = new ArrayList<>();
  private final Shortage shortage =
      new Shortage(
          new FleetListener() {
            @Override
            public void warning(FleetMember member, String message) {
              warnings.add(message);
            }
          },
          new Descriptors(() -> left));
  private final Member member =
      new Member(
          FoundDatabase.of(Path.of("a.db"), DatabaseSource.file(Path.of("a.db")), null),
          "a.db",
          false,
          0);
  private long now = System.nanoTime();

  private void seconds(long seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void nothingIsSaidOrHeldBackWithoutOne() {
    assertThat(shortage.permitsOpening(now)).isTrue();
    assertThat(shortage.most(200, now)).isEqualTo(200);
    assertThat(warnings).isEmpty();
  }

  @Test
  void severalThatFailAtOnceAreOneShortageOfWhichIsSaidOnce() {
    for (int i = 0; i < 16; i++) {
      shortage.noted(member, 40, 200, now);
    }
    assertThat(shortage.permitsOpening(now)).isFalse();
    assertThat(shortage.most(200, now)).isEqualTo(34);
    seconds(1);
    assertThat(shortage.permitsOpening(now)).isTrue();
    shortage.noted(member, 34, 200, now);
    assertThat(shortage.most(200, now)).isEqualTo(29);
    assertThat(warnings).hasSize(1).allMatch(text -> text.contains("200 databases at a time"));
  }

  @Test
  void pausesGetLongerUntilOneIsOpened() {
    for (int i = 0; i < 10; i++) {
      shortage.noted(member, 0, 200, now);
      assertThat(shortage.permitsOpening(now + TimeUnit.MILLISECONDS.toNanos(499))).isFalse();
      seconds(40);
      assertThat(shortage.permitsOpening(now)).isTrue();
    }
    shortage.noted(member, 0, 200, now);
    seconds(3);
    assertThat(shortage.permitsOpening(now)).isFalse();
    shortage.opened();
    seconds(10);
    shortage.noted(member, 0, 200, now);
    seconds(1);
    assertThat(shortage.permitsOpening(now)).isTrue();
    assertThat(shortage.most(200, now)).isEqualTo(1);
  }

  @Test
  void descriptorsThatAreGivenBackAreUsedAgain() {
    shortage.noted(member, 40, 36, now);
    assertThat(shortage.most(36, now)).isEqualTo(34);
    seconds(61);
    assertThat(shortage.most(36, now)).isEqualTo(35);
    assertThat(shortage.most(36, now)).isEqualTo(35);
    seconds(61);
    assertThat(shortage.most(36, now)).isEqualTo(36);
    seconds(61);
    assertThat(shortage.most(36, now)).isEqualTo(36);
    assertThat(shortage.most(10, now)).isEqualTo(10);
  }

  @Test
  void isSeenFromWhatTheSystemSaysOfThisProcess() {
    assertThat(shortage.isCauseOf(noneLeft, true, now)).isTrue();
    for (Throwable other :
        List.of(
            new IllegalStateException("is no database"),
            new IllegalStateException("Too many open files"),
            new FileSystemException("a", null, "Too many open files in system"),
            new CaptureException(Reason.HANDLER, "HTTP 500: Too many open files", noneLeft))) {
      assertThat(shortage.isCauseOf(other, true, now)).as(other.toString()).isFalse();
    }
  }

  @Test
  void oneThatComesAgainIsSaidAgain() {
    shortage.noted(member, 3, 3, now);
    assertThat(shortage.most(3, now)).isEqualTo(2);
    seconds(1);
    shortage.noted(member, 3, 3, now);
    assertThat(warnings).hasSize(1);
    seconds(61);
    assertThat(shortage.most(3, now)).isEqualTo(3);
    shortage.noted(member, 3, 3, now);
    assertThat(warnings).hasSize(2);
  }

  private Room room(int opening, int open, int closable) {
    return shortage.room(member, opening, open, closable, 200, true, now);
  }

  /** Each database that was opened keeps descriptors, and what was captured before needs some. */
  @Test
  void noMoreAreBegunWithThanLeaveEnoughForThoseThatWereCaptured() {
    left = 72;
    assertThat(room(0, 0, 0)).isEqualTo(Room.HERE);
    left = 71;
    seconds(1);
    assertThat(room(0, 0, 0)).isEqualTo(Room.NONE);
    assertThat(shortage.most(200, now)).as("none has to make room for it").isEqualTo(200);
    member.captured = true;
    assertThat(room(0, 0, 0)).isEqualTo(Room.HERE);
    assertThat(warnings).isEmpty();
  }

  @Test
  void whereOthersCanBeClosedTheyMakeRoom() {
    left = 20;
    assertThat(room(0, 5, 5)).isEqualTo(Room.LATER);
    assertThat(shortage.most(200, now)).isEqualTo(5);
    assertThat(warnings).hasSize(1);
    left = 40;
    seconds(1);
    assertThat(room(0, 4, 4)).isEqualTo(Room.HERE);
  }

  @Test
  void whatIsBeingOpenedIsCounted() {
    left = 100;
    assertThat(room(0, 0, 0)).isEqualTo(Room.HERE);
    assertThat(room(1, 1, 0)).isEqualTo(Room.HERE);
    assertThat(room(2, 2, 0)).as("known soon").isEqualTo(Room.LATER);
    assertThat(shortage.most(200, now)).isEqualTo(200);
    seconds(1);
    assertThat(room(2, 2, 0)).isEqualTo(Room.LATER);
    assertThat(room(0, 2, 0)).isEqualTo(Room.LATER);
    seconds(1);
    assertThat(room(0, 2, 0)).isEqualTo(Room.HERE);
  }

  /** One may hang in its handler. */
  @Test
  void itIsNotWaitedForeverForWhatDoesNotEnd() {
    left = 20;
    assertThat(room(0, 5, 5)).isEqualTo(Room.LATER);
    seconds(4);
    assertThat(room(0, 5, 5)).isEqualTo(Room.LATER);
    seconds(2);
    assertThat(room(0, 5, 5)).isEqualTo(Room.NONE);
  }

  /**
   * Those that were captured before are opened all the while, which is no sign that more can be.
   */
  @Test
  void thoseThatWereCapturedDoNotProlongTheWaitOfOthers() {
    Member known = new Member(member.found(), "known.db", false, 0);
    known.captured = true;
    left = 30;
    shortage.noted(member, 20, 30, now);
    for (int i = 0; i < 3; i++) {
      left = 22;
      assertThat(room(0, 5, 3)).isEqualTo(Room.LATER);
      left = 30;
      seconds(1);
      assertThat(shortage.room(known, 0, 5, 3, 200, true, now)).isEqualTo(Room.HERE);
      seconds(1);
    }
    left = 22;
    assertThat(room(0, 5, 3)).isEqualTo(Room.NONE);
  }

  @Test
  void whoComesLongAfterWaitsAsWell() {
    itIsNotWaitedForeverForWhatDoesNotEnd();
    seconds(60);
    assertThat(room(0, 5, 5)).isEqualTo(Room.LATER);
  }

  /** What is to end by itself does, and says why. */
  @Test
  void isWaitedForInVainOnlySoLongWhereNothingElseIsDone() {
    for (int i = 0; i < 11; i++) {
      assertThat(shortage.isCauseOf(noneLeft, false, now)).isTrue();
      shortage.noted(member, 0, 200, now);
      seconds(40);
    }
    assertThat(shortage.isCauseOf(noneLeft, false, now)).isFalse();
    assertThat(shortage.isCauseOf(noneLeft, true, now)).isTrue();
    shortage.opened();
    assertThat(shortage.isCauseOf(noneLeft, false, now)).isTrue();
  }
}
