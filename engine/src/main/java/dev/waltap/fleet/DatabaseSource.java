// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Where databases are looked for: one file, or the files below a directory that match a glob.
 *
 * @param path the file, or the directory
 * @param glob null for one file; without a slash it is of the last name, else of the path below the
 *     directory
 * @param recursive whether directories below it are looked into
 * @param named whether it was written among the databases, as a file or a glob, rather than as the
 *     directory
 */
public record DatabaseSource(Path path, @Nullable String glob, boolean recursive, boolean named) {

  private static final String META = "*?[{";

  /** One file. */
  public static DatabaseSource file(Path file) {
    return new DatabaseSource(file, null, false, true);
  }

  /**
   * The files below a directory.
   *
   * @throws IllegalArgumentException if the glob is none
   */
  public static DatabaseSource directory(Path directory, String glob, boolean recursive) {
    DatabaseSource source = new DatabaseSource(directory, glob, recursive, false);
    source.matcher();
    return source;
  }

  /** Whether a text has what makes it a glob. */
  public static boolean isGlob(String text) {
    return text.chars().anyMatch(c -> META.indexOf(c) >= 0);
  }

  /**
   * The files that a glob names, as a shell expands it: {@code tenants/*.db}; with {@code **} for
   * any number of directories.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static DatabaseSource glob(String text) {
    int meta = 0;
    while (META.indexOf(text.charAt(meta)) < 0) {
      meta++;
    }
    int slash = text.lastIndexOf('/', meta);
    String directory = slash < 0 ? "" : slash == 0 ? "/" : text.substring(0, slash);
    String glob = text.substring(slash + 1);
    boolean recursive = glob.contains("/") || glob.contains("**");
    DatabaseSource source = new DatabaseSource(Path.of(directory), glob, recursive, true);
    source.matcher();
    return source;
  }

  /** Whether it is one file. */
  public boolean isFile() {
    return glob == null;
  }

  /** What the files must match, by {@link #matches}. */
  private PathMatcher matcher() {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + glob);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'" + glob + "' is no pattern of names: " + e.getDescription() + "; write it like '*.db'",
          e);
    }
  }

  /** What says whether the path below the directory is that of a database. */
  PathMatcher matches() {
    PathMatcher matcher = matcher();
    boolean whole = glob != null && (glob.contains("/") || glob.contains("**"));
    return below -> {
      Path last = below.getFileName();
      return last != null && matcher.matches(whole ? below : last);
    };
  }
}
