// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reports files that come, go or are written to. All of the process share one {@link WatchService},
 * since a user may have but few and since each event wakes the threads of every service that
 * watches the directory, and one thread; both end with the last watch. A directory is registered
 * once, however many watch it.
 *
 * <p>Any thread watches, and closes what it gets; listeners are called by the shared thread, must
 * not block, and may be called once more after they were closed. What happens within a millisecond
 * of a report, or as long as a listener that got it says, is reported together, and a file that it
 * happened to more than once, once.
 */
public final class FileEvents {

  /**
   * From one report to the next: a transaction writes to several files, and to some of them again
   * and again.
   */
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * Where a report failed, all get one after this time that they may have missed something; after
   * twice as long each time that fails, too, but no longer than a few seconds.
   */
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long MAX_RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final Object LOCK = new Object();
  private static @Nullable Hub hub;

  private FileEvents() {}

  /** Of one directory. */
  public interface Listener {
    /** Files with these names came, went or were written to; never empty. */
    void changed(Set<Path> names);

    /** More may have happened than is known, or the directory is watched no more. */
    void lost();

    /** How long all may wait for the next report after one of this directory, in nanoseconds. */
    default long restNanos() {
      return REST_NANOS;
    }
  }

  /** One that watches; closed once by whoever began it. */
  public static final class Watch implements AutoCloseable {
    private final Hub hub;
    private final Directory directory;
    private final Path path;
    private final @Nullable Path name;
    private final Listener listener;

    private Watch(Hub hub, Directory directory, Path path, @Nullable Path name, Listener listener) {
      this.hub = hub;
      this.directory = directory;
      this.path = path;
      this.name = name;
      this.listener = listener;
    }

    /**
     * Has the listener know.
     *
     * @param all whether anything may have happened beside what is known
     */
    private void report(Set<Path> names, boolean all) {
      if (!all || (name == null && !names.isEmpty())) {
        listener.changed(names);
      }
      if (all) {
        listener.lost();
      }
    }

    /** Whether anything will be reported: nothing is of a directory that was removed. */
    public boolean isValid() {
      return directory.key.isValid();
    }

    /**
     * Whether it is also of the directory that its path leads to now, by a look at that: a watch
     * follows a directory that is moved.
     */
    public boolean isCurrent() {
      try {
        return directory.isAt(Hub.identity(path));
      } catch (IOException e) {
        return false;
      }
    }

    /** Ends it, and the shared thread with the last one; again: nothing. */
    @Override
    public void close() {
      synchronized (LOCK) {
        directory.remove(this);
        hub.forgetIfUnused(directory);
      }
      closeIfUnused();
    }
  }

  /**
   * Watches one file, which need not exist.
   *
   * @param name of the file, without its directory
   * @throws IOException if the directory can't be watched: there is none, or the system or the user
   *     has no watches left
   * @throws UnsupportedOperationException if this system has none
   */
  public static Watch watchFile(Path directory, Path name, Runnable changed) throws IOException {
    return watch(
        directory,
        name,
        new Listener() {
          @Override
          public void changed(Set<Path> names) {
            changed.run();
          }

          @Override
          public void lost() {
            changed.run();
          }
        });
  }

  /**
   * Watches all files of a directory, not those in directories below it.
   *
   * @throws IOException as by {@link #watchFile}
   * @throws UnsupportedOperationException as by {@link #watchFile}
   */
  public static Watch watchDirectory(Path directory, Listener listener) throws IOException {
    return watch(directory, null, listener);
  }

  private static Watch watch(Path path, @Nullable Path name, Listener listener) throws IOException {
    try {
      synchronized (LOCK) {
        Hub current = hub;
        if (current == null) {
          current = new Hub();
          hub = current;
        }
        Directory directory = current.directory(path);
        Watch watch = new Watch(current, directory, path, name, listener);
        directory.add(watch);
        return watch;
      }
    } catch (Throwable e) {
      synchronized (LOCK) {
        if (hub != null) {
          hub.forgetUnused();
        }
      }
      closeIfUnused(); // Not under the lock: the thread that is to end may want it.
      throw e;
    }
  }

  private static void closeIfUnused() {
    Hub unused;
    synchronized (LOCK) {
      unused = hub;
      if (unused == null || !unused.byKey.isEmpty()) {
        return;
      }
      hub = null;
    }
    unused.close();
  }

  /** A directory that is registered, and who watches it; guarded by the lock but for the key. */
  private static final class Directory {
    private final @Nullable Object identity;
    private final WatchKey key;
    private final List<Watch> whole = new ArrayList<>();
    private final Map<Path, List<Watch>> files = new HashMap<>();

    Directory(@Nullable Object identity, WatchKey key) {
      this.identity = identity;
      this.key = key;
    }

    /** A watch follows a directory that is moved, so that the path may lead to another one. */
    boolean isAt(@Nullable Object now) {
      return key.isValid() && now != null && now.equals(identity);
    }

    void add(Watch watch) {
      if (watch.name == null) {
        whole.add(watch);
      } else {
        files.computeIfAbsent(watch.name, name -> new ArrayList<>(1)).add(watch);
      }
    }

    void remove(Watch watch) {
      if (watch.name == null) {
        whole.remove(watch);
        return;
      }
      List<Watch> those = files.get(watch.name);
      if (those != null && those.remove(watch) && those.isEmpty()) {
        files.remove(watch.name);
      }
    }

    boolean isUnused() {
      return whole.isEmpty() && files.isEmpty();
    }

    /** Those that get a report of this: all where it is not known what happened. */
    List<Watch> listeners(Set<Path> names, boolean all) {
      List<Watch> listeners = new ArrayList<>(whole);
      if (all) {
        files.values().forEach(listeners::addAll);
      } else {
        for (Path name : names) {
          listeners.addAll(files.getOrDefault(name, List.of()));
        }
      }
      return listeners;
    }
  }

  /** The service, its thread, and the directories; guarded by the lock but for the service. */
  private static final class Hub {
    private final WatchService service;

    /** By the path that it was asked for last, where that still leads to it. */
    private final Map<Path, Directory> byPath = new HashMap<>();

    private final Map<WatchKey, Directory> byKey = new HashMap<>();
    private final Thread thread;

    // All of the thread.
    /** Whether somebody may have missed something, and has had no report of that yet. */
    private boolean failed;

    private long retryDue;
    private long retryNanos = RETRY_NANOS;

    /** What those allow that got the last reports. */
    private long restNanos = REST_NANOS;

    Hub() throws IOException {
      service = FileSystems.getDefault().newWatchService();
      try {
        thread = Threads.daemon("waltap-watch", this::run);
        thread.start();
      } catch (Throwable e) {
        service.close();
        throw e;
      }
    }

    Directory directory(Path path) throws IOException {
      Object identity = identity(path);
      Directory known = byPath.get(path);
      if (known != null && known.isAt(identity)) {
        return known;
      }
      WatchKey key =
          path.register(
              service,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_DELETE);
      // Not taken for known where it was replaced meanwhile. Two paths may lead to one directory.
      Object sure = Objects.equals(identity, identity(path)) ? identity : null;
      Directory made = byKey.computeIfAbsent(key, k -> new Directory(sure, k));
      byPath.put(path, made);
      return made;
    }

    private static @Nullable Object identity(Path path) throws IOException {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    void forgetIfUnused(Directory directory) {
      if (directory.isUnused() && byKey.remove(directory.key, directory)) {
        byPath.values().removeIf(each -> each == directory);
        directory.key.cancel();
      }
    }

    void forgetUnused() {
      List.copyOf(byKey.values()).forEach(this::forgetIfUnused);
    }

    private void run() {
      try {
        while (true) {
          reportNext();
        }
      } catch (ClosedWatchServiceException e) {
        // The last watch has ended, and this thread with it.
      }
    }

    /** Reports what comes next, at once unless something was reported a moment ago. */
    private void reportNext() {
      try {
        WatchKey key = failed ? service.poll(untilRetry(), TimeUnit.NANOSECONDS) : service.take();
        restNanos = REST_NANOS;
        while (key != null) {
          report(key);
          key = service.poll();
        }
        retry();
        // Before the next event comes, which would wake this thread once more only to make it wait.
        LockSupport.parkNanos(this, restNanos);
      } catch (InterruptedException e) {
        // Whoever interrupts this thread means another: only the service's end ends it, or every
        // capture of the process would wait in vain.
      } catch (OutOfMemoryError e) {
        noteFailure();
      }
    }

    private long untilRetry() {
      return Math.max(0, retryDue - System.nanoTime());
    }

    private void noteFailure() {
      if (!failed) {
        failed = true;
        retryDue = System.nanoTime() + retryNanos;
      }
    }

    /** Has all know that they may have missed something, once that is due. */
    private void retry() {
      if (!failed || untilRetry() > 0) {
        return;
      }
      List<WatchKey> keys;
      synchronized (LOCK) {
        keys = List.copyOf(byKey.keySet());
      }
      failed = false;
      keys.forEach(key -> report(key, Set.of(), true));
      retryNanos = failed ? Math.min(2 * retryNanos, MAX_RETRY_NANOS) : RETRY_NANOS;
    }

    private void report(WatchKey key) {
      boolean all = false;
      Set<Path> names = Set.of();
      try {
        names = new HashSet<>();
        for (WatchEvent<?> event : key.pollEvents()) {
          if (event.context() instanceof Path name) {
            names.add(name);
          } else {
            all = true; // An overflow has no name, and may have been anything.
          }
        }
      } catch (OutOfMemoryError e) {
        all = true;
      } finally {
        all |= !key.reset(); // Whatever happened: one that is not reset reports nothing any more.
      }
      if (all || !names.isEmpty()) {
        report(key, names, all);
      }
    }

    private void report(WatchKey key, Set<Path> names, boolean all) {
      List<Watch> listeners;
      synchronized (LOCK) {
        Directory directory = byKey.get(key);
        listeners = directory == null ? List.of() : directory.listeners(names, all);
      }
      for (Watch watch : listeners) {
        try {
          restNanos = Math.max(restNanos, watch.listener.restNanos());
          watch.report(names, all);
        } catch (RuntimeException | Error e) {
          // One that can't take its report now, as where memory is short, keeps none from others.
          noteFailure();
        }
      }
    }

    /** Returns when the thread has ended, unless it is this one; not under the lock. */
    void close() {
      try {
        service.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        LockSupport.unpark(thread);
        Threads.join(thread);
      }
    }
  }
}
