// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
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

  private final List<String> warnings = new ArrayList<>();
  private final Shortage shortage =
      new Shortage(
          new FleetListener() {
            @Override
            public void warning(FleetMember member, String message) {
              warnings.add(message);
            }
          });
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
    seconds(30);
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
  void isSeenFromWhatTheSystemSays() {
    assertThat(shortage.isCauseOf(noneLeft, true, now)).isTrue();
    assertThat(shortage.isCauseOf(new IllegalStateException("is no database"), true, now))
        .isFalse();
  }

  /** What is to end by itself does, and says why. */
  @Test
  void isWaitedForInVainOnlySoLongWhereNothingElseIsDone() {
    for (int i = 0; i < 7; i++) {
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
