// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.SqlCapture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fuzzer accepts a capture that is right, and finds the faults of one that is not. */
@Tag("slow")
class FuzzerTest {
  private static final Set<Feature> FEATURES =
      EnumSet.complementOf(EnumSet.of(Feature.MANY_COLUMNS));

  private static FuzzCase bySql(long seed, int burst) {
    return FuzzCase.of(seed, 60, burst).withFeatures(FEATURES).withCapture("sql");
  }

  private static FuzzCase withoutGaps(long seed) {
    return FuzzCase.of(seed, 300, 20).withFeatures(FEATURES).withCapture("without-gaps");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void acceptsACaptureThatIsRight(long seed) throws Exception {
    assertThat(new Fuzzer(bySql(seed, 1)).run().changes()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void acceptsBursts(long seed) throws Exception {
    assertThat(new Fuzzer(bySql(seed, 6)).run().changes()).isPositive();
  }

  /** A capture that loses changes of one operation, but keeps transactions and markers whole. */
  @ParameterizedTest
  @EnumSource(names = {"INSERT", "UPDATE", "DELETE", "SCHEMA"})
  void findsLostChanges(Operation lost) {
    UnaryOperator<List<Change>> fault =
        changes -> {
          List<Change> emitted = new ArrayList<>(changes);
          if (changes.stream().noneMatch(c -> c.operation() == Operation.BOOTSTRAP)) {
            emitted.removeIf(
                c ->
                    c.operation() == lost
                        && !c.transaction().last()
                        && !c.table().equals(Markers.TABLE));
          }
          return emitted;
        };
    assertThatThrownBy(
            () -> {
              for (long seed = 1; seed < 10; seed++) {
                new Fuzzer(
                        bySql(seed, 1),
                        (database, handler, listener) ->
                            new SqlCapture(database, handler, listener, fault))
                    .shrinkingFor(Duration.ofSeconds(5))
                    .run();
              }
            })
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed ")
        .message()
        .doesNotContain("in vain");
  }

  /** Tables rotated, swapped and made again in one transaction: none of it is a gap. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void followsChangesOfTheSchemaWithoutAGap(long seed) throws Exception {
    assertThat(new Fuzzer(withoutGaps(seed)).run().changes()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void followsChangesOfTheSchemaUnderAFilterWithoutAGap(long seed) throws Exception {
    assertThat(new Fuzzer(withoutGaps(seed).withTables("t")).run().changes()).isPositive();
  }
}
