// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import dev.waltap.host.FileEvents;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Notifies when a file is written to, made or deleted, by {@link FileEvents}.
 *
 * <p>One thread at a time starts and stops a watch; the callback comes from a thread that all
 * share, must not block and may come once more after the watch was stopped.
 */
final class FileWatch {
  private final Path directory;
  private final Path name;
  private final Runnable callback;
  private FileEvents.@Nullable Watch watch;

  private FileWatch(Path directory, Path name, Runnable callback) {
    this.directory = directory;
    this.name = name;
    this.callback = callback;
  }

  /** A watch on a file that need not exist; null if the path leads nowhere. */
  static @Nullable FileWatch of(Path file, Runnable callback) {
    Path absolute = file.toAbsolutePath();
    Path directory = absolute.getParent();
    Path name = absolute.getFileName();
    return directory == null || name == null ? null : new FileWatch(directory, name, callback);
  }

  /** Whether it was begun, and its directory is still there. */
  boolean isActive() {
    FileEvents.Watch present = watch;
    return present != null && present.isValid();
  }

  /** Begins to watch; false if this system can't, or has no watches left. */
  boolean start() {
    stop();
    try {
      watch = FileEvents.watchFile(directory, name, callback);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Ends it; again: nothing. */
  void stop() {
    FileEvents.Watch present = watch;
    if (present != null) {
      watch = null;
      present.close();
    }
  }
}
