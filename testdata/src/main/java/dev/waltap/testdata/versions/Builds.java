// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import dev.waltap.testdata.versions.SqliteBuild.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Finds the builds of SQLite that this machine has. */
public final class Builds {
  private static final List<String> NODE_MODULES = List.of("libsql", "better-sqlite3");

  private Builds() {}

  /**
   * All builds that can be found, the oldest JDBC driver first.
   *
   * @param directory the jars that Maven copied, and {@code node_modules} if there are any
   */
  public static List<SqliteBuild> find(Path directory) throws IOException {
    List<SqliteBuild> builds = new ArrayList<>();
    List<Path> logging = jars(directory, "slf4j-api-");
    for (Path jar : jars(directory, "sqlite")) {
      String name =
          jar.getFileName().toString().replace("sqlite-jdbc-", "").replaceFirst("\\.jar$", "");
      List<Path> classPath = new ArrayList<>(List.of(jar.toAbsolutePath()));
      classPath.addAll(logging);
      builds.add(new SqliteBuild(name, Kind.JDBC, classPath));
    }
    builds.sort(Comparator.comparing(SqliteBuild::name, Builds::compareVersions));
    if (runs("sqlite3", "-version")) {
      builds.add(new SqliteBuild("shell", Kind.SHELL, List.of()));
    }
    if (runs("python3", "-c", "import sqlite3")) {
      builds.add(new SqliteBuild("python", Kind.PYTHON, List.of()));
    }
    Path modules = directory.resolve("node_modules").toAbsolutePath();
    for (String module : NODE_MODULES) {
      if (Files.isDirectory(modules.resolve(module)) && runs("node", "--version")) {
        builds.add(new SqliteBuild(module, Kind.NODE, List.of(modules)));
      }
    }
    return builds;
  }

  /**
   * The build of this name.
   *
   * @param directory as for {@link #find}
   * @throws java.util.NoSuchElementException if it can't be found
   */
  public static SqliteBuild named(Path directory, String name) throws IOException {
    return find(directory).stream()
        .filter(build -> build.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Installs the Node modules in a directory, if this machine has npm. */
  public static void installNodeModules(Path directory) throws IOException, InterruptedException {
    List<String> command =
        List.of("npm", "install", "--no-audit", "--no-fund", "libsql@0.5.29", "better-sqlite3@12");
    Files.createDirectories(directory);
    Process process = new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + process.exitValue());
    }
  }

  private static List<Path> jars(Path directory, String prefix) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .filter(file -> file.toString().endsWith(".jar"))
          .map(Path::toAbsolutePath)
          .toList();
    }
  }

  private static int compareVersions(String left, String right) {
    String[] a = left.split("[^0-9]+");
    String[] b = right.split("[^0-9]+");
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      int order = Integer.compare(number(a[i]), number(b[i]));
      if (order != 0) {
        return order;
      }
    }
    return left.compareTo(right);
  }

  private static int number(String digits) {
    return digits.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  private static boolean runs(String... command) throws IOException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // There is no such program.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
