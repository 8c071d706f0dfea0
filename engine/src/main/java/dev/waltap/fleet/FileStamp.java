// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What database and WAL look like from outside. Every commit writes to the WAL, and whoever removes
 * that writes to the database before; so equal stamps mean that nothing was committed, if the older
 * one was {@link #isSettled}. Nothing is opened: that could drop SQLite's locks.
 *
 * @param database of the database file
 * @param wal of its WAL; nothing if that is missing, or holds no frame
 */
record FileStamp(Attributes database, Attributes wal) {

  /** A WAL that is no longer than its header has no transaction in it. */
  private static final long WAL_HEADER = 32;

  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Some file systems stamp whole seconds, or every other one. */
  private static final long COARSE_TICK_NANOS = 2 * SECOND_NANOS;

  /** Others stamp files by a clock that ticks every 1 to 10 ms; with room to spare. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  /**
   * Of one file.
   *
   * @param key device and inode, where the file system has them
   * @param changedNanos when the system last changed anything about it, which no program can set
   */
  record Attributes(
      boolean exists, @Nullable Object key, long size, long modifiedNanos, long changedNanos) {
    static final Attributes NONE = new Attributes(false, null, 0, 0, 0);

    static Attributes of(Path file) {
      try {
        Map<String, Object> is =
            Files.readAttributes(file, "unix:fileKey,size,lastModifiedTime,ctime");
        return new Attributes(
            true,
            is.get("fileKey"),
            is.get("size") instanceof Long size ? size : 0,
            nanos(is.get("lastModifiedTime")),
            nanos(is.get("ctime")));
      } catch (IOException e) {
        return NONE;
      }
    }

    // A record's own takes several times as long until it is compiled well.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Attributes that
          && exists == that.exists
          && size == that.size
          && modifiedNanos == that.modifiedNanos
          && changedNanos == that.changedNanos
          && Objects.equals(key, that.key);
    }

    @Override
    public int hashCode() {
      return Objects.hash(exists, key, size, modifiedNanos, changedNanos);
    }

    private static long nanos(@Nullable Object time) {
      return time instanceof FileTime at ? at.to(TimeUnit.NANOSECONDS) : 0;
    }

    private boolean isSettled(long nowNanos) {
      boolean wholeSeconds = modifiedNanos % SECOND_NANOS == 0 && changedNanos % SECOND_NANOS == 0;
      long tick = wholeSeconds ? COARSE_TICK_NANOS : TICK_NANOS;
      // One from the future is not what the next write will stamp.
      return Math.abs(nowNanos - modifiedNanos) >= tick
          && Math.abs(nowNanos - changedNanos) >= tick;
    }

    private boolean isBefore(long clockNanos) {
      // Of whole seconds, which the file system may cut all times to, the next may be the same.
      return exists && changedNanos % SECOND_NANOS != 0 && changedNanos < clockNanos;
    }

    private String text() {
      return exists + " " + key + " " + size + " " + modifiedNanos + " " + changedNanos;
    }
  }

  /** As it is now; the database by its real path. */
  static FileStamp of(Path database) {
    Path log = FileNames.beside(database, "-wal");
    // Mostly there is none, which an exception says at four times the cost.
    Attributes wal = Files.exists(log) ? Attributes.of(log) : Attributes.NONE;
    return new FileStamp(Attributes.of(database), wal.size <= WAL_HEADER ? Attributes.NONE : wal);
  }

  /**
   * Whether a write from now on is certain to give another stamp.
   *
   * @param nowNanos since the epoch, by the system's clock
   */
  boolean isSettled(long nowNanos) {
    return database.isSettled(nowNanos) && (!wal.exists || wal.isSettled(nowNanos));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FileStamp that
        && database.equals(that.database)
        && wal.equals(that.wal);
  }

  @Override
  public int hashCode() {
    return Objects.hash(database, wal);
  }

  /**
   * Whether a write to the database, or to its WAL if that has a frame, gives it another stamp from
   * the moment on at which this was taken.
   *
   * @param clockNanos what the files' {@link dev.waltap.host.FileClock} said before this was taken
   */
  boolean isBefore(long clockNanos) {
    return database.isBefore(clockNanos) && (!wal.exists || wal.isBefore(clockNanos));
  }

  /** Whether the database file was not written to between the two, if the first was settled. */
  boolean isOfSameDatabase(FileStamp other) {
    return database.equals(other.database);
  }

  /** All of it. */
  String text() {
    return database.text() + "\n" + wal.text();
  }

  /** Whether the database is another file than it was. */
  boolean isOtherFile(FileStamp before) {
    return !Objects.equals(database.key, before.database.key);
  }
}
