// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import dev.waltap.api.CaptureException;
import dev.waltap.host.FileOwner;
import dev.waltap.host.Mounts;
import dev.waltap.host.Processes.Credentials;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Whether this user may do with the database's files what SQLite does with them, and whether the
 * application still may when SQLite has made {@code -wal} and {@code -shm} for us.
 *
 * <p>Both get the database's mode, whatever the umask, and where root makes them its owner. Made by
 * any other user they are that user's, and an application that can't open them can't open its
 * database any more. So that is found out before any file is made.
 */
final class Access {
  private static final int OTHERS = 0006;
  private static final int GROUP = 0060;
  private static final int SET_GROUP_ID = 02000;

  private Access() {}

  /**
   * Looks at database, WAL, wal-index and directory.
   *
   * @param database as it was named
   * @param real the same without symbolic links
   * @throws CaptureException if one of them is not as SQLite needs it
   */
  static void require(Path database, Path real) throws IOException {
    if (!isAllowed(real)) {
      throw DatabaseChecks.refused(
          isReadOnly(real)
              ? database
                  + ": is on a read-only file system; SQLite's locks and its wal-index need it"
                  + " writable, though nothing is written to the database: mount it read-write"
              : database
                  + ": not readable and writable for this user; SQLite's locks need both, though"
                  + " nothing is written: run as the application's user, or grant access");
    }
    requireNoHotJournal(real);
    requireCompanions(real);
  }

  private static boolean isAllowed(Path database) {
    try {
      checkAccess(database);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void checkAccess(Path file) throws IOException {
    file.getFileSystem().provider().checkAccess(file, AccessMode.READ, AccessMode.WRITE);
  }

  private static boolean isReadOnly(Path real) throws IOException {
    return Mounts.read().of(real).map(Mounts.Mount::isReadOnly).orElse(false);
  }

  /**
   * The WAL, the wal-index and, so that SQLite can make them, the directory. Another process may
   * remove them at any moment, by closing the last connection: what is gone refuses nobody.
   */
  static void requireCompanions(Path database) throws IOException {
    boolean canMake = false;
    for (String suffix : new String[] {"-wal", "-shm"}) {
      Path companion = FileNames.beside(database, suffix);
      if (isFile(companion)) {
        if (isDenied(companion)) {
          throw DatabaseChecks.refused(
              companion
                  + ": not readable and writable for this user; grant access as for the database");
        }
      } else if (!canMake) {
        requireCanMake(database, companion);
        canMake = true; // The other one, too: nothing of this is about its name.
      }
    }
  }

  private static void requireCanMake(Path database, Path companion) throws IOException {
    if (!Files.isWritable(database.resolveSibling("."))) {
      throw DatabaseChecks.refused(
          database.getParent()
              + ": not writable for this user, so SQLite can't make "
              + companion.getFileName()
              + " in it: run as the application's user, or grant access to the directory");
    }
    requireOwnerCanOpen(database, companion);
  }

  /**
   * Whether it is there. SQLite opens neither through a symbolic link, lest it write to a file that
   * nobody named.
   */
  private static boolean isFile(Path companion) throws IOException {
    try {
      if (!Files.readAttributes(companion, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isRegularFile()) {
        throw DatabaseChecks.refused(
            companion
                + ": is a directory, a link or something else, where SQLite keeps a file of its own"
                + " and opens nothing else: move it away");
      }
      return true;
    } catch (NoSuchFileException e) {
      return false; // SQLite makes it.
    }
  }

  /**
   * A rollback journal that a crash has left. Whoever reads the database first rolls it back, and
   * that writes to the database.
   */
  private static void requireNoHotJournal(Path database) throws IOException {
    Path journal = FileNames.beside(database, "-journal");
    if (!Files.exists(journal)) {
      return; // As it should be; asked first, since a failure to open it takes longer to report.
    }
    try (InputStream bytes = Files.newInputStream(journal)) {
      // The first byte is zero, or missing, in one that is done with.
      if (bytes.read() > 0) {
        throw DatabaseChecks.refused(
            journal
                + ": is left of a crash in rollback-journal mode; SQLite would roll it back, which"
                + " writes to the database: open the database with the application first");
      }
    } catch (NoSuchFileException e) {
      // Rolled back meanwhile.
    }
  }

  /** One look at the file: between two it may have come or gone. */
  private static boolean isDenied(Path companion) throws IOException {
    try {
      checkAccess(companion);
      return false;
    } catch (AccessDeniedException e) {
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void requireOwnerCanOpen(Path database, Path companion) throws IOException {
    Credentials us = Credentials.ofSelf();
    if (us == null) {
      return; // Not Linux.
    }
    FileOwner file = FileOwner.of(database);
    FileOwner directory = FileOwner.of(database.resolveSibling("."));
    if (!ownerCanOpen(us, file, directory)) {
      throw DatabaseChecks.refused(
          companion
              + ": is not there yet, and made by this user ("
              + us.user()
              + ") it could not be opened by the database's owner ("
              + file.user()
              + "): run as that user, or start the application first");
    }
  }

  /**
   * Gives a WAL and a wal-index that are this user's to the database's group: SQLite makes them of
   * this user's first one, which need not be that by which the application opens them.
   */
  static void shareWithGroup(Path database) {
    Credentials us = Credentials.ofSelf();
    try {
      FileOwner owner = FileOwner.of(database);
      if (us == null || (owner.mode() & GROUP) == 0 || !us.groups().contains(owner.group())) {
        return;
      }
      for (String suffix : new String[] {"-wal", "-shm"}) {
        Path companion = FileNames.beside(database, suffix);
        FileOwner made = FileOwner.of(companion);
        if (made.user() == us.user() && made.group() != owner.group()) {
          Files.setAttribute(companion, "unix:gid", (int) owner.group());
        }
      }
    } catch (IOException e) {
      // Then they are as SQLite makes them for the application, too.
      return;
    }
  }

  /** Whether the owner of a database can open files that these credentials make beside it. */
  static boolean ownerCanOpen(Credentials us, FileOwner database, FileOwner directory) {
    if (us.user() == database.user() || (database.mode() & OTHERS) == OTHERS) {
      return true;
    }
    if (us.user() == 0 && us.canChown()) {
      return true; // SQLite gives them to the database's owner.
    }
    long group = (directory.mode() & SET_GROUP_ID) != 0 ? directory.group() : us.group();
    return (database.mode() & GROUP) == GROUP && group == database.group();
  }
}
