// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A range of a file, mapped for reading until {@link #unmap}; nothing about when to do either.
 *
 * <p>A thread that is interrupted within {@code FileChannel.map} closes the channel, and with it
 * the descriptor: on the database or the -shm file that drops every lock SQLite holds there, and a
 * -wal file could no longer be read. So the call is made on a thread of its own that nobody else
 * knows and hence nobody interrupts.
 */
final class Mapping {

  private static final Mapper MAPPER = Mapper.ofThisJava();

  /** Maps that follow each other share a thread; nothing of ours stays behind for longer. */
  private static final long IDLE_MILLIS = 100;

  /** As many threads as map at a time: one that waits for a slow disk delays no other. */
  private static final ThreadPoolExecutor MAPPING =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_MILLIS,
          TimeUnit.MILLISECONDS,
          new SynchronousQueue<>(),
          Mapping::newThread);

  private final ByteBuffer buffer;
  private final Runnable unmapping;

  /** For a {@link Mapper}. */
  Mapping(ByteBuffer buffer, Runnable unmapping) {
    this.buffer = buffer;
    this.unmapping = unmapping;
  }

  /** Maps a range, which must lie within the file; any thread. */
  static Mapping map(RandomAccessFile file, long position, long size) throws IOException {
    FutureTask<Mapping> task =
        new FutureTask<>(() -> MAPPER.map(file.getChannel(), position, size));
    MAPPING.execute(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw asIo(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** With nothing of whoever maps first: it outlives that. */
  private static Thread newThread(Runnable work) {
    Thread thread = new Thread(rootGroup(), work, "waltap-map", 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    return thread;
  }

  // A whole thread group can be interrupted, too; nobody does that to the root.
  private static ThreadGroup rootGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }

  // A new one, so that the trace shows the caller's thread, too.
  private static IOException asIo(ExecutionException e) {
    return new IOException("can't map: " + e.getCause(), e.getCause());
  }

  /** What is mapped. */
  ByteBuffer buffer() {
    return buffer;
  }

  /**
   * Unmaps now instead of when the collector gets to it; once, and the buffer must never be touched
   * again.
   */
  void unmap() {
    unmapping.run();
  }
}
