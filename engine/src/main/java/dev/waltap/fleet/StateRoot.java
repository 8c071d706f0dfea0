// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.host.PrivateFiles;
import dev.waltap.host.Reasons;
import dev.waltap.io.DirectoryEntries;
import dev.waltap.io.FileNames;
import dev.waltap.state.StateDirectory;
import dev.waltap.state.StateStatus;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the states of a fleet's databases are.
 *
 * <pre>
 *  no root                          DB-waltap beside each database for which setup has made it
 *  found in the directory           ROOT/PATH/BELOW/THE/DIRECTORY/app.db-waltap
 *  named, or found by a glob        ROOT/app.db-0123456789abcdef-waltap, of its real path
 * </pre>
 *
 * <p>A root also has the file {@code .waltap}, once a run has captured all that it found, and
 * {@code .waltap-lock}, which a running fleet holds.
 *
 * <p>No two databases have the same, nor is one within another: nothing is looked for below a
 * directory whose name ends like theirs. What the state of a database is called does not depend on
 * which others are captured; once it has one, it keeps it, however it is named or found later.
 */
public final class StateRoot {
  static final String SUFFIX = "-waltap";

  /** A file in the root: all that were there at the start of a run have been captured. */
  private static final String MARK = ".waltap";

  private static final int HASH_DIGITS = 16;

  private final @Nullable Path root;
  private final boolean none;

  /**
   * A place for states.
   *
   * @param root null for those beside the databases
   * @param none whether there are to be none at all
   */
  public StateRoot(@Nullable Path root, boolean none) {
    this.root = root == null ? null : root.toAbsolutePath().normalize();
    this.none = none;
  }

  /**
   * Why no states can be made below the root, and what to do; null if they can, or there is none.
   */
  public @Nullable String problem() {
    if (root == null || none) {
      return null;
    }
    if (StateDirectory.at(root).exists()) {
      return FileNames.text(root)
          + " is the state of one database: name another directory, below which each has its"
          + " own";
    }
    String obstacle = PrivateFiles.obstacle(root);
    return obstacle == null
        ? null
        : "no states can be kept below "
            + FileNames.text(root)
            + ": "
            + obstacle
            + ": make that, grant access, or name another directory by --state";
  }

  /** Whether a database whose state is to be there has appeared since an earlier run. */
  public boolean isNew(@Nullable Path state) {
    return state != null && isContinued() && !StateDirectory.at(state).exists();
  }

  /**
   * The state directory of a database; null for none.
   *
   * @param below its path below the directory it was found in; null for one that was named
   */
  public @Nullable Path of(Path database, @Nullable Path below) {
    if (none) {
      return null;
    }
    if (root == null) {
      Path beside = StateDirectory.pathFor(database);
      return StateDirectory.at(beside).exists() ? beside : null;
    }
    Path inside = below == null ? root : root.resolve(below).normalize();
    return inside.startsWith(root) && !inside.equals(root)
        ? FileNames.beside(inside, SUFFIX)
        : root.resolve(FileNames.lastName(database) + "-" + hash(database) + SUFFIX);
  }

  /**
   * Whether an earlier run came so far that all its databases were captured: one that has no state
   * has appeared since then.
   */
  boolean isContinued() {
    return root != null && Files.exists(root.resolve(MARK));
  }

  /** Whether a file is one that fleets keep in their root. */
  static boolean isOurs(Path file) {
    String name = FileNames.lastName(file);
    return name.equals(MARK) || name.equals(StateDirectory.FLEET_LOCK);
  }

  /** Whether a directory is the root of a fleet's states. */
  public static boolean isRoot(Path directory) {
    return Files.exists(directory.resolve(MARK));
  }

  /** Notes that a run has come so far. */
  void mark() {
    if (root == null || isContinued()) {
      return;
    }
    try {
      if (Files.isDirectory(root)) {
        PrivateFiles.create(root.resolve(MARK));
      }
    } catch (IOException e) {
      throw new CaptureException(
          Reason.DISK,
          FileNames.text(root) + ": can't be written to: " + Reasons.of(e) + ": grant access",
          e);
    }
  }

  /** Whether a directory is, or may hold, states. */
  boolean covers(Path directory) {
    return (root != null && directory.toAbsolutePath().normalize().startsWith(root))
        || (FileNames.lastName(directory).endsWith(SUFFIX) && Files.isDirectory(directory));
  }

  /**
   * The state directory of a database that was found; null for none. Where it has none by its own
   * name, but was captured before as one that was named, found by a glob, or found below another
   * directory, it is the one that it had then.
   */
  public @Nullable Path of(FoundDatabase found) {
    Path own = of(found.real(), found.stateName());
    if (root == null || own == null || StateDirectory.at(own).exists()) {
      return own;
    }
    for (Path other : names(found)) {
      if (!other.equals(own) && isReadableStateOf(other, found.file())) {
        return other;
      }
    }
    return own;
  }

  /** What its state may be called, whatever way it was named or found. */
  private Set<Path> names(FoundDatabase found) {
    Set<Path> names = new LinkedHashSet<>();
    addName(found, null, names);
    for (Path file : List.of(found.real(), found.file().toAbsolutePath().normalize())) {
      for (int i = file.getNameCount() - 1; i >= 0; i--) {
        addName(found, file.subpath(i, file.getNameCount()), names);
      }
    }
    return names;
  }

  private void addName(FoundDatabase found, @Nullable Path below, Set<Path> names) {
    Path name = of(found.real(), below);
    if (name != null) {
      names.add(name);
    }
  }

  private static boolean isReadableStateOf(Path directory, Path database) {
    try {
      return isStateOf(directory, database);
    } catch (CaptureException e) {
      return false; // Whose it is, nobody knows.
    }
  }

  /**
   * The state of a database below a root, whichever way it was named or found, and whether or not
   * its file is still there; null if there is none.
   *
   * @throws IOException if the root can't be searched
   */
  public static @Nullable Path find(Path root, Path database) throws IOException {
    String name = FileNames.lastName(database);
    ArrayDeque<Path> left = new ArrayDeque<>(List.of(root));
    while (!left.isEmpty()) {
      for (Path entry : DirectoryEntries.of(left.remove())) {
        if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          continue;
        }
        String directory = FileNames.lastName(entry);
        if (!directory.endsWith(SUFFIX)) {
          left.add(entry);
        } else if (directory.startsWith(name) && isStateOf(entry, database)) {
          return entry;
        }
      }
    }
    return null;
  }

  private static boolean isStateOf(Path directory, Path database) {
    StateDirectory state = StateDirectory.at(directory);
    if (!state.exists()) {
      return false;
    }
    StateStatus unused = StateStatus.ofUnused(state);
    return (unused != null ? unused : StateStatus.of(state)).database().isOf(database);
  }

  private static String hash(Path database) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(FileNames.text(database.toAbsolutePath().normalize()).getBytes(UTF_8));
      return String.format(Locale.ROOT, "%064x", new BigInteger(1, digest))
          .substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java has it.
    }
  }
}
