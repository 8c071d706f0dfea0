// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sqlite;

import dev.waltap.host.Mounts;
import dev.waltap.host.Reasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the driver unpacks SQLite's native library before it loads it, and what may be wrong. */
final class TemporaryDirectory {
  private static final String DRIVERS_OWN = "org.sqlite.tmpdir";
  private static final String JAVAS = "java.io.tmpdir";

  /** More than the library has. */
  private static final long NEEDED_BYTES = 4L << 20;

  private TemporaryDirectory() {}

  /** Why the library could not be loaded, and what to do. */
  static String complaint(Throwable failure) {
    String property = System.getProperty(DRIVERS_OWN) != null ? DRIVERS_OWN : JAVAS;
    String directory = System.getProperty(property, "");
    String wrong = wrong(Path.of(directory));
    if (wrong == null) {
      return failure.getMessage()
          + "; it is unpacked into "
          + directory
          + " ("
          + property
          + "): check whether this system and that directory allow it";
    }
    return "it is unpacked into the temporary directory "
        + directory
        + " ("
        + property
        + "), which "
        + wrong
        + ": name another one, with java -D"
        + property
        + "=DIR";
  }

  private static @org.jspecify.annotations.Nullable String wrong(Path directory) {
    if (!Files.exists(directory)) {
      return "does not exist";
    }
    if (!Files.isDirectory(directory)) {
      return "is not a directory";
    }
    try {
      Path real = directory.toRealPath();
      Optional<Mounts.Mount> mount = Mounts.read().of(real);
      if (mount.map(Mounts.Mount::isReadOnly).orElse(false)) {
        return "is on a read-only file system";
      }
      if (!Files.isWritable(real)) {
        return "is not writable for this user";
      }
      if (mount.map(Mounts.Mount::isNoexec).orElse(false)) {
        return "is mounted noexec, so that no library can be loaded from it";
      }
      return real.toFile().getUsableSpace() < NEEDED_BYTES ? "is full" : null;
    } catch (IOException e) {
      return "can't be looked at (" + Reasons.of(e) + ")";
    }
  }
}
