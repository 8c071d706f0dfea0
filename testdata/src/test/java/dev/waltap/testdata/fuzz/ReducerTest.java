// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReducerTest {
  private static final List<Integer> THOUSAND = IntStream.range(0, 1000).boxed().toList();

  @Test
  void leavesOnlyWhatIsNeededToFail() throws Exception {
    AtomicInteger checks = new AtomicInteger();
    List<Integer> left =
        Reducer.reduce(
            THOUSAND,
            some -> {
              checks.incrementAndGet();
              return some.containsAll(List.of(3, 500, 998));
            },
            () -> false);
    assertThat(left).containsExactly(3, 500, 998);
    assertThat(checks).hasValueLessThan(100);
  }

  /** What could not go with one item may go once another has gone. */
  @Test
  void triesAgainWhatCouldNotGoBefore() throws Exception {
    List<Integer> ten = THOUSAND.subList(0, 10);
    Reducer.Check<Integer> lastOnly =
        some -> !some.isEmpty() && some.equals(ten.subList(0, some.size()));
    assertThat(Reducer.reduce(ten, lastOnly, () -> false)).containsExactly(0);
  }

  @Test
  void triesSingleItemsWherePairsCannotGo() throws Exception {
    Reducer.Check<Integer> odd = some -> some.containsAll(List.of(1, 3, 5));
    assertThat(Reducer.reduce(List.of(0, 1, 2, 3, 4, 5), odd, () -> false))
        .containsExactly(1, 3, 5);
  }

  @Test
  void leavesNothingWhereNothingIsNeeded() throws Exception {
    assertThat(Reducer.reduce(THOUSAND, some -> true, () -> false)).isEmpty();
    assertThat(Reducer.reduce(List.<Integer>of(), some -> true, () -> false)).isEmpty();
  }

  @Test
  void endsWhenTimeIsUpWithTheLastThatFailed() throws Exception {
    List<List<Integer>> failed = new ArrayList<>();
    List<Integer> left =
        Reducer.reduce(
            THOUSAND, some -> some.contains(7) && failed.add(some), () -> failed.size() > 2);
    assertThat(failed).hasSize(3);
    assertThat(left).isEqualTo(failed.get(2)).hasSizeGreaterThan(1);
  }
}
