// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import dev.waltap.host.FileLocks;
import dev.waltap.host.FileLocks.Lock;
import dev.waltap.host.Mounts;
import dev.waltap.host.Processes;
import dev.waltap.host.UnixAttribute;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds out that a database file is, or may be, reached in a way that leads to another WAL. SQLite
 * names it after the database: whoever opens the same file by a hard link, or by a mount of the
 * file without its directory, writes to a WAL that is not looked at here. Neither sees what the
 * other one commits, and their checkpoints destroy the database.
 *
 * <p>Of processes it can be proved: as long as a connection is open, it holds a shared lock on the
 * database file, and another one on the wal-index.
 */
final class OtherWals {

  /** The byte of a wal-index that is locked by everybody who has it open. */
  private static final long IN_USE = 128;

  private final Path database;
  private final Path wal;
  private final Path index;

  /** Of a database by its real path. */
  OtherWals(Path database) {
    this.database = database;
    this.wal = FileNames.beside(database, "-wal");
    this.index = FileNames.beside(database, "-shm");
  }

  /** What makes it possible, one line each. */
  List<String> reasons(Path asNamed, Mounts mounts) throws IOException {
    List<String> reasons = new ArrayList<>();
    String what =
        "; whoever opens it there keeps a -wal and a -shm of its own: commits made there are not"
            + " seen here, and both together corrupt the database: ";
    long links = UnixAttribute.LINKS.of(database);
    if (links > 1) {
      reasons.add(
          FileNames.text(database)
              + " has "
              + links
              + " names (hard links)"
              + what
              + "have everybody open it by this one, and remove the others");
    }
    if (mounts.of(database).map(m -> FileNames.text(database).equals(m.point())).orElse(false)) {
      reasons.add(
          FileNames.text(database)
              + " is mounted here as a single file, and lies somewhere else"
              + what
              + "mount its directory instead, with -wal and -shm in it");
    }
    Path beside = FileNames.beside(asNamed, "-wal");
    boolean byAnother = !beside.equals(wal);
    if (byAnother && Files.exists(beside) && Files.exists(wal) && !Files.isSameFile(beside, wal)) {
      reasons.add(
          asNamed
              + " is a symbolic link with a WAL beside it, as SQLite before 3.10 makes them"
              + what
              + "have everybody open "
              + FileNames.text(database));
    }
    return reasons;
  }

  /**
   * The processes that have the database open, and not this wal-index, now or at a moment since
   * then. One that is just opening it is among them for a moment: only who stays counts.
   *
   * @param since {@link System#nanoTime} of a moment since which ours has it open
   */
  Set<Long> processes(long since) {
    long inode;
    long indexInode;
    try {
      inode = UnixAttribute.INODE.of(database);
      indexInode = UnixAttribute.INODE.of(index);
    } catch (IOException e) {
      return Set.of(); // Whether the files are still there is looked at elsewhere.
    }
    FileLocks locks = FileLocks.readSince(since, inode, indexInode);
    List<Lock> onDatabase = ofOurFile(locks, inode, Locked.SHARED_FIRST);
    List<Lock> onIndex = ofOurFile(locks, indexInode, IN_USE);
    if (onDatabase.isEmpty() || onIndex.isEmpty()) {
      return Set.of(); // Not even our own: this system does not say.
    }
    Set<Long> processes =
        onDatabase.stream().map(Lock::process).collect(Collectors.toCollection(TreeSet::new));
    onIndex.forEach(lock -> processes.remove(lock.process()));
    return processes;
  }

  /**
   * The kernel's name of the file is not Java's: it is the one that our own lock is listed under.
   */
  private static List<Lock> ofOurFile(FileLocks locks, long inode, long offset) {
    List<Lock> sameInode = locks.on(inode, offset);
    Set<String> ours =
        sameInode.stream()
            .filter(lock -> lock.process() == Processes.self())
            .map(Lock::file)
            .collect(Collectors.toSet());
    return sameInode.stream().filter(lock -> ours.contains(lock.file())).toList();
  }

  String describe(long process) {
    Path directory = database.toAbsolutePath().getParent();
    return Processes.describe(process)
        + " has "
        + FileNames.text(database)
        + " open, but with another -wal and -shm than those beside it: it reaches the file by a"
        + " hard link, or by a mount of the file alone; what it commits is not seen here, and both"
        + " together corrupt the database: stop it, give it the directory "
        + (directory == null ? "/" : FileNames.text(directory))
        + " (mount that, not the file), and run PRAGMA integrity_check";
  }
}
