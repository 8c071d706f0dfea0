// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the last look at directories found, so that the next one need not ask the system again what
 * is behind each name: with thousands, that costs more than all else. Holds only where each change
 * of a name is reported: see {@link #changed}, {@link #forget}. What is a symbolic link is asked
 * about each time, since where it leads may change anywhere. For one thread, but for {@link
 * #changed}.
 */
final class KnownDatabases {

  /** By their real paths. */
  private Map<Path, FoundDatabase> last = new HashMap<>();

  private Map<Path, FoundDatabase> next = new HashMap<>();

  /** Not yet taken from those that are known. */
  private final Set<Path> changed = ConcurrentHashMap.newKeySet();

  /** A look begins. */
  void begin() {
    // What changes after this is asked about by the next look, whatever this one sees of it.
    changed.removeIf(
        file -> {
          last.remove(file);
          return true;
        });
  }

  /** What the last look found by this real path, unless something has happened to it; else null. */
  @Nullable FoundDatabase find(Path real, Path file, DatabaseSource source) {
    FoundDatabase known = last.get(real);
    return known != null && known.file().equals(file) && known.source().equals(source)
        ? known
        : null;
  }

  /**
   * Something was found.
   *
   * @param real its path if it is no symbolic link
   */
  void add(Path real, FoundDatabase found) {
    if (found.real().equals(real)) {
      next.put(real, found);
    }
  }

  /** The look has ended. */
  void end() {
    Map<Path, FoundDatabase> old = last;
    last = next;
    next = old;
    next.clear();
  }

  /** A file came, went, or was written to. For any thread. */
  void changed(Path real) {
    changed.add(real);
  }

  /** More may have changed than was reported. */
  void forget() {
    last.clear();
    changed.clear();
  }
}
