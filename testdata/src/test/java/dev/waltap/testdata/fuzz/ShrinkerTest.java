// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.testdata.Captures;
import dev.waltap.testdata.oracle.OracleHarness.CaptureFactory;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A capture with a fault built in is found to have it, by very few statements. */
@Tag("slow")
class ShrinkerTest {
  private static final FuzzCase FUZZED =
      FuzzCase.of(1, 30, 6).withFeatures(EnumSet.complementOf(EnumSet.of(Feature.MANY_COLUMNS)));
  private static final Pattern SHRUNK =
      Pattern.compile("shrunk from (\\d+) to (\\d+) statements in .* --only (\\S+)\n");

  @Test
  void shrinksAFailureToFewStatementsThatFailAgain() throws Exception {
    Matcher shrunk = shrunk();
    assertThat(Integer.parseInt(shrunk.group(1))).isGreaterThan(10);
    assertThat(Integer.parseInt(shrunk.group(2))).isBetween(1, 3);
    Selection only = Selection.parse(shrunk.group(3));
    assertThatThrownBy(() -> new Fuzzer(FUZZED, wrongIn("")).replay(only))
        .hasMessageContaining("a null is wrong")
        .hasMessageContaining("CREATE TABLE")
        .hasMessageContaining("INSERT");
    assertThat(new Fuzzer(FUZZED).replay(only)).anyMatch(line -> line.startsWith("CREATE TABLE"));
  }

  @Test
  void findsTheSameEachTime() {
    assertThat(shrunk().group(3)).isEqualTo(shrunk().group(3));
  }

  private static Matcher shrunk() {
    Fuzzer fuzzer = new Fuzzer(FUZZED, wrongIn("")).shrinkingFor(Duration.ofMinutes(5));
    Matcher shrunk = SHRUNK.matcher(failure(fuzzer));
    assertThat(shrunk.find()).isTrue();
    return shrunk;
  }

  /** Of what hangs on time, or fails in another way each time, the whole seed is named. */
  @ParameterizedTest
  @ValueSource(strings = {"never again", "otherwise from now on"})
  void saysSoWhereAFailureDoesNotComeAgain(String later) {
    assertThat(failure(new Fuzzer(FUZZED, wrongIn(later))))
        .contains("not shrunk: in 3 runs its statements did not fail in the same way again")
        .contains("FuzzMain --seed 1 --transactions 30 --burst 6 --capture waltap")
        .doesNotContain("--only");
  }

  @Test
  void endsWhenItsTimeIsUp() {
    assertThat(failure(new Fuzzer(FUZZED, wrongIn("")).shrinkingFor(Duration.ofNanos(1))))
        .contains("not shrunk")
        .contains("FuzzMain --seed 1 ");
  }

  private static String failure(Fuzzer fuzzer) {
    return String.valueOf(catchThrowableOfType(AssertionError.class, fuzzer::run).getMessage());
  }

  /**
   * A capture that takes a null in a new row for wrong.
   *
   * @param later what becomes of the fault once it has been seen
   */
  private static CaptureFactory wrongIn(String later) {
    AtomicBoolean seen = new AtomicBoolean();
    return (database, handler, listener) ->
        Captures.waltap()
            .open(
                database,
                batch -> {
                  if (batch.stream().anyMatch(ShrinkerTest::hasNull)) {
                    fail(seen.getAndSet(true) ? later : "");
                  }
                  handler.handleChanges(batch);
                },
                listener);
  }

  private static void fail(String later) {
    switch (later) {
      case "" -> throw new AssertionError("a null is wrong");
      case "otherwise from now on" -> throw new IllegalStateException("another fault");
      default -> {}
    }
  }

  private static boolean hasNull(Change change) {
    return change.operation() == Operation.INSERT
        && change.after() != null
        && change.after().toMap().containsValue(null);
  }
}
