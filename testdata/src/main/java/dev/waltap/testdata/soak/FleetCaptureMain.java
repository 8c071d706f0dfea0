// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Change;
import dev.waltap.api.Fleet;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberState;
import dev.waltap.api.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Captures a directory whose rows say when they were written, and prints how late they came when it
 * is stopped: {@code FleetCaptureMain DIRECTORY STATES MAX_OPEN}.
 */
public final class FleetCaptureMain {
  private FleetCaptureMain() {}

  /** Runs it. */
  public static void main(String[] args) {
    List<Long> latencies = new ArrayList<>();
    AtomicLong opened = new AtomicLong();
    AtomicLong caughtUp = new AtomicLong();
    Fleet fleet =
        Waltap.fleet()
            .directory(Path.of(args[0]), "*.db", false)
            .stateRoot(Path.of(args[1]))
            .maxOpen(Integer.parseInt(args[2]))
            .handler(batch -> note(batch, System.nanoTime(), latencies))
            .listener(
                new FleetListener() {
                  @Override
                  public void ready() {
                    System.err.println("waltap: ready");
                    opened.set(0);
                  }

                  @Override
                  public void moved(FleetMember member, MemberState from, MemberState to) {
                    if (from == MemberState.OPENING) {
                      (to == MemberState.PARKING ? caughtUp : opened).incrementAndGet();
                    }
                  }
                })
            .build();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  end(fleet, latencies);
                  Soak.print("opened %d times, caught up %d times", opened.get(), caughtUp.get());
                }));
    fleet.run(CaptureMode.CDC);
  }

  private static void end(Fleet fleet, List<Long> latencies) {
    fleet.close();
    synchronized (latencies) {
      latencies.sort(null);
      Soak.print(
          "%d changes, latency p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, max %.1f ms",
          latencies.size(),
          at(latencies, 0.5),
          at(latencies, 0.9),
          at(latencies, 0.99),
          at(latencies, 1));
    }
  }

  private static double at(List<Long> sorted, double share) {
    return sorted.isEmpty()
        ? 0
        : sorted.get((int) Math.min(sorted.size() - 1L, (long) (sorted.size() * share))) / 1e6;
  }

  private static void note(List<Change> batch, long now, List<Long> latencies) {
    synchronized (latencies) {
      for (Change change : batch) {
        Row after = change.after();
        if (change.table().equals("times") && after != null) {
          long at = after.getLong("at");
          if (at != FleetFigures.UNTIMED) {
            latencies.add(now - at);
          }
        }
      }
    }
  }
}
