// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.jmh;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureHandle;
import dev.waltap.api.CaptureListener;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a transaction takes the application, by the shape of its rows: alone, beside a capture in
 * the same process, and with triggers whose log it reads and empties after each transaction. A
 * transaction changes some 3,200 values, however many columns a row has.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ShapeBenchmark {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Who captures. */
  public enum Way {
    /** Nobody. */
    ALONE,
    /** A capture whose handler counts. */
    WALTAP,
    /** Triggers. */
    TRIGGERS
  }

  /** What a transaction does. */
  public enum Work {
    /** Inserts rows. */
    INSERT,
    /** Updates a column. */
    UPDATE,
    /** Deletes rows in one transaction, and inserts as many in another. */
    DELETE_AND_INSERT
  }

  /** Columns of a row. */
  @Param({"2", "8", "64", "256", "1000"})
  public int columns;

  /** Whether the last of them is a BLOB of 1,000 bytes. */
  @Param({"false", "true"})
  public boolean blob;

  /** The work. */
  @Param public Work work = Work.INSERT;

  /** Who captures. */
  @Param public Way way = Way.ALONE;

  private final AtomicLong captured = new AtomicLong();
  private WideTable table;
  private @Nullable CaptureHandle capture;
  private long expected;

  /** Starts the capture, or creates the triggers. */
  @Setup(Level.Trial)
  public void setUp() throws SQLException, InterruptedException {
    table = new WideTable(columns, blob);
    if (way == Way.TRIGGERS) {
      table.createTriggers();
    } else if (way == Way.WALTAP) {
      CaptureHandle started =
          Waltap.open(table.database().path())
              .noState()
              .listener(new CaptureListener() {})
              .handler(batch -> captured.addAndGet(batch.size()))
              .build()
              .start();
      capture = started;
      if (!started.awaitReady(LIMIT)) {
        throw new IllegalStateException("the capture is not ready: " + started.end());
      }
    }
  }

  /** One transaction, or two. */
  @Benchmark
  public long transaction() throws SQLException {
    switch (work) {
      case INSERT -> table.insertRows();
      case UPDATE -> table.updateRows();
      case DELETE_AND_INSERT -> {
        table.deleteRows();
        table.insertRows();
        expected += table.rows();
      }
    }
    expected += table.rows();
    return way == Way.TRIGGERS ? table.drain() : 0;
  }

  /** Ends it, and says how many changes came: fewer where there was a gap. */
  @TearDown(Level.Trial)
  public void tearDown() throws SQLException, InterruptedException {
    CaptureHandle current = capture;
    if (current != null) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
      while (captured.get() < expected && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      System.out.printf(Locale.ROOT, "%n# captured %,d of %,d changes%n", captured.get(), expected);
      current.close();
    }
    table.close();
  }
}
