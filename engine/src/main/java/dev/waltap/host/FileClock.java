// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The clock of this computer's kernel that local file systems stamp their files by. It ticks every
 * 1 to 10 ms, and stands still for longer where the processor that moves it on is taken away from a
 * virtual machine; so how old a stamp is by {@link System#currentTimeMillis} does not say whether
 * the next write will have another one. A file of ours that is written to does.
 *
 * <p>File systems of Linux itself all read this clock. ZFS, and whatever lies below an overlay, may
 * read one that ticks as seldom and is not moved on by others who look at theirs, as this does from
 * Linux 6.13 on: for those it is some ticks slow. Any thread.
 */
public final class FileClock {
  /** File systems that may stamp by another clock, or lie over such a one. */
  private static final Set<String> OTHERS = Set.of("zfs", "overlay");

  /** A few ticks of the slowest clock. */
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  private static final Object LOCK = new Object();
  private static @Nullable Path path;
  private static @Nullable RandomAccessFile file;
  private static boolean isUnknown;

  private final long slowNanos;

  private FileClock(long slowNanos) {
    this.slowNanos = slowNanos;
  }

  /**
   * The one that a file is stamped by.
   *
   * @param real the file, by an absolute path without symbolic links
   * @return null if it is not known to be stamped by a clock of this computer
   */
  public static @Nullable FileClock of(Path real) {
    return of(Mounts.lately(real), real);
  }

  static @Nullable FileClock of(Mounts mounts, Path real) {
    boolean isOther = OTHERS.contains(mounts.type(real));
    return isOther || mounts.isLocal(real) ? new FileClock(isOther ? SLOW_NANOS : 0) : null;
  }

  /**
   * What it says now: whatever is written after this was called gets this stamp or a later one.
   *
   * @return nanoseconds since 1970; {@link Long#MIN_VALUE} if it can't be read
   */
  public long nanos() {
    synchronized (LOCK) {
      try {
        return isUnknown ? Long.MIN_VALUE : read() - slowNanos;
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
      isUnknown = of(at.toRealPath()) == null;
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
