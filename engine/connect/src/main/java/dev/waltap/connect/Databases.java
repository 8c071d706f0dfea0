// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Which databases a connector captures, and which task has which. */
final class Databases {
  private static final List<String> BESIDE = List.of("-wal", "-shm", "-journal");

  private Databases() {}

  /**
   * What is wrong with what was said of them all together; null for nothing.
   *
   * @param databases those that are named
   */
  static @Nullable String complaint(ConnectSettings settings, List<String> databases) {
    boolean directory = !settings.directory().isEmpty();
    if (databases.isEmpty() != directory) {
      return directory
          ? "give either databases or a directory, not both"
          : "name the database files, or give a directory";
    }
    if (settings.isNamed() && (directory || databases.size() > 1)) {
      return "source.name is for one database: make a connector of each that is to have its own";
    }
    Map<String, String> names = new HashMap<>();
    for (String file : databases) {
      String name = settings.name(FileNames.parse(file));
      String other = names.putIfAbsent(name, file);
      if (other != null) {
        return other
            + " and "
            + file
            + " are both called "
            + name
            + ", and events name their database by that alone: make a connector of each, with a"
            + " source.name of its own";
      }
    }
    return null;
  }

  /**
   * The databases, in an order of their own.
   *
   * @param refused gets files of the directory that are not captured, and why
   */
  static List<String> list(ConnectSettings settings, BiConsumer<String, String> refused) {
    if (settings.directory().isEmpty()) {
      return settings.databases();
    }
    Path directory = FileNames.parse(settings.directory());
    PathMatcher matcher = directory.getFileSystem().getPathMatcher("glob:" + settings.match());
    TreeSet<String> found = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String text = FileNames.text(file);
        if (BESIDE.stream().noneMatch(text::endsWith)
            && matcher.matches(file.getFileName())
            && Files.isRegularFile(file)) {
          String why = DatabaseValidator.refusal(text);
          if (why == null) {
            found.add(text);
          } else {
            refused.accept(text, why);
          }
        }
      }
    } catch (IOException e) {
      throw new ConnectException(
          settings.directory() + ": the directory can't be listed: " + e.getMessage(), e);
    }
    return List.copyOf(found);
  }

  /** Deals them out to so many tasks at most, evenly; none is without one. */
  static List<List<String>> deal(List<String> databases, int tasks) {
    List<List<String>> dealt = new ArrayList<>();
    for (int i = 0; i < Math.min(tasks, databases.size()); i++) {
      dealt.add(new ArrayList<>());
    }
    for (int i = 0; i < databases.size(); i++) {
      dealt.get(i % dealt.size()).add(databases.get(i));
    }
    return dealt;
  }
}
