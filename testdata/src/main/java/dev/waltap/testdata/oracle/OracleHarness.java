// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.ChangesHandler;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a capture on a thread of its own with an oracle as its handler, and waits for what the
 * capture has emitted: for conditions with a deadline, never for time to pass. Any thread may call
 * it; {@link #close} ends the capture and its thread, and reports a failure nobody has seen.
 */
public final class OracleHarness implements AutoCloseable {

  /** Opens the capture under test. */
  @FunctionalInterface
  public interface CaptureFactory {
    /** Opens a capture of the database that delivers to this handler and notifies this listener. */
    ChangeDataCapture open(Path database, ChangesHandler handler, CaptureListener listener)
        throws Exception;
  }

  /** What the capture's thread does. */
  @FunctionalInterface
  public interface Mode {
    /** Runs it until it is done. */
    void run(ChangeDataCapture capture);
  }

  private final ReplicaOracle oracle;
  private final ChangeDataCapture capture;
  private final Thread thread;
  private final Object lock = new Object();
  private final List<Change> taken = new ArrayList<>();
  private Consumer<Change> probe = change -> {};
  private boolean recording;
  private boolean ready;
  private boolean ended;
  private long openMarker = -1;
  private long marker = -1;
  private @Nullable Throwable failure;
  private boolean reported;

  /** Opens the capture; {@link #start} runs it. The oracle stays the caller's. */
  public OracleHarness(Path database, ReplicaOracle oracle, CaptureFactory factory, Mode mode)
      throws Exception {
    this.oracle = oracle;
    this.capture = factory.open(database, this::handle, listener());
    this.thread = new Thread(() -> run(mode), "capture of " + database.getFileName());
  }

  private CaptureListener listener() {
    return new CaptureListener() {
      @Override
      public void ready() {
        synchronized (lock) {
          ready = true;
          lock.notifyAll();
        }
      }
    };
  }

  /** Keeps all changes for {@link #takeChanges}. */
  public OracleHarness recording() {
    return recording(true);
  }

  /** Says from here on whether changes are kept for {@link #takeChanges}; at first they are not. */
  public OracleHarness recording(boolean wanted) {
    synchronized (lock) {
      recording = wanted;
    }
    return this;
  }

  /** Shows every change to somebody before the oracle sees it, on the capture's thread. */
  public OracleHarness probe(Consumer<Change> consumer) {
    probe = consumer;
    return this;
  }

  /** Starts the capture's thread. */
  public OracleHarness start() {
    thread.start();
    return this;
  }

  private void run(Mode mode) {
    try {
      mode.run(capture);
    } catch (Throwable e) {
      fail(e);
    } finally {
      synchronized (lock) {
        ended = true;
        lock.notifyAll();
      }
    }
  }

  private void handle(List<Change> batch) {
    try {
      batch.forEach(probe);
      oracle.handleChanges(batch);
    } catch (AssertionError e) {
      fail(e);
      throw e;
    }
    synchronized (lock) {
      if (recording) {
        taken.addAll(batch);
      }
      for (Change change : batch) {
        // A marker counts when its transaction is whole: others of its changes may follow it.
        openMarker = Math.max(openMarker, Markers.numberIn(change));
        if (change.transaction().last()) {
          marker = openMarker;
        }
      }
      lock.notifyAll();
    }
  }

  private void fail(Throwable e) {
    synchronized (lock) {
      if (failure == null) {
        failure = e;
      }
      lock.notifyAll();
    }
  }

  /** Waits until every later commit is certain to be emitted. */
  public void awaitReady(Duration limit) throws InterruptedException {
    await("the capture to be ready", () -> ready, limit);
  }

  /** Waits until the change to this number has been emitted, and all before it. */
  public void awaitMarker(long number, Duration limit) throws InterruptedException {
    await("marker " + number, () -> marker >= number, limit);
  }

  /** Waits until the capture has ended by itself. */
  public void awaitEnd(Duration limit) throws InterruptedException {
    await("the end of the capture", () -> ended, limit);
  }

  private interface Condition {
    boolean holds();
  }

  private void await(String what, Condition condition, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    synchronized (lock) {
      while (true) {
        throwFailure();
        if (condition.holds()) {
          return;
        }
        long left = deadline - System.nanoTime();
        if (ended || left <= 0) {
          throw new AssertionError(
              "waited for "
                  + what
                  + (ended ? ", but the capture has ended" : " in vain")
                  + "; last marker "
                  + marker
                  + ", position "
                  + oracle.position());
        }
        lock.wait(left / 1_000_000 + 1);
      }
    }
  }

  private void throwFailure() {
    if (failure != null) {
      reported = true;
      throw new AssertionError("the capture failed: " + failure.getMessage(), failure);
    }
  }

  /** The changes emitted since the last call. */
  public List<Change> takeChanges() {
    synchronized (lock) {
      List<Change> result = List.copyOf(taken);
      taken.clear();
      return result;
    }
  }

  /** Writes a marker, waits for it and compares replica and source. */
  public void settle(Connection writer, long number, Duration limit)
      throws SQLException, InterruptedException {
    Markers.write(writer, number);
    awaitMarker(number, limit);
    oracle.compareWith(writer);
  }

  /** The capture under test. */
  public ChangeDataCapture capture() {
    return capture;
  }

  @Override
  public void close() throws InterruptedException {
    capture.close();
    // A thread that was never started has nothing to join.
    thread.join(Duration.ofMinutes(1).toMillis());
    if (thread.isAlive()) {
      throw new AssertionError("the capture's thread goes on after close()");
    }
    synchronized (lock) {
      if (!reported) {
        throwFailure();
      }
    }
  }
}
