// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.DatabaseGoneException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.UnsupportedDatabaseException;
import dev.waltap.host.Reasons;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.DatabaseFile;
import dev.waltap.io.FileNames;
import dev.waltap.io.MappedCopies;
import dev.waltap.sqlite.NativeLibrary;
import dev.waltap.sqlite.ResultCodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** Checks a database before SQLite opens it, and says in plain words why it can't be captured. */
public final class DatabaseChecks {
  private DatabaseChecks() {}

  /**
   * Makes sure that there is a database file, and only one SQLite to read it with.
   *
   * @return its path without symbolic links
   * @throws CaptureException if it can't be captured as it is
   */
  static Path locate(Path database) {
    requirePresent(database);
    NativeLibrary.requireOnlyOne();
    return realPath(database);
  }

  /**
   * Opens the database file through the registry, after looking at it.
   *
   * @param real what {@link #locate} says
   * @throws CaptureException if it can't be captured as it is
   */
  static DatabaseFile open(Path database, Path real) {
    requireAccess(database, real);
    return acquire(database);
  }

  /**
   * Looks at all that {@link #open} does, and leaves nothing open.
   *
   * @throws CaptureException if it can't be captured as it is
   */
  public static void requireCapturable(Path database) {
    requirePresent(database);
    requireAccess(database, realPath(database));
    acquire(database).release();
  }

  private static Path realPath(Path database) {
    try {
      return database.toRealPath();
    } catch (IOException e) {
      throw unseen(database, e);
    }
  }

  private static void requireAccess(Path database, Path real) {
    try {
      Surroundings.requireFitFileSystem(real);
      Access.require(database, real);
    } catch (IOException e) {
      throw unseen(database, e);
    }
  }

  private static CaptureException unseen(Path database, IOException e) {
    return refused(
        FileNames.text(database)
            + ": can't be looked at: "
            + Reasons.of(e)
            + ": check the path and the file system");
  }

  /**
   * Opens the database file to look at it only, which takes no lock.
   *
   * @throws CaptureException if it is no database in WAL mode
   */
  public static DatabaseFile openToRead(Path database) {
    requirePresent(database);
    if (!Files.isReadable(database)) {
      throw refused(FileNames.text(database) + ": not readable for this user; grant access to it");
    }
    return acquire(database);
  }

  /**
   * Makes sure that this is a system on which a database may be captured.
   *
   * @throws CaptureException if it is not
   */
  public static void requireSupportedSystem() {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      throw refused(
          "Windows is not supported yet: a WAL that is mapped can't be truncated there, which would"
              + " hold the application up: use Linux");
    }
  }

  /**
   * Makes sure that there is a file, whatever is in it.
   *
   * @throws CaptureException if there is none that could be a database
   */
  public static void requirePresent(Path database) {
    requireSupportedSystem();
    BasicFileAttributes is;
    try {
      is = Files.readAttributes(database, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw refused(missing(database));
    } catch (AccessDeniedException e) {
      throw refused(
          FileNames.text(database)
              + ": can't be reached: permission denied: this user may not search a directory on the"
              + " way there; run as the application's user, or grant access");
    } catch (IOException e) {
      throw refused(
          FileNames.text(database) + ": can't be reached: " + Reasons.of(e) + ": check the path");
    }
    if (is.isDirectory()) {
      throw refused(
          FileNames.text(database)
              + ": is a directory, not a database; give the path of the database file in it");
    }
    if (!is.isRegularFile()) {
      throw refused(
          FileNames.text(database)
              + ": is not a regular file, so it can't be a database; give the path of one");
    }
  }

  private static String missing(Path database) {
    if (Files.isSymbolicLink(database)) {
      return FileNames.text(database)
          + ": is a symbolic link to a file that does not exist: check where it leads";
    }
    return FileNames.text(database)
        + ": does not exist, there is nothing to capture: "
        + (database.toString().startsWith("file:")
            ? "give the path of the file, not a URI"
            : "check the path");
  }

  private static DatabaseFile acquire(Path database) {
    try {
      DatabaseFile file = ChannelRegistry.acquireDatabase(database);
      try {
        checkHeader(database, file);
        return file;
      } catch (Throwable e) {
        file.release();
        throw e;
      }
    } catch (IOException | UncheckedIOException e) {
      throw refused(
          FileNames.text(database)
              + ": can't be read: "
              + (e instanceof IOException io ? Reasons.of(io) : e.getMessage())
              + ": check the file system, and who may read the file");
    }
  }

  private static void checkHeader(Path database, DatabaseFile file) {
    byte[] bytes = new byte[DatabaseHeader.SIZE];
    int count = file.read(0, bytes, 0, bytes.length);
    if (count == 0) {
      throw refused(
          FileNames.text(database)
              + ": is empty; there is no database in it yet: create a table and turn on WAL mode"
              + " (PRAGMA journal_mode=WAL), then start again");
    }
    if (count < DatabaseHeader.SIZE && new String(bytes, 0, 6, US_ASCII).equals("SQLite")) {
      throw refused(
          FileNames.text(database)
              + ": has only "
              + count
              + " bytes, not even a whole header: it is cut off, restore it from a copy");
    }
    DatabaseHeader header;
    try {
      header = DatabaseHeader.parse(bytes);
    } catch (UnsupportedDatabaseException e) {
      throw refused(
          FileNames.text(database)
              + ": "
              + e.getMessage()
              + ": a newer or another SQLite made it, which this version of waltap can't follow:"
              + " upgrade waltap, or copy the database with an SQLite that it knows");
    } catch (CorruptDatabaseException e) {
      throw refused(
          FileNames.text(database)
              + ": "
              + e.getMessage()
              + "; nothing was changed: give the path of a database that is not encrypted");
    }
    if (file.size() < header.pageSize()) {
      throw refused(
          FileNames.text(database)
              + ": page 1 (root of sqlite_schema) is cut off, the file has only "
              + file.size()
              + " bytes: the database is damaged, restore it from a copy");
    }
    if (!isInWalMode(database, header)) {
      throw notWal(database);
    }
  }

  /** In words what SQLite says of a database that it can't read, and where the damage shows. */
  static CaptureException unreadable(Path database, SQLException e) {
    String name = FileNames.text(database);
    return switch (ResultCodes.primary(e)) {
      case SQLITE_BUSY -> new CaptureException(Reason.REFUSED, Locked.describe(database), e);
      case SQLITE_FULL -> noRoom(name, e);
      case SQLITE_IOERR ->
          ResultCodes.extended(e) == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE
              ? noRoom(name, e)
              : cannotOpen(Reason.DISK, name, e);
      case SQLITE_CANTOPEN ->
          new CaptureException(
              Reason.REFUSED,
              name
                  + ": SQLite can't open it, or can't make "
                  + database.getFileName()
                  + "-wal or -shm beside it, though this user may; nothing was changed: if this"
                  + " process is out of file descriptors, raise ulimit -n",
              e);
      case SQLITE_CORRUPT, SQLITE_NOTADB ->
          new CaptureException(
              Reason.REFUSED,
              name
                  + ": SQLite can't read it, not even its first page: "
                  + Reasons.oneLine(e)
                  + "; the database is damaged: run PRAGMA integrity_check and restore or repair"
                  + " it",
              e);
      default -> cannotOpen(Reason.REFUSED, name, e);
    };
  }

  private static CaptureException noRoom(String database, SQLException e) {
    return new CaptureException(
        Reason.DISK,
        database
            + "-shm: the file system is full, and SQLite can't make the wal-index (32 KiB) that all"
            + " its readers share: free some space; nothing was changed",
        e);
  }

  private static CaptureException cannotOpen(Reason reason, String database, SQLException e) {
    return new CaptureException(
        reason,
        database
            + ": SQLite can't open it for reading: "
            + Reasons.oneLine(e)
            + "; nothing was changed: check that sqlite3 can open it as this user",
        e);
  }

  /** What ended a capture that was under way, if it has no words of its own yet. */
  public static CaptureException failed(Path database, Throwable failure) {
    String what = "an error inside the capture: " + failure;
    if (failure instanceof CorruptDatabaseException damage) {
      return damaged(database, damage);
    }
    if (failure instanceof DatabaseException || failure instanceof UncheckedIOException) {
      what = failure.getMessage();
    } else if (MappedCopies.isLateFault(failure)) {
      what =
          "the WAL was truncated while it was read, and this Java said so too late to read on;"
              + " nothing wrong was emitted: start again, with java -D"
              + MappedCopies.PROPERTY
              + "=false, which reads the WAL without mapping it";
    }
    return new CaptureException(reasonOf(failure), FileNames.text(database) + ": " + what, failure);
  }

  /** Why a capture ends that meets this. */
  public static Reason reasonOf(Throwable failure) {
    if (failure instanceof DatabaseException database) {
      return reasonOf(database);
    }
    if (failure instanceof UncheckedIOException) {
      return Reason.DISK;
    }
    boolean passing = failure instanceof OutOfMemoryError || MappedCopies.isLateFault(failure);
    return passing ? Reason.FAILED : Reason.BUG;
  }

  private static Reason reasonOf(DatabaseException failure) {
    if (failure instanceof DatabaseGoneException) {
      return Reason.DATABASE_GONE;
    }
    return failure instanceof UnsupportedDatabaseException ? Reason.SCHEMA : Reason.REFUSED;
  }

  /** Why a capture ends for which SQLite can't read a database that it has open. */
  static Reason reasonOf(SQLException failure) {
    return switch (ResultCodes.primary(failure)) {
      case SQLITE_IOERR, SQLITE_FULL -> Reason.DISK;
      case SQLITE_CORRUPT, SQLITE_NOTADB -> Reason.REFUSED;
      default -> Reason.FAILED;
    };
  }

  /** A database whose pages can't be read as what they should be, and what to do. */
  public static CaptureException damaged(Path database, CorruptDatabaseException damage) {
    return new CaptureException(
        Reason.REFUSED,
        FileNames.text(database)
            + ": "
            + damage.getMessage()
            + "; the database is damaged: run PRAGMA integrity_check and restore or repair it",
        damage);
  }

  /**
   * Whether SQLite uses a WAL: where there is one it does, whatever the header says. VACUUM by
   * SQLite 3.7.2 leaves one that says otherwise.
   */
  static boolean isInWalMode(Path database, DatabaseHeader header) {
    return header.isWal() || Files.exists(FileNames.beside(database, "-wal"));
  }

  static CaptureException notWal(Path database) {
    return refused(
        FileNames.text(database)
            + ": is not in WAL mode, so there is no log to read; turn it on once with: sqlite3 "
            + FileNames.text(database)
            + " \"PRAGMA journal_mode=WAL\"");
  }

  static CaptureException refused(String message) {
    return new CaptureException(Reason.REFUSED, message);
  }
}
