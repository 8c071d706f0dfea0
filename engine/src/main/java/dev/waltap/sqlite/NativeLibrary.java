// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sqlite;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.host.MappedFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite's native library in this process: that it can be loaded, and that it is there once.
 *
 * <p><b>Why once.</b> SQLite locks with POSIX locks, which belong to the process: closing any
 * descriptor of a file drops all of them. One copy of SQLite knows its own descriptors, and keeps
 * them open as long as it must; two copies know nothing of each other, so each drops the other's
 * locks, and another process then writes where nobody may. sqlite.org/howtocorrupt.html, 2.2.1, has
 * it as a way to corrupt a database.
 *
 * <p>Any thread may call it.
 */
public final class NativeLibrary {

  /** Set to true by whoever knows that the other copy never opens a captured database. */
  public static final String ALLOW_SECOND = "waltap.allowSecondSqlite";

  private static final BytePattern MAGIC = BytePattern.ascii("SQLite format 3\0");
  private static final BytePattern EXPORT = BytePattern.ascii("\0sqlite3_open_v2\0");

  /** Larger ones are browsers, which keep their SQLite to themselves. */
  private static final long MAX_BYTES = 64L << 20;

  /** What was found about each library, by device and inode. */
  private static final Map<String, Boolean> LOOKED_AT = new ConcurrentHashMap<>();

  /** Many databases that are opened one after the other share a look at the process. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** The copies that were there when it was looked last. */
  private record Look(long nanos, List<String> copies) {}

  private static volatile @Nullable Look last;

  private NativeLibrary() {}

  /**
   * Loads SQLite, unless it is loaded.
   *
   * @throws CaptureException REFUSED, saying what is wrong with the temporary directory, if it
   *     can't be loaded
   */
  static void load() {
    try {
      SQLiteJDBCLoader.initialize();
    } catch (Exception | LinkageError e) {
      throw new CaptureException(
          Reason.REFUSED,
          "SQLite's native library can't be loaded: " + TemporaryDirectory.complaint(e),
          e);
    }
  }

  /**
   * Loads SQLite and makes sure that it is in this process once, as far as the system says; it may
   * have said so a quarter of a second ago.
   *
   * @throws CaptureException REFUSED if it is there twice, or can't be loaded
   */
  public static void requireOnlyOne() {
    load();
    List<String> copies = lately();
    if (copies.size() > 1 && !Boolean.getBoolean(ALLOW_SECOND)) {
      throw new CaptureException(
          Reason.REFUSED,
          "this process has "
              + copies.size()
              + " copies of SQLite loaded ("
              + String.join(", ", copies)
              + "), each of which drops the other's locks, and that corrupts databases: let the"
              + " application and the capture use one SQLite driver from one class loader, or run"
              + " the capture in a process of its own; -D"
              + ALLOW_SECOND
              + "=true if the other one never opens this database");
    }
  }

  private static List<String> lately() {
    Look look = last;
    long now = System.nanoTime();
    if (look == null || now - look.nanos > LOOK_NANOS) {
      look = new Look(now, copies());
      last = look;
    }
    return look.copies;
  }

  private static List<String> copies() {
    String java = System.getProperty("java.home", "") + File.separator;
    List<String> copies = new ArrayList<>();
    MappedFiles.executables()
        .forEach(
            (file, path) -> {
              if (!path.startsWith(java)
                  && LOOKED_AT.computeIfAbsent(file, unused -> isSqlite(path))) {
                copies.add(path);
              }
            });
    return copies;
  }

  /** Named as one and, as far as that can be seen, one; or one whose functions others call. */
  private static boolean isSqlite(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    boolean named = name.contains("sqlite") || name.contains("sqlcipher");
    try {
      Path file = Path.of(path);
      if (Files.size(file) > MAX_BYTES) {
        return named;
      }
      byte[] bytes = Files.readAllBytes(file);
      // An extension for SQLite is named like it, and has none in it.
      return MAGIC.isIn(bytes) && (named || EXPORT.isIn(bytes));
    } catch (IOException | RuntimeException e) {
      return named; // Deleted since it was loaded, as the drivers' temporary files are.
    }
  }
}
