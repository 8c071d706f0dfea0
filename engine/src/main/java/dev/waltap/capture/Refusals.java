package dev.waltap.capture;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.UnsupportedDatabaseException;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.DatabaseFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at a database before SQLite does, and refuses in plain words what can't be captured. */
final class Refusals {
  private Refusals() {}

  /**
   * Opens the database file through the registry, after looking at it.
   *
   * @throws CaptureException if it can't be captured as it is
   */
  static DatabaseFile open(Path database) {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      throw refused(
          "Waltap does not run on Windows yet: a mapped WAL can't be truncated there, which would"
              + " hold the application up");
    }
    if (!Files.exists(database)) {
      throw refused(database + ": no such file; give the path of an existing SQLite database");
    }
    if (Files.isDirectory(database)) {
      throw refused(database + ": is a directory; give the path of the database file in it");
    }
    if (!Files.isRegularFile(database)) {
      throw refused(database + ": is not a regular file");
    }
    if (!Files.isReadable(database) || !Files.isWritable(database)) {
      throw refused(
          database
              + ": not readable and writable for this user; SQLite's locks need both, though"
              + " nothing is written: run as the application's user, or grant access");
    }
    requireAccess(database);
    try {
      DatabaseFile file = ChannelRegistry.acquireDatabase(database);
      try {
        checkHeader(database, file);
        return file;
      } catch (RuntimeException e) {
        file.release();
        throw e;
      }
    } catch (IOException | UncheckedIOException e) {
      throw refused(database + ": can't be read: " + e.getMessage());
    }
  }

  /** The WAL, the wal-index and, so that SQLite can make them, the directory. */
  private static void requireAccess(Path database) {
    for (String suffix : new String[] {"-wal", "-shm"}) {
      Path companion = Path.of(database + suffix);
      if (Files.exists(companion)
          && (!Files.isReadable(companion) || !Files.isWritable(companion))) {
        throw refused(
            companion
                + ": not readable and writable for this user; grant access as for the database");
      }
    }
  }

  private static void checkHeader(Path database, DatabaseFile file) {
    byte[] bytes = new byte[DatabaseHeader.SIZE];
    int count = file.read(0, bytes, 0, bytes.length);
    if (count == 0) {
      throw refused(
          database
              + ": is empty; there is no database in it yet: create a table and turn on WAL mode"
              + " (PRAGMA journal_mode=WAL), then start again");
    }
    DatabaseHeader header;
    try {
      header = DatabaseHeader.parse(bytes);
    } catch (CorruptDatabaseException | UnsupportedDatabaseException e) {
      throw refused(database + ": " + e.getMessage());
    }
    if (!header.isWal()) {
      throw notWal(database);
    }
  }

  static CaptureException notWal(Path database) {
    return refused(
        database
            + ": is not in WAL mode, so there is no log to read; turn it on once with: sqlite3 "
            + database
            + " \"PRAGMA journal_mode=WAL\"");
  }

  static CaptureException refused(String message) {
    return new CaptureException(Reason.REFUSED, message);
  }
}
