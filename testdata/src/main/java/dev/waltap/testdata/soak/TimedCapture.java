// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A capture in this process that notes when the row of each id arrives at the handler, by {@link
 * System#nanoTime}. Used from the thread that writes; closing it ends the capture.
 */
final class TimedCapture implements AutoCloseable {
  /** When a statement began, its commit returned, and its row arrived; in nanoseconds. */
  record Times(long begun, long committed, long arrived) {}

  private final Connection connection;
  private final AtomicLongArray arrivals;
  private final AtomicLongArray begun;
  private final AtomicLongArray committed;
  private final ChangeDataCapture engine;
  private final Thread thread;

  TimedCapture(Connection connection, Path database, int max)
      throws SQLException, InterruptedException {
    this.connection = connection;
    this.arrivals = new AtomicLongArray(max + 1);
    this.begun = new AtomicLongArray(max + 1);
    this.committed = new AtomicLongArray(max + 1);
    TestDatabase.execute(
        connection,
        "PRAGMA synchronous = NORMAL",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, amount REAL)");
    CountDownLatch ready = new CountDownLatch(1);
    engine =
        Waltap.open(database)
            .handler(this::note)
            .listener(
                new CaptureListener() {
                  @Override
                  public void ready() {
                    ready.countDown();
                  }
                })
            .build();
    thread = new Thread(engine::cdc, "capture");
    thread.start();
    if (!ready.await(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("the capture does not get ready");
    }
  }

  private void note(List<Change> batch) {
    long now = System.nanoTime();
    for (Change change : batch) {
      long id = change.key() == null ? 0 : change.key().getLong(0);
      if (id > 0) {
        arrivals.set((int) id, now);
      }
    }
  }

  /** Inserts these ids at a rate, 0 for at once; those below 1 are not timed. */
  void insert(int first, int last, double rate) throws SQLException {
    long start = System.nanoTime();
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO t VALUES(?, 'name', 1.5)")) {
      for (int id = first; id <= last; id++) {
        long due = rate > 0 ? start + (long) ((id - first) * 1e9 / rate) : start;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        insert.setLong(1, id);
        long before = System.nanoTime();
        insert.execute();
        if (id > 0) {
          committed.set(id, System.nanoTime());
          begun.set(id, before);
        }
      }
    }
  }

  /** The times of a row, once it has arrived. */
  Times await(int id) throws InterruptedException {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (arrivals.get(id) == 0) {
      if (System.nanoTime() > limit) {
        throw new AssertionError("the row " + id + " does not arrive");
      }
      Thread.sleep(1);
    }
    return new Times(begun.get(id), committed.get(id), arrivals.get(id));
  }

  long overruns() {
    return engine.metrics().overruns();
  }

  @Override
  public void close() throws InterruptedException {
    engine.close();
    thread.join(TimeUnit.SECONDS.toMillis(30));
  }
}
