// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.FleetBuilder;
import dev.waltap.fleet.DatabaseSource;
import dev.waltap.io.FileNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which databases: one, several, or those of a directory. */
class DatabaseOptions {
  private static final String MATCH = "*.db";
  private static final String NAMED = "--database";
  private static final String DIRECTORY = "--directory";

  /** What nobody would write who wanted to name something else. */
  private static final Pattern FILE_NAME =
      Pattern.compile("[\\w./ -]{1,200}\\.(db|db3|sqlite|sqlite3)");

  @Parameters(
      paramLabel = "DB",
      arity = "0..*",
      description =
          "The database file, in WAL mode; or several, and globs in quotes, for one process.")
  private List<Path> typed = new ArrayList<>();

  @Option(
      names = NAMED,
      paramLabel = "DB",
      description =
          "The same as DB, repeatable, for WALTAP_DATABASE and --config; databases that are typed"
              + " replace it, and a --directory given there.")
  private List<Path> named = new ArrayList<>();

  /** Those of the two that count. */
  private List<Path> databases = List.of();

  @Option(
      names = DIRECTORY,
      paramLabel = "DIR",
      description = "The databases in this directory; a capture takes those that come later, too.")
  private @Nullable Path directory;

  @Option(
      names = "--match",
      paramLabel = "GLOB",
      description = "For --directory: what their names must match (*.db).")
  private String match = MATCH;

  @Option(
      names = "--recursive",
      description = "For --directory: those in directories below it, too.")
  private boolean recursive;

  /**
   * Refuses what can't go together.
   *
   * @return whether there is exactly one database, by its name
   */
  boolean isOne(ShellCommand command) {
    preferTyped(command);
    choose(command);
    if (databases.isEmpty() && directory == null) {
      throw command.usage("Missing required parameter: 'DB', or --directory DIR");
    }
    if (directory == null) {
      refuse(command, "--match", "--directory DIR");
      refuse(command, "--recursive", "--directory DIR");
    }
    boolean one = databases.size() == 1 && directory == null && !isGlob(databases.get(0));
    if (!one) {
      requireFiles(command);
    }
    return one;
  }

  /** Lets databases that are typed replace a directory from the environment or a file. */
  private void preferTyped(ShellCommand command) {
    if (areTyped(command) && !command.isTyped(DIRECTORY)) {
      directory = null;
    }
  }

  /** Whether databases were typed by their names, so that those of a file do not count. */
  boolean areTyped(ShellCommand command) {
    return !typed.isEmpty() || command.isTyped(NAMED);
  }

  private void choose(ShellCommand command) {
    List<Path> all = new ArrayList<>(typed);
    if (typed.isEmpty() || command.isTyped(NAMED)) {
      all.addAll(named);
    }
    databases = all;
  }

  static void refuse(ShellCommand command, String option, String needs) {
    if (command.isTyped(option)) {
      throw command.usage(option + " is for many databases: give " + needs);
    }
  }

  /** A word that is neither a file nor looks like one may be a secret that was not quoted. */
  private void requireFiles(ShellCommand command) {
    Set<Path> seen = new LinkedHashSet<>();
    for (Path database : databases) {
      String text = FileNames.text(database);
      boolean known =
          Files.exists(database) || isGlob(database) || FILE_NAME.matcher(text).matches();
      if (!known) {
        throw command.usage(
            "too many arguments: one of them is no database, nor a glob: a value with blanks in it"
                + " has to be quoted");
      }
      if (!seen.add(database)) {
        throw command.usage("the database " + text + " is given twice");
      }
    }
  }

  private static boolean isGlob(Path path) {
    return DatabaseSource.isGlob(FileNames.text(path)) && !Files.exists(path);
  }

  /** The one database there is. */
  Path one() {
    return databases.get(0);
  }

  /** Where they are looked for. */
  List<DatabaseSource> sources() {
    List<DatabaseSource> sources = new ArrayList<>();
    for (Path database : databases) {
      sources.add(
          isGlob(database)
              ? DatabaseSource.glob(FileNames.text(database))
              : DatabaseSource.file(database));
    }
    if (directory != null) {
      sources.add(DatabaseSource.directory(directory, match, recursive));
    }
    return sources;
  }

  /** The directories, and what is looked for there, for people: {@code /srv matches '*.db'}. */
  String describe() {
    List<String> places = new ArrayList<>();
    for (DatabaseSource source : sources()) {
      if (!source.isFile()) {
        String place = FileNames.text(source.path());
        places.add(
            (place.isEmpty() ? "." : place)
                + (source.recursive() ? " or below it" : "")
                + " matches '"
                + source.glob()
                + "'");
      }
    }
    return String.join(", or in ", places);
  }

  /** Those that were named as files. */
  List<Path> files() {
    return databases.stream().filter(each -> !isGlob(each)).toList();
  }

  /** Gives a fleet the databases; bad globs are refused as bad options are. */
  void applyTo(FleetBuilder fleet) {
    for (Path database : databases) {
      if (isGlob(database)) {
        fleet.glob(FileNames.text(database));
      } else {
        fleet.databases(database);
      }
    }
    if (directory != null) {
      fleet.directory(directory, match, recursive);
    }
  }
}
