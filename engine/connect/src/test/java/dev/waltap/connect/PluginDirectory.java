// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** What plugin.path of a worker holds, made of this JVM's class path, and what is left for it. */
final class PluginDirectory {
  /** What a worker has not. LZ4 it has, as the plugin does: Kafka's own messages are read by it. */
  private static final List<String> OURS =
      List.of("sqlite-jdbc", "jspecify", "waltap", "testdata", "picocli");

  private PluginDirectory() {}

  /** Puts the connector's jars into a directory of this one. */
  static void fill(Path directory) throws IOException {
    Path jars = Files.createDirectories(directory.resolve("waltap-connect"));
    int number = 0;
    for (String entry : classPath()) {
      Path path = Path.of(entry);
      String name = String.valueOf(path.getFileName());
      if (isModule(path)) {
        jar(path, jars.resolve("classes-" + number++ + ".jar"));
      } else if (isPlugins(path) || name.startsWith("jackson-core-")) {
        Files.copy(path, jars.resolve(name));
      }
    }
  }

  /** Everything of the class path that is not the connector's alone. */
  static String workerClassPath() {
    List<String> rest = new ArrayList<>();
    for (String entry : classPath()) {
      Path path = Path.of(entry);
      if (!Files.isDirectory(path) && OURS.stream().noneMatch(each -> isOf(path, each))) {
        rest.add(entry);
      }
    }
    return String.join(File.pathSeparator, rest);
  }

  /** Whether these are the classes of a module that the connector needs. */
  private static boolean isModule(Path path) {
    return Files.isDirectory(path)
        && Stream.of("connect", "engine", "wal-parser")
            .anyMatch(each -> path.endsWith(Path.of(each, "target", "classes")));
  }

  private static boolean isPlugins(Path path) {
    return Stream.of("sqlite-jdbc", "lz4-java", "waltap").anyMatch(each -> isOf(path, each))
        && !isOf(path, "waltap-kafka");
  }

  private static boolean isOf(Path path, String name) {
    String file = String.valueOf(path.getFileName());
    return file.startsWith(name + "-") && file.endsWith(".jar");
  }

  private static List<String> classPath() {
    return List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1));
  }

  private static void jar(Path classes, Path to) throws IOException {
    try (OutputStream out = Files.newOutputStream(to);
        JarOutputStream jar = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith("module-info.class")) {
          jar.putNextEntry(new JarEntry(classes.relativize(file).toString()));
          Files.copy(file, jar);
          jar.closeEntry();
        }
      }
    }
  }
}
