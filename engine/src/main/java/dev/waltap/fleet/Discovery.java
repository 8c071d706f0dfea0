// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.host.Reasons;
import dev.waltap.io.DirectoryEntries;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks for databases by their names alone; no file is opened. What SQLite keeps beside them, what
 * is in state directories, and what is ours otherwise is never taken for one. Directories are not
 * followed through symbolic links, files are. For the fleet's thread.
 */
public final class Discovery {

  /** What SQLite, and nobody else, names files that several databases share. */
  private static final Pattern SUPER_JOURNAL =
      Pattern.compile(".*-mj[0-9A-F]{8,9}", Pattern.DOTALL);

  private final List<DatabaseSource> sources;
  private final StateRoot states;
  private final Predicate<Path> ours;
  private final Map<DatabaseSource, PathMatcher> matchers = new LinkedHashMap<>();
  private final Set<Path> directories = new LinkedHashSet<>();
  private final Map<Path, String> lost = new LinkedHashMap<>();

  private final KnownDatabases known = new KnownDatabases();

  /** All directories that are there, or may be, and that the last look could not read. */
  private final Set<Path> hidden = new LinkedHashSet<>();

  /**
   * A look for these.
   *
   * @param ours says of a file that matches whether it is an output
   */
  Discovery(List<DatabaseSource> sources, StateRoot states, Predicate<Path> ours) {
    this.sources = List.copyOf(sources);
    this.states = states;
    this.ours = ours;
    for (DatabaseSource source : sources) {
      if (!source.isFile()) {
        matchers.put(source, source.matches());
      }
    }
  }

  /**
   * The databases that a fleet would begin with.
   *
   * @param ours says of a file that matches whether it is an output
   * @throws CaptureException REFUSED if a directory can't be listed
   */
  public static List<FoundDatabase> list(
      List<DatabaseSource> sources, @Nullable Path stateRoot, Predicate<Path> ours) {
    Discovery discovery = new Discovery(sources, new StateRoot(stateRoot, false), ours);
    discovery.requireDirectories();
    return discovery.look();
  }

  void requireDirectories() {
    requireDirectories(sources);
  }

  /**
   * Refuses directories that can't be searched.
   *
   * @throws CaptureException REFUSED
   */
  public static void requireDirectories(List<DatabaseSource> sources) {
    for (DatabaseSource source : sources) {
      if (source.isFile()) {
        continue;
      }
      Path directory = directoryOf(source);
      try {
        BasicFileAttributes is = Files.readAttributes(directory, BasicFileAttributes.class);
        if (!is.isDirectory()) {
          throw refused(directory, "is not a directory: give the one that the databases are in");
        }
        DirectoryEntries.of(directory);
      } catch (IOException e) {
        throw refused(
            directory, "can't be searched for databases: " + Reasons.of(e) + ": check the path");
      }
    }
  }

  private static CaptureException refused(Path directory, String what) {
    return new CaptureException(Reason.REFUSED, FileNames.text(directory) + ": " + what);
  }

  private static Path directoryOf(DatabaseSource source) {
    return source.path().toString().isEmpty() ? Path.of(".") : source.path();
  }

  /** All there are, in order of their names; each once, however often it was named or found. */
  List<FoundDatabase> look() {
    Map<Path, FoundDatabase> found = new LinkedHashMap<>();
    directories.clear();
    lost.clear();
    hidden.clear();
    known.begin();
    for (DatabaseSource source : sources) {
      if (source.isFile()) {
        FoundDatabase named = FoundDatabase.of(source.path(), source, null);
        watch(named);
        found.putIfAbsent(named.real(), named);
      } else {
        List<FoundDatabase> some = new ArrayList<>();
        walk(source, some);
        sorted(some).forEach(each -> found.putIfAbsent(each.real(), each));
      }
    }
    known.end();
    return List.copyOf(found.values());
  }

  /** By their names, each of which is made once. */
  private static List<FoundDatabase> sorted(List<FoundDatabase> found) {
    record Named(String name, FoundDatabase database) {}
    return found.stream()
        .map(each -> new Named(each.shortName(), each))
        .sorted(Comparator.comparing(Named::name))
        .map(Named::database)
        .toList();
  }

  /** A file came, went, or was written to: the next look asks what it is. For any thread. */
  void changed(Path real) {
    known.changed(real);
  }

  /** More has changed than was reported, or may have: the next look asks about all. */
  void forget() {
    known.forget();
  }

  /** The directories that the last look went through, and those of the databases it found. */
  Set<Path> directories() {
    return directories;
  }

  /** The directories that were to be searched, and could not be by the last look, and why. */
  Map<Path, String> lost() {
    return Map.copyOf(lost);
  }

  /** Whether the last look could not see if this file is there, which was found before. */
  boolean isHidden(FoundDatabase found) {
    Path file = found.file().toAbsolutePath().normalize();
    return hidden.stream()
        .anyMatch(directory -> file.startsWith(directory) || found.real().startsWith(directory));
  }

  private void watch(FoundDatabase database) {
    Path directory = database.real().getParent();
    if (directory != null) {
      directories.add(directory);
    }
  }

  private void walk(DatabaseSource source, List<FoundDatabase> found) {
    Path top = directoryOf(source);
    ArrayDeque<Path> left = new ArrayDeque<>(List.of(top));
    while (!left.isEmpty()) {
      Path directory = left.remove();
      Path real;
      List<Path> entries;
      try {
        real = directory.toRealPath();
        directories.add(real);
        entries = DirectoryEntries.of(directory);
      } catch (IOException e) {
        if (directory.equals(top)) {
          lost.put(top, Reasons.of(e));
        }
        if (directory.equals(top) || !(e instanceof NoSuchFileException)) {
          hidden.add(directory.toAbsolutePath().normalize());
        }
        continue; // Gone, or not for us: the next look may see it.
      }
      for (Path entry : entries) {
        Path path = real.resolve(entry.getFileName());
        FoundDatabase database = known.find(path, entry, source);
        if (database != null) {
          known.add(path, database);
          found.add(database);
        } else if (source.recursive() && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          if (!states.covers(entry)) {
            left.add(entry);
          }
        } else if (isDatabase(source, top, entry)) {
          database = FoundDatabase.of(entry, source, top.relativize(entry));
          known.add(path, database);
          found.add(database);
          watch(database);
        }
      }
    }
  }

  private boolean isDatabase(DatabaseSource source, Path top, Path entry) {
    PathMatcher matcher = matchers.get(source);
    return matcher != null
        && !isBeside(FileNames.lastName(entry))
        && matcher.matches(top.relativize(entry))
        && !StateRoot.isOurs(entry)
        && Files.isRegularFile(entry)
        && !ours.test(entry.toAbsolutePath().normalize());
  }

  /** Whether it has a name that SQLite, and nobody else, gives to files beside a database. */
  private static boolean isBeside(String name) {
    return name.endsWith("-wal")
        || name.endsWith("-shm")
        || name.endsWith("-journal")
        || (name.contains("-mj") && SUPER_JOURNAL.matcher(name).matches());
  }

  /** Whether a file of this name, which came or was written to, may be a database. */
  boolean mayBeDatabase(Path file) {
    return !matchers.isEmpty() && !isBeside(FileNames.lastName(file));
  }
}
