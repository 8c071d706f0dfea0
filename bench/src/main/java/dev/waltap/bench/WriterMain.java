// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import dev.waltap.testdata.TestDatabase;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * The application that is measured, in a process of its own: {@code DB SYNCHRONOUS RATE WARM-UP
 * SECONDS SEED}. It works for the time of the warm-up as fast as it can, one second at its rate,
 * prints {@code warm}, works for the measured time, writes the marker and prints one line of
 * figures.
 */
public final class WriterMain {
  private static final int MAX_MICROS = 1_000_000;

  private final Orders orders;
  private final double rate;
  private final int[] histogram = new int[MAX_MICROS + 1];
  private long count;
  private long busyNanos;

  private WriterMain(Orders orders, double rate) {
    this.orders = orders;
    this.rate = rate;
  }

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    double rate = Double.parseDouble(args[2]);
    try (Connection connection = TestDatabase.open(Path.of(args[0]))) {
      TestDatabase.execute(connection, "PRAGMA synchronous = " + args[1]);
      try (Orders orders = new Orders(connection, new Random(Long.parseLong(args[5])))) {
        long warmUp = run(new WriterMain(orders, 0), Double.parseDouble(args[3]));
        warmUp += run(new WriterMain(orders, rate), 1);
        System.out.println("warm");
        WriterMain measured = new WriterMain(orders, rate);
        long start = System.nanoTime();
        long processor = processorNanos();
        run(measured, Double.parseDouble(args[4]));
        double seconds = (System.nanoTime() - start) / 1e9;
        processor = processorNanos() - processor;
        TestDatabase.execute(connection, "INSERT INTO " + Shop.MARKER + " DEFAULT VALUES");
        System.out.println(measured.figures(seconds, processor, warmUp));
      }
    }
  }

  private static long processorNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long run(WriterMain writer, double seconds) throws SQLException {
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    long before = System.nanoTime();
    while (before < end) {
      writer.orders.next();
      long after = System.nanoTime();
      writer.note(after - before);
      before = writer.pace(start, after);
    }
    return writer.count;
  }

  private void note(long nanos) {
    count++;
    busyNanos += nanos;
    histogram[(int) Math.min(MAX_MICROS, nanos / 1000)]++;
  }

  /** Waits until the next transaction is due; late ones follow at once. */
  private long pace(long start, long now) {
    if (rate <= 0) {
      return now;
    }
    long due = start + (long) (count * 1e9 / rate);
    long time = now;
    while (time < due) {
      LockSupport.parkNanos(due - time);
      time = System.nanoTime();
    }
    return time;
  }

  private String figures(double seconds, long processorNanos, long warmUp) {
    return String.format(
        Locale.ROOT,
        "rate=%.1f mean=%.3f cpu=%.3f p50=%d p99=%d max=%d changes=%d",
        count / seconds,
        busyNanos / 1e3 / count,
        processorNanos / 1e3 / count,
        percentile(0.5),
        percentile(0.99),
        percentile(1),
        count + warmUp + 1);
  }

  private int percentile(double share) {
    long left = (long) Math.ceil(share * count);
    int micros = 0;
    while (micros < MAX_MICROS && left > histogram[micros]) {
      left -= histogram[micros++];
    }
    return micros;
  }
}
