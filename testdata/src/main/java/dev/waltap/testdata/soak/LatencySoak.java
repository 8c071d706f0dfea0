// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.TestDatabase;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * How long a commit takes to the handler at a steady rate, within this process: by {@link
 * System#nanoTime}, both from before the statement and from the commit's return. Two thread
 * wake-ups lie on that way, capture and handler; the control measures one alone, of a thread that
 * does nothing else, to show what the machine itself takes.
 */
final class LatencySoak implements Soak {
  private static final int WARM_UP_SECONDS = 10;
  private static final double USUAL_RATE = 1000;

  private final SoakOptions options;

  LatencySoak(SoakOptions options) {
    this.options = options;
  }

  @Override
  public boolean run() throws Exception {
    double rate = options.rate() > 0 ? options.rate() : USUAL_RATE;
    int count = (int) (rate * options.seconds());
    Soak.print("latency, control, one thread woken by another: %s", text(control(rate)));
    Histogram fromBegin = new Histogram(3);
    Histogram fromEnd = new Histogram(3);
    long overruns;
    long collecting;
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        TimedCapture capture = new TimedCapture(connection, database.path(), count)) {
      capture.insert((int) (-rate * WARM_UP_SECONDS), 0, rate);
      long before = collectionMillis();
      capture.insert(1, count, rate);
      capture.await(count);
      collecting = collectionMillis() - before;
      for (int i = 1; i <= count; i++) {
        TimedCapture.Times times = capture.await(i);
        fromBegin.recordValue(Math.max(0, times.arrived() - times.begun()));
        fromEnd.recordValue(Math.max(0, times.arrived() - times.committed()));
      }
      overruns = capture.overruns();
    }
    Soak.print("latency, statement begun to handler: %s", text(fromBegin));
    Soak.print(
        "latency: %.0f commits/s for %.0f s, System.nanoTime of one process, commit returned to"
            + " handler: %s; overruns %d, garbage collected for %d ms",
        rate, options.seconds(), text(fromEnd), overruns, collecting);
    return fromEnd.getValueAtPercentile(50) <= 100_000
        && fromEnd.getValueAtPercentile(99) <= 1_000_000;
  }

  private static long collectionMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  private static String text(Histogram nanos) {
    return String.format(
        java.util.Locale.ROOT,
        "p50 %.1f us, p90 %.1f us, p99 %.1f us, p99.9 %.1f us, max %.1f us",
        nanos.getValueAtPercentile(50) / 1e3,
        nanos.getValueAtPercentile(90) / 1e3,
        nanos.getValueAtPercentile(99) / 1e3,
        nanos.getValueAtPercentile(99.9) / 1e3,
        nanos.getMaxValue() / 1e3);
  }

  private static Histogram control(double rate) throws InterruptedException {
    Waiter waiter = new Waiter();
    waiter.start();
    long start = System.nanoTime();
    for (int i = 0; i < rate * 2; i++) {
      long due = start + (long) (i * 1e9 / rate);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      waiter.sent = System.nanoTime();
      LockSupport.unpark(waiter);
    }
    waiter.ended = true;
    LockSupport.unpark(waiter);
    waiter.join();
    return waiter.nanos;
  }

  private static final class Waiter extends Thread {
    private final Histogram nanos = new Histogram(3);
    private volatile long sent;
    private volatile boolean ended;

    @Override
    public void run() {
      long last = 0;
      while (!ended) {
        long now = sent;
        if (now != last) {
          last = now;
          nanos.recordValue(Math.max(0, System.nanoTime() - now));
        } else {
          LockSupport.park(this);
        }
      }
    }
  }
}
