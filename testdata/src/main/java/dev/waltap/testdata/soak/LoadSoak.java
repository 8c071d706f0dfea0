// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The same writers alone and captured, in turn, on a new database each time: what capture costs
 * them. Which comes first changes from round to round, so that a drift of the machine cancels out.
 */
final class LoadSoak implements Soak {
  private record Part(double rate, long wal, CaptureFigures figures) {}

  private static final CaptureFigures NOT_CAPTURED = new CaptureFigures("equal");

  private final SoakOptions options;

  LoadSoak(SoakOptions options) {
    this.options = options;
  }

  @Override
  public boolean run() throws Exception {
    List<Part> alone = new ArrayList<>();
    List<Part> captured = new ArrayList<>();
    List<Double> slowdowns = new ArrayList<>();
    for (int round = 0; round < options.rounds(); round++) {
      boolean capturedFirst = round % 2 == 1;
      for (int half = 0; half < 2; half++) {
        boolean capture = capturedFirst == (half == 0);
        Part part = part(capture);
        (capture ? captured : alone).add(part);
        Soak.print(
            "load, round %d, %s: %.0f commits/s, WAL %.1f MB%s",
            round + 1,
            capture ? "captured" : "alone",
            part.rate(),
            part.wal() / 1e6,
            capture ? "; " + part.figures() : "");
      }
      slowdowns.add(100 * (1 - captured.get(round).rate() / alone.get(round).rate()));
    }
    return summary(alone, captured, slowdowns);
  }

  private Part part(boolean captured) throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection keeper = database.open()) {
      TestDatabase.number(keeper, "SELECT count(*) FROM sqlite_schema");
      try (CaptureProcess capture =
              captured ? CaptureProcess.start(database.path(), options.guard()) : null;
          Writers writers = Writers.start(database, options, options.seconds())) {
        long wal = writers.largestWal();
        double rate = writers.rate();
        return new Part(
            rate, wal, capture == null ? NOT_CAPTURED : Writers.finish(database, capture, 1));
      }
    }
  }

  private boolean summary(List<Part> alone, List<Part> captured, List<Double> slowdowns) {
    long equal = captured.stream().filter(part -> part.figures().isEqual()).count();
    Soak.print(
        "load: replica equal %d of %d; slowdown %.1f %% (%.1f to %.1f, medians of %d rounds: %.0f"
            + " commits/s alone, %.0f captured); overruns %d in %d generations, reconciles %d in %d ms;"
            + " largest WAL %.1f MB alone, %.1f MB captured; options %s",
        equal,
        captured.size(),
        median(slowdowns),
        Collections.min(slowdowns),
        Collections.max(slowdowns),
        slowdowns.size(),
        median(alone.stream().map(Part::rate).toList()),
        median(captured.stream().map(Part::rate).toList()),
        sum(captured, "overruns"),
        sum(captured, "generations"),
        sum(captured, "reconciles"),
        sum(captured, "reconcileMillis"),
        largest(alone) / 1e6,
        largest(captured) / 1e6,
        options);
    return equal == captured.size();
  }

  private static long largest(List<Part> parts) {
    return parts.stream().mapToLong(Part::wal).max().orElse(0);
  }

  private static long sum(List<Part> parts, String figure) {
    return parts.stream().mapToLong(part -> part.figures().number(figure)).sum();
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
