// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.text.Plural;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Writes to a stream on a thread of its own. Standard error may be a pipe that nobody drains, and
 * whoever warns may hold a read transaction, and with it the application's WAL: it must not wait
 * for a reader. As long as the stream takes what it gets, a write returns when it is through, so
 * that lines stay in order with what goes elsewhere; once it doesn't, writes are kept up to a
 * limit, and whole lines left out beyond that, which is said when it continues.
 *
 * <p>Any thread may write. The thread is a daemon, and lives as long as the process.
 */
final class ErrorOutput extends OutputStream {
  static final int MAX_BYTES = 1 << 20;

  /** How long a stream may take before it counts as stuck. */
  private static final long PATIENCE_NANOS = 100_000_000;

  private final OutputStream out;
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private boolean writing;
  private boolean started;
  private boolean stuck;
  private boolean leavingOut;
  private long leftOut;

  ErrorOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    if (length == 0) {
      return;
    }
    boolean lineEnds = bytes[offset + length - 1] == '\n';
    // What was begun to be left out is left out to the line's end.
    if (leavingOut || waitingBytes + length > MAX_BYTES) {
      leavingOut = !lineEnds;
      leftOut += lineEnds ? 1 : 0;
      return;
    }
    waiting.add(Arrays.copyOfRange(bytes, offset, offset + length));
    waitingBytes += length;
    start();
    notifyAll();
    stuck = stuck ? !isThrough() : !awaitThrough(PATIENCE_NANOS);
  }

  /** Waits until all is written, but not longer than this; returns whether it is. */
  synchronized boolean awaitThrough(long nanos) {
    long end = System.nanoTime() + nanos;
    boolean interrupted = false;
    while (!isThrough() && !interrupted) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return isThrough();
  }

  private boolean isThrough() {
    return waiting.isEmpty() && !writing;
  }

  private void start() {
    if (!started) {
      Thread thread = new Thread(this::run, "waltap-stderr");
      thread.setDaemon(true);
      thread.start();
      started = true;
    }
  }

  private void run() {
    while (true) {
      byte[] next = next();
      try {
        out.write(next);
        out.flush();
      } catch (IOException e) {
        // Nobody is left to read it.
      }
    }
  }

  private synchronized byte[] next() {
    writing = false;
    notifyAll();
    while (waiting.isEmpty() && (leftOut == 0 || leavingOut)) {
      try {
        wait();
      } catch (InterruptedException e) {
        // Nobody interrupts it, and it has no end.
      }
    }
    writing = true;
    byte[] next = waiting.poll();
    if (next == null) {
      next = leftOutLine();
    } else {
      waitingBytes -= next.length;
    }
    return next;
  }

  private byte[] leftOutLine() {
    String line =
        "waltap: "
            + Plural.of(leftOut, "line")
            + " "
            + Plural.be(leftOut)
            + " left out here: nobody read standard error\n";
    leftOut = 0;
    return line.getBytes(StandardCharsets.UTF_8);
  }
}
