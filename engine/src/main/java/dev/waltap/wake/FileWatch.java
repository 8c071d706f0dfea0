// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import dev.waltap.host.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Notifies when a file is written to, made or deleted. All watches of the process share one {@link
 * WatchService}, since a user may have but few, and one thread; both go with the last active watch.
 *
 * <p>One thread at a time starts and stops a watch; the callback comes from the shared thread, must
 * not block and may come once more after the watch was stopped.
 */
final class FileWatch {
  private static final Object LOCK = new Object();
  private static @Nullable Hub hub;

  private final Path directory;
  private final Path name;
  private final Runnable callback;
  private boolean active;

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

  boolean isActive() {
    return active;
  }

  /** Begins to watch; false if this system can't, or has no watches left. */
  boolean start() {
    synchronized (LOCK) {
      try {
        Hub current = hub;
        if (current == null) {
          current = new Hub(directory);
          hub = current;
        }
        current.add(this);
        active = true;
        return true;
      } catch (IOException | UnsupportedOperationException e) {
        // Fall through: the thread to be ended may want the lock.
      }
    }
    closeIfUnused();
    return false;
  }

  /** Ends it, and the thread with the last one; again: nothing. */
  void stop() {
    synchronized (LOCK) {
      Hub current = hub;
      if (active && current != null) {
        active = false;
        current.remove(this);
      }
    }
    closeIfUnused();
  }

  private static void closeIfUnused() {
    Hub unused;
    synchronized (LOCK) {
      unused = hub;
      if (unused == null || !unused.watches.isEmpty()) {
        return;
      }
      hub = null;
    }
    unused.close();
  }

  /** The service, its thread, and who watches what; guarded by the lock but for the service. */
  private static final class Hub {
    private final WatchService service;
    private final Map<WatchKey, List<FileWatch>> watches = new HashMap<>();
    private final Thread thread;

    Hub(Path directory) throws IOException {
      service = directory.getFileSystem().newWatchService();
      thread = Threads.daemon("waltap-watch", this::run);
      thread.start();
    }

    void add(FileWatch watch) throws IOException {
      WatchKey key =
          watch.directory.register(
              service,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_DELETE);
      watches.computeIfAbsent(key, k -> new ArrayList<>()).add(watch);
    }

    void remove(FileWatch watch) {
      watches
          .entrySet()
          .removeIf(
              entry -> {
                boolean unused = entry.getValue().remove(watch) && entry.getValue().isEmpty();
                if (unused) {
                  entry.getKey().cancel();
                }
                return unused;
              });
    }

    private void run() {
      try {
        while (true) {
          dispatchNext();
        }
      } catch (java.nio.file.ClosedWatchServiceException e) {
        // The last watch has ended, and this thread with it.
      }
    }

    private void dispatchNext() {
      try {
        WatchKey key = service.take();
        try {
          dispatch(key);
        } finally {
          key.reset();
        }
      } catch (InterruptedException | OutOfMemoryError e) {
        // Whoever interrupts this thread means another: only the service's end ends it, or every
        // capture of the process would wait in vain. Where memory is short, captures look late.
        return;
      }
    }

    private void dispatch(WatchKey key) {
      List<WatchEvent<?>> events = key.pollEvents();
      List<FileWatch> listeners;
      synchronized (LOCK) {
        listeners = List.copyOf(watches.getOrDefault(key, List.of()));
      }
      for (FileWatch watch : listeners) {
        for (WatchEvent<?> event : events) {
          // An overflow has no name, and may have been anything.
          if (event.context() == null || watch.name.equals(event.context())) {
            watch.callback.run();
            break;
          }
        }
      }
    }

    /** Returns when the thread has ended, unless it is this one; not under the lock. */
    void close() {
      try {
        service.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      } finally {
        Threads.join(thread);
      }
    }
  }
}
