// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.fuzz.Selection.Place;
import dev.waltap.testdata.oracle.OracleHarness.CaptureFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failure small: does fewer and fewer of its statements again as long as they fail in the
 * same way, which is the same exception from the same place. Transactions go first, then single
 * statements. Ends when nothing more can go or its time is up, and then as soon as the run that is
 * on its way has ended, which waits for a marker {@link #LIMIT} at most.
 */
final class Shrinker {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 3;
  private static final int FRAMES = 3;

  private final FuzzCase fuzzed;
  private final CaptureFactory factory;
  private final Duration most;
  private long deadline;
  private int runs;

  Shrinker(FuzzCase fuzzed, CaptureFactory factory, Duration most) {
    this.fuzzed = fuzzed;
    this.factory = factory;
    this.most = most;
  }

  /**
   * Shrinks a failure.
   *
   * @param steps how many had been begun when it was seen
   * @return what to say of it: the command that does again what is left, and its SQL
   */
  String shrink(Throwable failure, int steps) throws InterruptedException {
    long start = System.nanoTime();
    deadline = start + most.toNanos();
    String whole = "\nrun all of it again: " + fuzzed.command();
    if (most.isZero()) {
      return whole;
    }
    Script script;
    try {
      script = Script.of(fuzzed, steps);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return whole + "\nnot shrunk: it fails without a capture, too: " + e;
    }
    String kind = kind(failure);
    if (!failsAgain(script, kind)) {
      return whole
          + String.format(
              Locale.ROOT,
              "\nnot shrunk: in %d runs its statements did not fail in the same way again",
              runs);
    }
    List<Place> left = reduce(script, kind);
    boolean late = isLate();
    Selection selection = script.selection(left);
    Replay.Outcome last = replay(script, selection, CheckedRun.never());
    return whole
        + String.format(
            Locale.ROOT,
            "\nshrunk from %d to %d statements in %d runs, %d s%s; run these again: %s --only %s",
            script.places().size(),
            left.size(),
            runs,
            Duration.ofNanos(System.nanoTime() - start).toSeconds(),
            late ? ", when time was up" : "",
            fuzzed.command(),
            selection)
        + (kind.equals(kind(last.failure())) ? "" : "\nthey do not fail each time")
        + "\n  "
        + String.join("\n  ", last.log());
  }

  private boolean failsAgain(Script script, String kind) throws InterruptedException {
    for (int i = 0; i < ATTEMPTS && !isLate(); i++) {
      if (fails(script, script.places(), kind)) {
        return true;
      }
    }
    return false;
  }

  private List<Place> reduce(Script script, String kind) throws InterruptedException {
    // Without its tables, nothing of a transaction makes sense: they go one by one, at last.
    List<Place> tables = script.places().stream().filter(place -> place.step() == 0).toList();
    Map<Integer, List<Place>> steps =
        script.places().stream()
            .filter(place -> place.step() > 0)
            .collect(Collectors.groupingBy(Place::step, TreeMap::new, Collectors.toList()));
    List<List<Place>> kept =
        Reducer.reduce(
            List.copyOf(steps.values()),
            some -> fails(script, joined(tables, some), kind),
            this::isLate);
    return Reducer.reduce(joined(tables, kept), some -> fails(script, some, kind), this::isLate);
  }

  private static List<Place> joined(List<Place> tables, List<List<Place>> steps) {
    List<Place> all = new ArrayList<>(tables);
    steps.forEach(all::addAll);
    return all;
  }

  private boolean fails(Script script, List<Place> places, String kind)
      throws InterruptedException {
    return kind.equals(kind(replay(script, script.selection(places), deadline).failure()));
  }

  private Replay.Outcome replay(Script script, Selection selection, long until)
      throws InterruptedException {
    runs++;
    return Replay.run(script, selection, new CheckedRun(factory, fuzzed.captured(), LIMIT, until));
  }

  /** Where a failure comes from; that of none is empty. */
  private static String kind(@Nullable Throwable failure) {
    if (failure == null) {
      return "";
    }
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return Arrays.stream(cause.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith("dev.waltap."))
        .limit(FRAMES)
        .map(StackTraceElement::toString)
        .collect(Collectors.joining("\n", cause.getClass().getName() + "\n", ""));
  }

  private boolean isLate() {
    return System.nanoTime() - deadline > 0;
  }
}
