// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one owner, in this process, of descriptors on database files and on -shm files. No other code
 * of Waltap may open either, not even for a moment.
 *
 * <p><b>Why.</b> SQLite locks with POSIX {@code fcntl} locks, which belong to the pair of process
 * and inode, not to a descriptor: closing <em>any</em> descriptor of a file drops every lock that
 * this process holds on it. Let an application and Waltap share a process, and let Waltap open,
 * read and close the database file once: the application's transactions then stand there without
 * locks. Another process may checkpoint and truncate the WAL under an open reader, or,
 * disconnecting, take itself for the last connection and delete the WAL. Both were seen, and both
 * corrupt. (The -wal file is exempt: SQLite locks nothing there; {@link LogFile} opens and closes
 * it freely.)
 *
 * <p><b>The rule.</b>
 *
 * <ol>
 *   <li>Descriptors are keyed by file identity (device and inode), one for each file.
 *   <li>A descriptor on a database file is closed only when no capture uses it, the file has no
 *       name left, so that nobody can open it any more, <em>and</em> it is the only one that this
 *       process has on it: a connection has its own, so there is none whose locks could be lost.
 *   <li>A descriptor on a -shm file is closed only when no capture uses it <em>and</em> its path no
 *       longer leads to it: SQLite unlinks it when the last connection of all processes closes, so
 *       there is no lock left to lose.
 *   <li>All are strongly reachable from here: a collected {@code RandomAccessFile} closes itself.
 *   <li>Nothing interruptible touches them: an interrupt would close the channel.
 * </ol>
 *
 * <p>The price is one descriptor for each database file that this process ever captured and that
 * was not deleted, and one for the -shm file beside it as long as others have that open.
 *
 * <p>The registry is one for each class loader of this class. Two of them in one process are safe
 * with each other: a file that both have open has two descriptors, so neither closes its own.
 *
 * <p>Safe for any thread. Who acquires releases, once.
 */
public final class ChannelRegistry {

  private static final Object LOCK = new Object();

  /** The one that was not asked for the longest is the first; so it is with the others. */
  private static final Map<Object, DatabaseFile> DATABASES = new LinkedHashMap<>(16, 0.75f, true);

  private static final Map<Object, SharedMemory> SHARED = new LinkedHashMap<>(16, 0.75f, true);

  /** How many files that nobody uses are looked at when another is opened. */
  private static final int LOOKED_AT = 8;

  /** To look at all descriptors of a process takes milliseconds where there are thousands. */
  private static final long SEARCH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static long searched = System.nanoTime() - SEARCH_NANOS;

  /**
   * Descriptors that no entry of the maps has, or has yet: of which we can't say on which file they
   * are, or whose opening failed halfway. Kept lest a lock be dropped.
   */
  private static final List<@Nullable RandomAccessFile> STRAYS = new ArrayList<>();

  private ChannelRegistry() {}

  /**
   * The open database file that {@code path} leads to.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws AccessDeniedException if it may not be read
   */
  public static DatabaseFile acquireDatabase(Path path) throws IOException {
    synchronized (LOCK) {
      Object key = FileIdentity.of(path);
      DatabaseFile file = DATABASES.get(key);
      if (file == null) {
        if (System.nanoTime() - searched >= SEARCH_NANOS && isOneDeleted()) {
          closeDeleted();
        }
        Opened opened = open(path);
        key = opened.key;
        file = new DatabaseFile(path, key, opened.file);
        DATABASES.put(key, file);
        STRAYS.remove(opened.file);
      }
      file.references++;
      return file;
    }
  }

  /**
   * The mapped wal-index that {@code path}, a file name ending in {@code -shm}, leads to. It exists
   * from the moment that a connection to the database has read once.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws AccessDeniedException if it may not be read
   * @throws FileSystemException if SQLite has not given it its first 32 KiB yet
   */
  public static SharedMemory acquireSharedMemory(Path path) throws IOException {
    return acquireSharedMemory(path, true);
  }

  /**
   * The same, for {@link SharedMemory#read} only: it need not be mapped then, and no connection to
   * the database need be open.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws AccessDeniedException if it may not be read
   */
  public static SharedMemory acquireUnmapped(Path path) throws IOException {
    return acquireSharedMemory(path, false);
  }

  private static SharedMemory acquireSharedMemory(Path path, boolean mapped) throws IOException {
    synchronized (LOCK) {
      Object key = FileIdentity.of(path);
      SharedMemory memory = SHARED.get(key);
      if (memory == null) {
        closeUnlinked();
        Opened opened = open(path);
        key = opened.key;
        memory = new SharedMemory(path, key, opened.file);
        SHARED.put(key, memory);
        STRAYS.remove(opened.file);
      }
      if (mapped) {
        memory.ensureMapped();
      }
      memory.references++;
      return memory;
    }
  }

  /** Whether one of those that nobody uses, and whose turn it is, is not where it was. */
  static boolean isOneDeleted() {
    synchronized (LOCK) {
      boolean deleted = false;
      for (int i = Math.min(LOOKED_AT, DATABASES.size()); i > 0 && !deleted; i--) {
        DatabaseFile file = DATABASES.values().iterator().next();
        deleted = file.references == 0 && file.isElsewhere();
        var unused = DATABASES.get(file.identity()); // The last in turn now.
      }
      return deleted;
    }
  }

  /** Closes descriptors on files that were deleted, where no lock can be lost. */
  static void closeDeleted() {
    synchronized (LOCK) {
      try {
        for (Object key : UnlinkedFiles.openOnce()) {
          DatabaseFile file = DATABASES.get(key);
          if (file != null && file.references == 0) {
            DATABASES.remove(key);
            file.dispose();
          }
        }
      } catch (IOException | RuntimeException e) {
        // Not known for certain, so they stay open.
        return;
      } finally {
        searched = System.nanoTime();
      }
    }
  }

  static void release(DatabaseFile file) {
    synchronized (LOCK) {
      if (file.references == 0) {
        throw new IllegalStateException(file + " was released more often than acquired");
      }
      file.references--;
    }
  }

  static void release(SharedMemory memory) {
    synchronized (LOCK) {
      if (memory.references == 0) {
        throw new IllegalStateException(memory + " was released more often than acquired");
      }
      memory.references--;
      if (memory.references == 0 && !closeIfUnlinked(memory)) {
        memory.unmap(); // That drops no lock, and mappings are limited, too.
      }
    }
  }

  private static boolean closeIfUnlinked(SharedMemory memory) {
    boolean unlinked = memory.isUnlinked();
    if (unlinked) {
      SHARED.remove(memory.identity());
      memory.dispose();
    }
    return unlinked;
  }

  /** Looks at some, in turn: of thousands of databases, all would be too many each time. */
  private static void closeUnlinked() {
    for (int i = Math.min(LOOKED_AT, SHARED.size()); i > 0; i--) {
      SharedMemory memory = SHARED.values().iterator().next();
      if (memory.references > 0 || !closeIfUnlinked(memory)) {
        var unused = SHARED.get(memory.identity()); // The last in turn now.
      }
    }
  }

  private record Opened(Object key, RandomAccessFile file) {}

  // The file may be replaced between the look at its identity and the opening. A descriptor for
  // which that can't be ruled out is kept unused: closing it might drop locks.
  private static Opened open(Path path) throws IOException {
    for (int attempt = 0; attempt < 10; attempt++) {
      Object before = FileIdentity.of(path);
      if (!Files.isReadable(path)) {
        throw new AccessDeniedException(path.toString());
      }
      // Room first: nothing may fail between the opening and the file's being kept here.
      STRAYS.add(null);
      int kept = STRAYS.size() - 1;
      try {
        STRAYS.set(kept, FileNames.open(path));
      } catch (IOException e) {
        STRAYS.remove(kept);
        throw e;
      }
      RandomAccessFile file = STRAYS.get(kept);
      if (file != null && before.equals(FileIdentity.orNull(path))) {
        return new Opened(before, file);
      }
    }
    throw new FileSystemException(path.toString(), null, "replaced again and again while opened");
  }

  /** How many database files are open; for tests. */
  static int openDatabases() {
    synchronized (LOCK) {
      return DATABASES.size();
    }
  }

  /** How many -shm files are open; for tests. */
  static int openSharedMemories() {
    synchronized (LOCK) {
      return SHARED.size();
    }
  }
}
