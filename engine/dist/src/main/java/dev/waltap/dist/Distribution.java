// SPDX-License-Identifier: Apache-2.0
package dev.waltap.dist;

import dev.waltap.cli.Main;
import dev.waltap.cli.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import picocli.CommandLine.Model.CommandSpec;

/** Lays out what the archive of the distribution holds. */
public final class Distribution {

  /** Directories of the driver's jar, and what the launcher calls them. */
  private static final Map<String, String> NATIVES =
      Map.of(
          "Linux/x86_64", "Linux-x86_64",
          "Linux/aarch64", "Linux-aarch64",
          "Linux-Musl/x86_64", "Linux-x86_64-musl",
          "Linux-Musl/aarch64", "Linux-aarch64-musl");

  private final Path sources;
  private final Path project;
  private final Path to;

  private Distribution(Path sources, Path project, Path to) {
    this.sources = sources;
    this.project = project;
    this.to = to;
  }

  /**
   * Lays it out.
   *
   * @param args the directory of scripts and files, the project's directory, the directory to fill,
   *     the version, and the time that every file gets
   */
  public static void main(String[] args) throws Exception {
    Distribution distribution =
        new Distribution(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]));
    distribution.clear();
    distribution.copyFiles();
    distribution.unpackNatives();
    distribution.describe(args[3], args[4].substring(0, 10));
    // The archive of loaded classes holds the time of the jar.
    distribution.setTimes(Instant.parse(args[4]));
    distribution.archiveClasses();
  }

  private void clear() throws IOException {
    if (Files.exists(to)) {
      try (Stream<Path> old = Files.walk(to)) {
        for (Path each : old.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private void copyFiles() throws IOException {
    copy(project.resolve("engine/target/waltap.jar"), "lib/waltap.jar");
    copy(project.resolve("engine/target/waltap-kafka.jar"), "lib/waltap-kafka.jar");
    copy(project.resolve("engine/target/waltap-sinks.jar"), "lib/waltap-sinks.jar");
    copy(project.resolve("engine/target/waltap-otlp.jar"), "lib/waltap-otlp.jar");
    copy(project.resolve("LICENSE"), "LICENSE");
    copy(project.resolve("engine/src/shade/NOTICE"), "NOTICE");
    copy(project.resolve("engine/kafka/src/shade/NOTICE"), "NOTICE-kafka");
    copy(project.resolve("engine/sinks/src/shade/NOTICE"), "NOTICE-sinks");
    copy(project.resolve("engine/otlp/src/shade/NOTICE"), "NOTICE-otlp");
    copy(sources.resolve("files/README"), "README");
    copy(sources.resolve("files/waltap@.service"), "lib/systemd/system/waltap@.service");
    copy(sources.resolve("files/example.toml"), "etc/waltap/example.toml");
    copy(sources.resolve("files/logrotate"), "etc/logrotate.d/waltap");
    copy(sources.resolve("container/Dockerfile"), "share/container/Dockerfile");
    copy(sources.resolve("monitoring/alerts.yml"), "share/monitoring/alerts.yml");
    copy(sources.resolve("monitoring/dashboard.json"), "share/monitoring/dashboard.json");
    copy(sources.resolve("monitoring/otel-collector.yml"), "share/monitoring/otel-collector.yml");
    copy(sources.resolve("sh/jvm.sh"), "libexec/jvm.sh");
    copyProgram(sources.resolve("sh/waltap"), "bin/waltap");
    copyProgram(sources.resolve("sh/class-data-archive"), "libexec/class-data-archive");
    copyProgram(sources.resolve("sh/health-check"), "libexec/health-check");
  }

  private void unpackNatives() throws IOException {
    try (ZipFile jar = new ZipFile(to.resolve("lib/waltap.jar").toFile())) {
      for (Map.Entry<String, String> each : NATIVES.entrySet()) {
        ZipEntry entry = jar.getEntry("org/sqlite/native/" + each.getKey() + "/libsqlitejdbc.so");
        if (entry == null) {
          throw new IOException("the driver has no library for " + each.getKey());
        }
        Path file = to.resolve("lib/native/" + each.getValue() + "/libsqlitejdbc.so");
        Files.createDirectories(file.getParent());
        try (InputStream library = jar.getInputStream(entry)) {
          Files.copy(library, file);
        }
      }
    }
  }

  private void describe(String version, String date) throws IOException {
    CommandSpec root = Main.describe();
    write("share/man/man1/waltap.1", ManPage.of(root, version, date));
    for (var command : root.subcommands().values()) {
      CommandSpec spec = command.getCommandSpec();
      write("share/man/man1/" + ManPage.name(spec) + ".1", ManPage.of(spec, version, date));
    }
    for (String topic : Topic.names()) {
      write(
          "share/man/man7/waltap-" + topic + ".7",
          TopicPage.of(Topic.of(topic), root, version, date));
    }
    write("share/bash-completion/completions/waltap", Completion.bash(root));
  }

  private void archiveClasses() throws IOException, InterruptedException {
    if (!Files.isDirectory(Path.of("/proc/self/fd"))) {
      return;
    }
    ProcessBuilder script =
        new ProcessBuilder(to.resolve("libexec/class-data-archive").toString()).inheritIO();
    script.environment().put("JAVA_HOME", System.getProperty("java.home"));
    int exit = script.start().waitFor();
    if (exit != 0) {
      throw new IOException("class-data-archive failed with " + exit);
    }
  }

  private void setTimes(Instant time) throws IOException {
    try (Stream<Path> all = Files.walk(to)) {
      for (Path each : all.toList()) {
        Files.setLastModifiedTime(each, FileTime.from(time));
      }
    }
  }

  private void copy(Path file, String name) throws IOException {
    Path target = to.resolve(name);
    Files.createDirectories(target.getParent());
    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
  }

  private void copyProgram(Path file, String name) throws IOException {
    copy(file, name);
    Files.setPosixFilePermissions(to.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void write(String name, String text) throws IOException {
    Path target = to.resolve(name);
    Files.createDirectories(target.getParent());
    Files.writeString(target, text, StandardCharsets.UTF_8);
  }
}
