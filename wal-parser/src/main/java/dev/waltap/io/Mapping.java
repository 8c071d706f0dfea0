package dev.waltap.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Mapping and unmapping, and nothing about when.
 *
 * <p>A thread that is interrupted within {@code FileChannel.map} closes the channel, and with it
 * the descriptor: on the database or the -shm file that drops every lock SQLite holds there. So the
 * call is made on a thread of its own that nobody else knows and hence nobody interrupts.
 */
final class Mapping {

  private static final Unmapper UNMAPPER = new Unmapper();

  private Mapping() {}

  /** Maps a range, which must lie within the file, for reading; any thread. */
  static MappedByteBuffer map(RandomAccessFile file, long position, long size) throws IOException {
    FutureTask<MappedByteBuffer> task =
        new FutureTask<>(() -> file.getChannel().map(MapMode.READ_ONLY, position, size));
    Thread thread = new Thread(rootGroup(), task, "waltap-map");
    thread.setDaemon(true);
    thread.start();
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

  /**
   * Unmaps now instead of when the collector gets to it; the buffer must never be touched again.
   */
  static void unmap(ByteBuffer buffer) {
    UNMAPPER.unmap(buffer);
  }

  /** {@code sun.misc.Unsafe.invokeCleaner}: the one supported way to unmap before JDK 22. */
  private static final class Unmapper {
    private final Object unsafe;
    private final Method invokeCleaner;

    Unmapper() {
      try {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field instance = type.getDeclaredField("theUnsafe");
        instance.setAccessible(true);
        unsafe = instance.get(null);
        invokeCleaner = type.getMethod("invokeCleaner", ByteBuffer.class);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(
            "this Java has no sun.misc.Unsafe.invokeCleaner (module jdk.unsupported)", e);
      }
    }

    void unmap(ByteBuffer buffer) {
      try {
        invokeCleaner.invoke(unsafe, buffer);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("can't unmap", e);
      }
    }
  }
}
