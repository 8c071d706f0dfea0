// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import dev.waltap.handler.OutputRefusedException;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A file to write events to, by the name it was given, and the files it must never be. Nothing is
 * opened here: to open and close a database that this process has open would drop its locks.
 *
 * @param given the name, which may be that of a symbolic link
 * @param files files that events must not go to, by any name
 * @param directories directories that events must not go into
 */
public record OutputPath(Path given, List<Path> files, List<Path> directories) {

  private static final int MAX_LINKS = 40;

  /** What SQLite names its files beside a database. */
  private static final Pattern SQLITE_NAME =
      Pattern.compile(".*(-wal|-shm|-journal|-mj[0-9A-F]{8,9})", Pattern.DOTALL);

  public OutputPath {
    files = List.copyOf(files);
    directories = List.copyOf(directories);
  }

  /** A name that may be any file which is not SQLite's. */
  public static OutputPath of(Path given) {
    return new OutputPath(given, List.of(), List.of());
  }

  /**
   * The name beside a database: neither it nor what SQLite keeps beside it may be the output.
   *
   * @param state the directory of the capture's state, whether or not it exists
   */
  public static OutputPath beside(Path given, Path database, Path state) {
    Path real = followLinks(database);
    List<Path> files =
        List.of(
            real,
            FileNames.beside(real, "-wal"),
            FileNames.beside(real, "-shm"),
            FileNames.beside(real, "-journal"));
    return new OutputPath(given, files, List.of(state));
  }

  /**
   * The file that the name leads to, all links followed; it need not exist.
   *
   * @throws OutputRefusedException if events must not go there
   */
  public Path resolve() throws OutputRefusedException {
    Path real = followLinks(given);
    for (Path file : files) {
      if (same(real, file)) {
        throw new OutputRefusedException(
            name() + " is the database itself, or a file of SQLite's beside it: name another file");
      }
    }
    for (Path directory : directories) {
      if (real.startsWith(followLinks(directory))) {
        throw new OutputRefusedException(
            name()
                + " is in the state directory "
                + FileNames.text(directory)
                + ": name a file outside of it");
      }
    }
    if (real.getFileName() != null
        && SQLITE_NAME.matcher(FileNames.text(real.getFileName())).matches()) {
      throw new OutputRefusedException(
          name()
              + (real.equals(given.toAbsolutePath())
                  ? " has"
                  : " leads to " + FileNames.text(real) + ", which has")
              + " the name of a log or journal of SQLite, which would take it for one: name another"
              + " file");
    }
    return real;
  }

  /** The name for messages. */
  public String name() {
    return FileNames.text(given);
  }

  /** By name, or by another name of the same file. */
  private static boolean same(Path real, Path file) {
    if (real.equals(file)) {
      return true;
    }
    try {
      return Files.exists(real) && Files.exists(file) && Files.isSameFile(real, file);
    } catch (IOException e) {
      // It can't be looked at, nor opened then.
      return false;
    }
  }

  /** The absolute path without links, also where the last one leads to nothing yet. */
  private static Path followLinks(Path path) {
    Path at = path.toAbsolutePath();
    try {
      for (int i = 0; i < MAX_LINKS; i++) {
        Path parent = at.getParent();
        if (parent == null || at.getFileName() == null || !Files.exists(parent)) {
          break;
        }
        at = parent.toRealPath().resolve(at.getFileName()).normalize();
        if (!Files.isSymbolicLink(at)) {
          break;
        }
        Path target = Files.readSymbolicLink(at);
        // /dev/stdout and its kind lead to names that are no paths.
        if (Files.exists(at) && !Files.exists(at.resolveSibling(target))) {
          break;
        }
        at = at.resolveSibling(target);
      }
    } catch (IOException e) {
      // Opening it will say what is wrong.
      return at.normalize();
    }
    return at;
  }
}
