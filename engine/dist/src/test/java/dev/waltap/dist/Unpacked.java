// SPDX-License-Identifier: Apache-2.0
package dev.waltap.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The archive of the distribution, unpacked as users do, and programs run out of it. */
final class Unpacked {

  static final String JAVA_HOME = System.getProperty("java.home");

  private static final Path ARCHIVE = Path.of(System.getProperty("waltap.distribution", ""));

  private final Path home;
  private final Path work;

  private Unpacked(Path home, Path work) {
    this.home = home;
    this.work = work;
  }

  /** Unpacks it into a directory with blanks in its name. */
  static Unpacked into(Path directory) throws Exception {
    Path to = Files.createDirectories(directory.resolve("with blanks in it"));
    Path work = Files.createDirectories(directory.resolve("work"));
    Ended tar =
        new Unpacked(to, work).run(Map.of(), "tar", "-xzf", ARCHIVE.toString(), "-C", to + "");
    assertThat(tar).isEqualTo(new Ended(0, "", ""));
    try (Stream<Path> roots = Files.list(to)) {
      return new Unpacked(roots.toList().get(0), work);
    }
  }

  /** What a program said, and its exit code. */
  record Ended(int exit, String out, String err) {}

  Path home() {
    return home;
  }

  String waltap() {
    return home.resolve("bin/waltap").toString();
  }

  /** Runs the launcher to its end, with this build's Java. */
  Ended waltap(Object... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of(waltap()));
    Stream.of(arguments).map(Object::toString).forEach(line::add);
    return run(Map.of("JAVA_HOME", JAVA_HOME), line.toArray(String[]::new));
  }

  /** Runs a program to its end, with nothing of this process's environment but what is given. */
  Ended run(Map<String, String> environment, String... line) throws Exception {
    Path out = Files.createTempFile(work, "out", "");
    Path err = Files.createTempFile(work, "err", "");
    Process process = start(environment, out, err, line);
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** Starts a program in a directory of its own, its output in files. */
  Process start(Map<String, String> environment, Path out, Path err, String... line)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(line).directory(work.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().putAll(environment);
    return builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
  }
}
