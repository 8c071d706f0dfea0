// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.MemberState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Thousands of parked databases are looked at, but not all at once. */
class ParkedRoundTest {
  private static final long NANOS = 1000;

  private final List<Member> looked = new ArrayList<>();
  private final MemberSet members = new MemberSet();
  private final ParkedRound round =
      new ParkedRound(member -> !member.name().startsWith("no"), looked::add);
  private final long begin = System.nanoTime() + NANOS;

  private void go(long after) {
    round.go(begin + after, NANOS, members);
  }

  private Member parked(String name) {
    Path file = Path.of("/none").resolve(name);
    DatabaseSource source = DatabaseSource.file(file);
    Member member = members.add(new FoundDatabase(file, file, source, null), false, 0);
    member.move(MemberState.PARKED);
    return member;
  }

  @Test
  void eachIsLookedAtOnceInARoundAndAllOfThemEvenly() {
    for (int i = 0; i < 10; i++) {
      parked(i + ".db");
    }
    go(0);
    assertThat(looked).hasSize(1);
    go(50);
    assertThat(looked).hasSize(1);
    go(500);
    assertThat(looked).hasSize(6);
    go(999);
    assertThat(looked).hasSize(10).doesNotHaveDuplicates();
    go(1000);
    assertThat(looked).as("the next round").hasSize(11);
    go(7000);
    assertThat(looked).as("held up, and late").hasSizeGreaterThanOrEqualTo(20);
  }

  @Test
  void thoseThatAreOpenOrUnwantedAreNotLookedAt() {
    Member open = parked("a.db");
    open.move(MemberState.WAITING);
    parked("no.db");
    go(0);
    go(999);
    assertThat(looked).isEmpty();
  }
}
