// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.wal.CommitCounter.Verdict;
import org.junit.jupiter.api.Test;

class CommitCounterTest {

  private final CommitCounter counter = new CommitCounter();

  private Verdict judge(int changeCounter, int commits, int repeats) {
    return counter.judge(changeCounter, commits, repeats);
  }

  @Test
  void countsAcrossTheWrap() {
    counter.reset(-2);
    counter.add(false);
    counter.add(false);
    counter.add(false);
    assertThat(counter.changeCounter()).isEqualTo(1);
    assertThat(judge(1, 0, 0)).isEqualTo(Verdict.COMPLETE);
    assertThat(judge(3, 2, 0)).isEqualTo(Verdict.COMPLETE);
    assertThat(judge(4, 2, 0)).isEqualTo(Verdict.MISSING);
    assertThat(judge(2, 2, 0)).isEqualTo(Verdict.AMBIGUOUS);
  }

  @Test
  void repeatsMayHideAsManyMissedCommits() {
    counter.reset(10);
    counter.add(false);
    counter.add(true);
    assertThat(judge(11, 0, 0)).isEqualTo(Verdict.COMPLETE);
    assertThat(judge(12, 0, 0)).isEqualTo(Verdict.AMBIGUOUS);
    assertThat(judge(13, 0, 0)).isEqualTo(Verdict.MISSING);
    assertThat(judge(13, 2, 1)).isEqualTo(Verdict.AMBIGUOUS);
    assertThat(judge(14, 3, 0)).isEqualTo(Verdict.COMPLETE);
  }

  @Test
  void aCounterSetBackExplainsNothing() {
    counter.reset(500);
    counter.add(false);
    assertThat(judge(7, 2, 0)).isEqualTo(Verdict.AMBIGUOUS);
    counter.reset(7);
    assertThat(judge(9, 2, 0)).isEqualTo(Verdict.COMPLETE);
  }
}
