// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.host.FileEvents;
import dev.waltap.host.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Notifies of files that came, went, or were written to, in any number of directories, by {@link
 * FileEvents}. For the fleet's thread; the callbacks come from another one, and must not block.
 * Where the system can't watch, or has no watches left, nothing comes: whoever uses it looks by
 * itself now and then.
 */
final class DirectoryWatch implements AutoCloseable {
  private final Consumer<Path> changed;
  private final Runnable lost;
  private final LongSupplier restNanos;
  private final Map<Path, FileEvents.Watch> watches = new HashMap<>();
  private final Supplier<Mounts> mounts;
  private boolean complete;

  /** Those of {@link #watches} that may be written to without a report, by what is mounted. */
  private final Set<Path> unsure = new HashSet<>();

  /** What {@link #unsure} is by; null before the first look. */
  private @Nullable Mounts seen;

  /**
   * A watch of nothing yet.
   *
   * @param changed gets the path of a file
   * @param lost called where more has changed than could be noted
   * @param restNanos how long what changes right after a report may wait for the next one
   */
  DirectoryWatch(Consumer<Path> changed, Runnable lost, LongSupplier restNanos) {
    this(changed, lost, restNanos, Mounts::read);
  }

  /**
   * The same.
   *
   * @param mounts what is mounted now, the same object as long as that is the same
   */
  DirectoryWatch(
      Consumer<Path> changed, Runnable lost, LongSupplier restNanos, Supplier<Mounts> mounts) {
    this.mounts = mounts;
    this.changed = changed;
    this.lost = lost;
    this.restNanos = restNanos;
  }

  /**
   * Watches these directories, by their real paths, and no others.
   *
   * @return whether there are some that were not watched before
   */
  boolean watch(Set<Path> directories) {
    watches
        .entrySet()
        .removeIf(
            entry -> {
              boolean unwanted =
                  !directories.contains(entry.getKey()) || !entry.getValue().isCurrent();
              if (unwanted) {
                unsure.remove(entry.getKey());
                entry.getValue().close();
              }
              return unwanted;
            });
    complete = true;
    boolean more = false;
    Mounts now = mounts.get();
    if (!now.equals(seen)) {
      unsure.clear();
      watches.keySet().forEach(directory -> judge(directory, now));
      seen = now;
    }
    for (Path directory : directories) {
      if (!watches.containsKey(directory)) {
        boolean added = add(directory, now);
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

  /**
   * Whether all that happens to their files is reported: all are watched, and are on file systems
   * of this computer alone, with no file mounted on one of theirs. What another computer writes is
   * not reported, nor is, to the directory that a file is mounted in, what is written to that file.
   */
  boolean isSure() {
    return complete && unsure.isEmpty();
  }

  private boolean add(Path directory, Mounts now) {
    try {
      watches.put(directory, FileEvents.watchDirectory(directory, new Paths(directory)));
      judge(directory, now);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private void judge(Path directory, Mounts now) {
    if (!now.isLocal(directory) || now.hasFileIn(directory)) {
      unsure.add(directory);
    }
  }

  /** Has the paths of a directory's files known. */
  private final class Paths implements FileEvents.Listener {
    private final Path directory;

    Paths(Path directory) {
      this.directory = directory;
    }

    @Override
    public void changed(Set<Path> names) {
      for (Path name : names) {
        if (!name.toString().endsWith("-shm")) { // What is in it is in the WAL.
          changed.accept(directory.resolve(name));
        }
      }
    }

    @Override
    public void lost() {
      lost.run();
    }

    @Override
    public long restNanos() {
      return restNanos.getAsLong();
    }
  }

  @Override
  public void close() {
    watches.values().forEach(FileEvents.Watch::close);
    watches.clear();
  }
}
