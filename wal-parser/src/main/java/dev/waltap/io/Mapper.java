// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import org.jspecify.annotations.Nullable;

/**
 * How this Java maps a file in such a way that it can be unmapped at will. Reflection, since what
 * is right on one is not there, or frowned upon, on the other.
 */
interface Mapper {

  /** Maps a range for reading. */
  Mapping map(FileChannel channel, long position, long size) throws IOException;

  /** The way that is right here. */
  static Mapper ofThisJava() {
    try {
      return Runtime.version().feature() < 22 ? new ByCleaner() : new ByArena();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "this Java can't unmap files: it has neither java.lang.foreign nor"
              + " sun.misc.Unsafe.invokeCleaner (module jdk.unsupported)",
          e);
    }
  }

  /** {@code sun.misc.Unsafe.invokeCleaner}: the one supported way before Java 22. */
  final class ByCleaner implements Mapper {
    private final Object unsafe;
    private final Method invokeCleaner;

    ByCleaner() throws ReflectiveOperationException {
      Class<?> type = Class.forName("sun.misc.Unsafe");
      Field instance = type.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      unsafe = instance.get(null);
      invokeCleaner = type.getMethod("invokeCleaner", ByteBuffer.class);
    }

    @Override
    public Mapping map(FileChannel channel, long position, long size) throws IOException {
      ByteBuffer buffer = channel.map(MapMode.READ_ONLY, position, size);
      try {
        Object[] arguments = {buffer}; // Now, so that unmapping allocates none.
        return new Mapping(buffer, () -> call(invokeCleaner, unsafe, arguments));
      } catch (Throwable e) {
        call(invokeCleaner, unsafe, buffer);
        throw e;
      }
    }
  }

  /** An {@code Arena} of {@code java.lang.foreign}: Java 24 warns of the cleaner on stderr. */
  final class ByArena implements Mapper {
    /** Kept, so that closing allocates none. */
    private static final Object[] NONE = {};

    private final Method ofShared;
    private final Method close;
    private final Method map;
    private final Method asByteBuffer;

    ByArena() throws ReflectiveOperationException {
      Class<?> arena = Class.forName("java.lang.foreign.Arena");
      ofShared = arena.getMethod("ofShared");
      close = arena.getMethod("close");
      map = FileChannel.class.getMethod("map", MapMode.class, long.class, long.class, arena);
      asByteBuffer = Class.forName("java.lang.foreign.MemorySegment").getMethod("asByteBuffer");
    }

    @Override
    public Mapping map(FileChannel channel, long position, long size) throws IOException {
      Object arena = call(ofShared, null, NONE);
      try {
        Object segment = map.invoke(channel, MapMode.READ_ONLY, position, size, arena);
        ByteBuffer buffer = (ByteBuffer) call(asByteBuffer, segment, NONE);
        return new Mapping(buffer, () -> call(close, arena, NONE));
      } catch (IllegalAccessException | InvocationTargetException e) {
        call(close, arena, NONE);
        throw new IOException("mapping failed: " + e.getCause(), e);
      } catch (Throwable e) {
        call(close, arena, NONE);
        throw e;
      }
    }
  }

  private static Object call(Method method, @Nullable Object on, Object... arguments) {
    try {
      return method.invoke(on, arguments);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("can't map or unmap", e);
    }
  }
}
