// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The clock of this computer's kernel that local file systems stamp their files by. It ticks every
 * 1 to 10 ms, and stands still for longer where the processor that moves it on is taken away from a
 * virtual machine; so how old a stamp is by {@link System#currentTimeMillis} does not say whether
 * the next write will have another one. A file of ours that is written to does. Any thread.
 */
public final class FileClock {
  /** Stamps as the local file system does that it lies over. */
  private static final String OVERLAY = "overlay";

  private static final Object LOCK = new Object();
  private static @Nullable Path path;
  private static @Nullable RandomAccessFile file;
  private static boolean isUnknown;

  private FileClock() {}

  /** Whether a file is on a file system that stamps by this clock. */
  public static boolean stamps(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      return false;
    }
    Mounts mounts = Mounts.lately(directory);
    return mounts.isLocal(directory) || mounts.type(directory).equals(OVERLAY);
  }

  /**
   * What it says now: whatever is written after this was called gets this stamp or a later one.
   *
   * @return nanoseconds since 1970; {@link Long#MIN_VALUE} if it can't be read
   */
  public static long nanos() {
    synchronized (LOCK) {
      try {
        return isUnknown ? Long.MIN_VALUE : read();
      } catch (IOException e) {
        file = null; // Cleared away, as temporary files are: made again the next time.
        return Long.MIN_VALUE;
      }
    }
  }

  private static long read() throws IOException {
    RandomAccessFile open = file;
    Path at = path;
    if (open == null || at == null) {
      at = Files.createTempFile("waltap", ".clock");
      at.toFile().deleteOnExit();
      open = new RandomAccessFile(at.toFile(), "rw");
      file = open;
      path = at;
      isUnknown = !stamps(at);
      if (isUnknown) {
        return Long.MIN_VALUE;
      }
    }
    open.seek(0);
    open.write(0);
    return Files.getAttribute(at, "unix:ctime") instanceof FileTime time
        ? time.to(TimeUnit.NANOSECONDS)
        : Long.MIN_VALUE;
  }
}
