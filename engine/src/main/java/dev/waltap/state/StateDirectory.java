// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.host.PrivateFiles;
import dev.waltap.host.Reasons;
import dev.waltap.io.DirectoryEntries;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds a state, 0700, and the files in it, 0600.
 *
 * <pre>
 *   state.db      page table, journal and positions (with -wal and -shm while it is open)
 *   state.db.new  a baseline in the making; without meaning until it is renamed
 *   witness       how many commits state.db must have seen, see {@link CommitCountFile}
 *   tail          transactions added while state.db was closed, see {@link TailFile}
 *   delivered     what an output that keeps positions was given last, see {@link DeliveredFile}
 *   parked        what the database looked like when nothing was left, see {@link ParkedFile}
 *   lock          who holds the state, see {@link StateLock}
 * </pre>
 *
 * <p>Immutable; any thread may ask. Who changes anything holds the {@link StateLock}.
 */
public final class StateDirectory {
  /** A file in a directory below which a fleet has its states. */
  public static final String FLEET_LOCK = ".waltap-lock";

  private static final List<String> SUFFIXES = List.of("", "-wal", "-shm", "-journal");

  private static final Set<String> OURS = ours();

  private final Path path;

  private StateDirectory(Path path) {
    this.path = path;
  }

  /** The directory at this path, whether or not it exists. */
  public static StateDirectory at(Path path) {
    return new StateDirectory(path.toAbsolutePath().normalize());
  }

  /**
   * The directory {@code DB-waltap} beside the database; beside the file that a symbolic link leads
   * to, where SQLite puts {@code -wal} and {@code -shm} too.
   */
  public static Path pathFor(Path database) {
    Path file = database;
    if (Files.isSymbolicLink(database)) {
      try {
        file = database.toRealPath();
      } catch (IOException e) {
        // A link to nowhere: the capture refuses it in words.
        file = database;
      }
    }
    return FileNames.beside(file, "-waltap");
  }

  /** Where it is, absolute. */
  public Path path() {
    return path;
  }

  /** Whether it holds a state: a whole one, not one in the making. */
  public boolean exists() {
    return Files.exists(stateFile());
  }

  /** Who holds the state right now; null for nobody. */
  public StateLock.@Nullable Holder holder() {
    return StateLock.holderOf(lockFile());
  }

  /**
   * Who runs a fleet whose states are below a directory that this one is in; null for nobody. It
   * captures this state's database, too, while that is parked and nobody holds the state itself.
   */
  public StateLock.@Nullable Holder fleet() {
    for (Path above = path.getParent(); above != null; above = above.getParent()) {
      StateLock.Holder holder = StateLock.holderOf(at(above).fleetLockFile());
      if (holder != null) {
        return holder;
      }
    }
    return null;
  }

  /**
   * Takes hold of all states below this directory for a fleet, which may have parked them: see
   * {@link #fleet}.
   *
   * @param command what for, as for {@link #hold}
   * @return null if another fleet holds them, or if nothing can be written there
   */
  public @Nullable StateLock holdBelow(String command) {
    return StateLock.acquireFleet(this, command);
  }

  /**
   * Makes the directory, private to its owner, if it isn't there. An empty one is taken and made
   * private; so is what an interrupted setup left.
   *
   * @throws CaptureException REFUSED if there is something else, FAILED if it can't be made
   */
  public void create() {
    try {
      // Asked first: of a fleet's, most are there each time, and private.
      if (!Files.isDirectory(path) && !make()) {
        throw StateErrors.refused(
            FileNames.text(path) + " is not a directory: name another for the state");
      }
      refuseForeign("hold a state");
      PrivateFiles.restrictDirectory(path);
    } catch (IOException e) {
      throw new CaptureException(
          Reason.DISK,
          "cannot make the state directory "
              + FileNames.text(path)
              + ": "
              + Reasons.of(e)
              + ": name another directory, or grant access",
          e);
    }
  }

  /** Makes the directory; says whether there is one now. */
  private boolean make() throws IOException {
    try {
      PrivateFiles.createDirectory(path);
      return true;
    } catch (FileAlreadyExistsException e) {
      return Files.isDirectory(path); // Made by somebody else meanwhile.
    }
  }

  /**
   * Takes hold of the state, for one capture at a time in this and all processes.
   *
   * @param command what for, one word or a few, shown to others who try
   * @throws CaptureException REFUSED if another holds it, in words that name the other
   */
  public StateLock hold(String command) {
    return StateLock.acquire(this, command);
  }

  /**
   * Removes the state of this database, as {@link #remove} does.
   *
   * @throws CaptureException REFUSED also if it is known to be the state of another one, if it is
   *     no state at all, or if a fleet runs that captures the database
   */
  public boolean removeStateOf(Path database) {
    if (exists()) {
      requireOwner(database);
      // A fleet has no more to do with a database that was deleted.
      StateLock.Holder fleet = Files.exists(database) ? fleet() : null;
      if (fleet != null) {
        throw StateLock.refused(this, fleet);
      }
    }
    return remove();
  }

  /**
   * One that is too damaged to say whose it is may be removed: that is what its owner is advised to
   * do.
   */
  private void requireOwner(Path database) {
    DatabaseIdentity owner;
    try (StateFile file = StateFile.openReadOnly(stateFile())) {
      owner = StateOrigin.read(file).database();
    } catch (CaptureException | SQLException e) {
      if (Files.exists(commitCountFile())) {
        return;
      }
      throw StateErrors.refused(
          this
              + " is left alone: its state.db is no state of Waltap; remove it yourself if you know"
              + " what it is");
    }
    if (!owner.isOf(database)) {
      throw StateErrors.refused(
          "the state in "
              + this
              + " belongs to "
              + owner.path()
              + ", not to "
              + FileNames.text(database)
              + ", and is left alone: name that database to remove it, or, if it is a copy, remove"
              + " the directory yourself");
    }
  }

  /**
   * Removes the state, and nothing that isn't part of it. Removing what isn't there does nothing.
   *
   * @return whether there was anything to remove
   * @throws CaptureException REFUSED, before anything is removed, if the state is held or if there
   *     are other files in the directory
   */
  public boolean remove() {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    if (!Files.isDirectory(path)) {
      throw StateErrors.refused(
          FileNames.text(path)
              + " is not a directory: it is no state, and is left alone: check the path");
    }
    try {
      Path real = path.toRealPath();
      refuseForeign("be removed");
      try (StateLock lock = hold("teardown")) {
        // The state itself goes first: what is left of an interrupted removal is no state any more.
        for (String suffix : SUFFIXES) {
          Files.deleteIfExists(path.resolve("state.db" + suffix));
        }
        removeUnfinished();
        Files.deleteIfExists(tailFile());
        Files.deleteIfExists(commitCountFile());
        Files.deleteIfExists(deliveredFile());
        Files.deleteIfExists(parkedFile());
        Files.deleteIfExists(lockFile());
      }
      Files.deleteIfExists(real);
      Files.deleteIfExists(path); // A symbolic link that led there.
      return true;
    } catch (IOException e) {
      throw new CaptureException(
          Reason.DISK,
          "cannot remove the state directory "
              + FileNames.text(path)
              + ": "
              + Reasons.of(e)
              + ": grant access and run it again",
          e);
    }
  }

  Path stateFile() {
    return path.resolve("state.db");
  }

  Path newFile() {
    return path.resolve("state.db.new");
  }

  /** There while SQLite changes {@code state.db} without a log, and after a crash in that. */
  Path rollbackFile() {
    return path.resolve("state.db-journal");
  }

  Path commitCountFile() {
    return path.resolve("witness");
  }

  Path tailFile() {
    return path.resolve("tail");
  }

  Path deliveredFile() {
    return path.resolve("delivered");
  }

  Path parkedFile() {
    return path.resolve("parked");
  }

  Path lockFile() {
    return path.resolve("lock");
  }

  /** Who runs a fleet whose states are below this directory. */
  Path fleetLockFile() {
    return path.resolve(FLEET_LOCK);
  }

  /** Bytes of the log of {@code state.db}; 0 if there is none. */
  long logSize() {
    return path.resolve("state.db-wal").toFile().length();
  }

  /** Bytes that the state takes on disk. */
  long size() {
    long size = tailFile().toFile().length();
    for (String suffix : SUFFIXES) {
      try {
        size += Files.size(path.resolve("state.db" + suffix));
      } catch (IOException e) {
        // Not there: nothing to count.
      }
    }
    return size;
  }

  /** When anything was saved last. */
  Instant savedAt() {
    Instant last = Instant.EPOCH;
    for (String name : List.of("state.db", "state.db-wal", "tail")) {
      try {
        Instant written = Files.getLastModifiedTime(path.resolve(name)).toInstant();
        last = written.isAfter(last) ? written : last;
      } catch (IOException e) {
        // Not there, or gone meanwhile: another one says it.
      }
    }
    return last;
  }

  void removeUnfinished() throws IOException {
    for (String suffix : SUFFIXES) {
      Files.deleteIfExists(path.resolve("state.db.new" + suffix));
    }
  }

  private void refuseForeign(String what) throws IOException {
    try {
      for (Path file : DirectoryEntries.of(path)) {
        String name = file.getFileName().toString();
        if (!OURS.contains(name)) {
          throw StateErrors.refused(
              FileNames.text(path)
                  + " cannot "
                  + what
                  + ": it has files that are not Waltap's, such as "
                  + name
                  + "; move them, or name another directory");
        }
      }
    } catch (NoSuchFileException e) {
      // Gone meanwhile: nothing to refuse.
    }
  }

  private static Set<String> ours() {
    Set<String> names = new HashSet<>(List.of("witness", "tail", "delivered", "parked", "lock"));
    for (String suffix : SUFFIXES) {
      names.add("state.db" + suffix);
      names.add("state.db.new" + suffix);
    }
    return Set.copyOf(names);
  }

  @Override
  public String toString() {
    return FileNames.text(path);
  }
}
