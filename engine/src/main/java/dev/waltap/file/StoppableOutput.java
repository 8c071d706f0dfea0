// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import dev.waltap.handler.DeliveryStoppedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream whose writes can be given up. Nothing in Java ends a write to a pipe whose reader stands
 * still, so a thread of its own writes, and the caller waits for it: as long as it takes, but not
 * longer than 3 seconds after {@link #stop}. What was given up may have been written in part, and
 * the thread, a daemon, stays in that write; nothing is written after it.
 *
 * <p>For one thread, except {@link #stop}, which any may call. An interrupt does not end a write.
 */
final class StoppableOutput extends OutputStream {

  /** How long a write under way may go on after {@link #stop}, as a request may. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private static final Path NULL_DEVICE = Path.of("/dev/null");

  private final OutputStream out;
  private final String name;
  private final long graceNanos;
  private byte @Nullable [] bytes;
  private int offset;
  private int length;
  private @Nullable Throwable failure;
  private boolean started;
  private boolean ended;
  private boolean stopped;
  private long stoppedAt;

  StoppableOutput(OutputStream out, String name) {
    this(out, name, GRACE_NANOS);
  }

  StoppableOutput(OutputStream out, String name, long graceNanos) {
    this.out = out;
    this.name = name;
    this.graceNanos = graceNanos;
  }

  /**
   * The stream itself if its writes end in any case, else one whose writes can be given up. A disk
   * and the null device take what they are given, or fail; to hand each write to another thread
   * would cost more than the write.
   *
   * @param file what the stream writes to
   */
  static OutputStream of(OutputStream out, Path file, String name) {
    return Files.isRegularFile(file) || isNullDevice(file) ? out : new StoppableOutput(out, name);
  }

  private static boolean isNullDevice(Path file) {
    try {
      return Files.isSameFile(file, NULL_DEVICE);
    } catch (IOException e) {
      return false; // There is none here, or the file has no name.
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /**
   * Writes all of it.
   *
   * @throws DeliveryStoppedException if it was given up, and always from then on
   */
  @Override
  public synchronized void write(byte[] more, int from, int count) throws IOException {
    if (ended) {
      throw stoppedException();
    }
    bytes = more;
    offset = from;
    length = count;
    start();
    notifyAll();
    awaitWritten();
    Throwable why = failure;
    failure = null;
    if (why instanceof IOException io) {
      throw io;
    } else if (why != null) {
      throw new IOException(why);
    }
  }

  private void awaitWritten() throws IOException {
    boolean interrupted = false;
    try {
      while (bytes != null) {
        long left = stopped ? stoppedAt + graceNanos - System.nanoTime() : Long.MAX_VALUE;
        if (left <= 0) {
          ended = true;
          throw stoppedException();
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private DeliveryStoppedException stoppedException() {
    return new DeliveryStoppedException(
        name + " took nothing before the end; the batch stays undelivered", null);
  }

  /** From now on no write lasts longer than the grace. */
  synchronized void stop() {
    if (!stopped) {
      stopped = true;
      stoppedAt = System.nanoTime();
      notifyAll();
    }
  }

  private void start() {
    if (!started) {
      Thread thread = new Thread(this::run, "waltap-output");
      thread.setDaemon(true);
      thread.start();
      started = true;
    }
  }

  private void run() {
    for (byte[] next = next(); next != null; next = next()) {
      Throwable why = null;
      try {
        out.write(next, offset, length);
        out.flush();
      } catch (Throwable e) {
        why = e;
      }
      written(why);
    }
  }

  /** What is to be written next; null at the end. */
  private synchronized byte @Nullable [] next() {
    while (bytes == null && !ended) {
      try {
        wait();
      } catch (InterruptedException e) {
        // Nobody of ours interrupts it.
      }
    }
    return ended ? null : bytes;
  }

  private synchronized void written(@Nullable Throwable why) {
    failure = why;
    bytes = null;
    notifyAll();
  }

  /** Ends the thread, unless it is stuck, and closes the stream. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      ended = true;
      notifyAll();
    }
    out.close();
  }
}
