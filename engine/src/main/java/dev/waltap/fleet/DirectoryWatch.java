// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.host.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notifies of files that came, went, or were written to, in any number of directories, by one
 * service and one thread. For the fleet's thread; the callbacks come from the watch's own, and must
 * not block. Where the system can't watch, or has no watches left, nothing comes: whoever uses it
 * looks by itself now and then.
 */
final class DirectoryWatch implements AutoCloseable {
  private final Consumer<Path> changed;
  private final Runnable lost;
  private final Map<Path, WatchKey> keys = new HashMap<>();
  private @Nullable WatchService service;
  private @Nullable Thread thread;
  private boolean complete;

  /**
   * A watch of nothing yet.
   *
   * @param changed gets the path of a file
   * @param lost called where more has changed than could be noted
   */
  DirectoryWatch(Consumer<Path> changed, Runnable lost) {
    this.changed = changed;
    this.lost = lost;
  }

  /**
   * Watches these directories, by their real paths, and no others.
   *
   * @return whether there are some that were not watched before
   */
  boolean watch(Set<Path> directories) {
    keys.entrySet()
        .removeIf(
            entry -> {
              boolean unwanted =
                  !directories.contains(entry.getKey()) || !entry.getValue().isValid();
              if (unwanted) {
                entry.getValue().cancel();
              }
              return unwanted;
            });
    complete = true;
    boolean more = false;
    for (Path directory : directories) {
      if (!keys.containsKey(directory)) {
        boolean added = add(directory);
        complete &= added;
        more |= added;
      }
    }
    return more;
  }

  /** Whether all of them are watched. */
  boolean isComplete() {
    return complete;
  }

  private boolean add(Path directory) {
    try {
      keys.put(
          directory,
          directory.register(
              service(),
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_DELETE,
              StandardWatchEventKinds.ENTRY_MODIFY));
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private WatchService service() throws IOException {
    WatchService present = service;
    if (present == null) {
      WatchService made = FileSystems.getDefault().newWatchService();
      Thread runner = new Thread(() -> run(made), "waltap-fleet-watch");
      runner.setDaemon(true);
      runner.start();
      service = made;
      thread = runner;
      present = made;
    }
    return present;
  }

  private void run(WatchService events) {
    try {
      while (true) {
        WatchKey key = events.take();
        Set<Path> paths = new HashSet<>();
        boolean overflow = false;
        for (WatchEvent<?> event : key.pollEvents()) {
          if (event.context() instanceof Path name && key.watchable() instanceof Path directory) {
            paths.add(directory.resolve(name));
          } else {
            overflow = true;
          }
        }
        boolean valid = key.reset();
        paths.forEach(changed);
        if (overflow || !valid) {
          lost.run();
        }
      }
    } catch (ClosedWatchServiceException e) {
      // The fleet has ended.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    WatchService present = service;
    if (present == null) {
      return;
    }
    try {
      present.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Threads.join(thread);
    }
  }
}
