// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A database that was named or found.
 *
 * @param file as it was named or found
 * @param real without symbolic links; what it is known by
 * @param source where it was looked for
 * @param below its path below the source's directory; null for one that was named
 */
public record FoundDatabase(Path file, Path real, DatabaseSource source, @Nullable Path below) {

  /** By its real path, as far as there is one. */
  static FoundDatabase of(Path file, DatabaseSource source, @Nullable Path below) {
    return new FoundDatabase(file, realPath(file), source, below);
  }

  private static Path realPath(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      return ofMissing(file.toAbsolutePath().normalize());
    }
  }

  private static Path ofMissing(Path file) {
    Path parent = file.getParent();
    Path last = file.getFileName();
    try {
      return parent == null || last == null ? file : parent.toRealPath().resolve(last);
    } catch (IOException e) {
      return file;
    }
  }

  /** Its short name; another database may have the same. */
  String shortName() {
    return below == null ? FileNames.lastName(file) : FileNames.text(below).replace('\\', '/');
  }

  /** A name that no other database has. */
  String longName() {
    return FileNames.text(real);
  }

  /** The path that its state is called by; null where that is the whole one. */
  @Nullable Path stateName() {
    return source.named() ? null : below;
  }

  /** Whether it is still wanted when its file is gone: one that was named is. */
  boolean isAwaited() {
    return source.isFile();
  }
}
