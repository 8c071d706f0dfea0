// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureListener;
import dev.waltap.host.Mounts;
import dev.waltap.io.FileNames;
import dev.waltap.sqlite.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at what is around an attached database and could make "every commit will be emitted"
 * untrue: other names of the file, other WALs, other computers, another SQLite in this process. For
 * the capture thread.
 */
public final class Surroundings {
  private static final long FILES_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** By then a capture that finds nothing to read has looked at processes at least once. */
  public static final long SURVEYED_NANOS = FILES_NANOS;

  private static final long PROCESSES_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A process that opens the database has its locks one after the other within less. */
  private static final long OPENING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Attachment attachment;
  private final Path asNamed;
  private final CaptureListener listener;
  private final OtherWals otherWals;
  private final Set<Long> warnedOf = new HashSet<>();
  private Set<Long> suspects = Set.of();
  private final long attached = System.nanoTime();
  private long lastFiles = attached;
  private long lastProcesses = attached;

  /** When the processes had been looked at last. */
  private long lookedNanos = attached;

  /** Of this database; the path as it was given, which may be a symbolic link. */
  public Surroundings(Attachment attachment, Path asNamed, CaptureListener listener) {
    this.attachment = attachment;
    this.asNamed = asNamed;
    this.listener = listener;
    this.otherWals = new OtherWals(attachment.database());
  }

  /**
   * Warns of all that can be seen at once; to be called before the capture is ready.
   *
   * @param processesToo whether other processes are looked for now, even if nothing hints at them,
   *     which takes some ten milliseconds, since the system waits until nobody changes a lock; else
   *     by {@link #check}
   */
  public void warn(boolean processesToo) {
    Path database = attachment.database();
    // A file that was mounted on itself a moment ago is warned of. Databases that a fleet opens
    // again
    // share a look.
    Mounts mounts = processesToo ? Mounts.read() : Mounts.lately(database);
    boolean suspicious = processesToo;
    try {
      List<String> reasons = otherWals.reasons(asNamed, mounts);
      reasons.forEach(listener::warning);
      suspicious |= !reasons.isEmpty();
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      listener.detail(
          FileNames.text(database)
              + ": whether it has other names can't be seen: "
              + e.getMessage());
    }
    mounts
        .of(database)
        .map(Mounts.Mount::type)
        .filter(RemoteFileSystems::isShared)
        .ifPresent(type -> listener.warning(remote(database, type)));
    if (!suspicious) {
      lastProcesses = attached - PROCESSES_NANOS;
      return;
    }
    suspects = otherWals.processes(attached);
    lookedNanos = System.nanoTime();
    if (!suspects.isEmpty()) {
      LockSupport.parkNanos(OPENING_NANOS);
      lookAtProcesses(System.nanoTime());
    }
  }

  static String remote(Path database, String type) {
    return FileNames.text(database)
        + " is on a file system of type "
        + type
        + ", which other computers may share: SQLite's WAL works only among processes of one"
        + " computer, so run the application and this capture on the same one, and no other";
  }

  /**
   * Refuses a file system on which SQLite's WAL does not work at all.
   *
   * @throws CaptureException if it is one
   */
  static void requireFitFileSystem(Path real) {
    requireFit(real, Mounts.lately(real).of(real).map(Mounts.Mount::type).orElse(""));
  }

  static void requireFit(Path real, String type) {
    if (RemoteFileSystems.isUnfit(type)) {
      throw DatabaseChecks.refused(
          FileNames.text(real)
              + ": is on a file system of type "
              + type
              + ", where processes share neither locks nor memory as SQLite's WAL needs it: move"
              + " the database to a local disk, or capture it on the computer that has it");
    }
  }

  /** Whether it is time for another {@link #check}. */
  public boolean isDue(long now) {
    return now - lastFiles >= FILES_NANOS;
  }

  /**
   * Looks again.
   *
   * @return what is known of the database file now
   * @throws CaptureException if the files are not the same any more, or if another SQLite was
   *     loaded
   */
  public BasicFileAttributes check(long now) {
    lastFiles = now;
    BasicFileAttributes database = attachment.requireSameFiles();
    // Who was seen once is either just opening it, or to be warned of.
    if (!suspects.isEmpty() || now - lastProcesses >= PROCESSES_NANOS) {
      lastProcesses = now;
      NativeLibrary.requireOnlyOne();
      lookAtProcesses(now - FILES_NANOS);
    }
    return database;
  }

  /**
   * Looks at processes, as often as is due, while the capture finds no time for {@link #check}.
   * Whether the files are the same is not asked before all that was read of them is delivered.
   */
  public void checkWhileBusy(long now) {
    if (now - attached >= PROCESSES_NANOS && now - lastProcesses >= PROCESSES_NANOS) {
      lastProcesses = now;
      lookAtProcesses(now - FILES_NANOS);
    }
  }

  /** Whoever was seen twice is not just opening the database; by two looks, not one reading. */
  private void lookAtProcesses(long since) {
    Set<Long> seen = otherWals.processes(later(since, suspects.isEmpty() ? attached : lookedNanos));
    lookedNanos = System.nanoTime();
    for (long process : seen) {
      if (suspects.contains(process) && warnedOf.add(process)) {
        listener.warning(otherWals.describe(process));
      }
    }
    suspects = seen;
  }

  /** The later one of two moments, each a {@link System#nanoTime}. */
  private static long later(long one, long other) {
    return one - other < 0 ? other : one;
  }
}
