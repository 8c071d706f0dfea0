// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL server with a database of its own in a temporary directory, which can be reached by
 * a socket there only. Skips the test where there is none.
 */
final class Postgres implements AutoCloseable {
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

  private final Path directory;
  private final Process server;

  private Postgres(Path directory, Process server) {
    this.directory = directory;
    this.server = server;
  }

  static Postgres start() throws Exception {
    Path programs = programs();
    List<String> user = user();
    // Short: the path of a socket has 107 bytes at most.
    Path directory = Files.createTempDirectory(Path.of("/tmp"), "waltap-pg");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path data = directory.resolve("data");
    run(
        user,
        programs.resolve("initdb"),
        "-D",
        data,
        "-U",
        "waltap",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "-N");
    List<String> line = new ArrayList<>(user);
    line.addAll(List.of(programs.resolve("postgres").toString(), "-D", data.toString()));
    line.addAll(List.of("-k", directory.toString(), "-c", "listen_addresses=", "-F"));
    Process server =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    Postgres postgres = new Postgres(directory, server);
    postgres.awaitConnection();
    return postgres;
  }

  private static Path programs() throws IOException {
    assumeTrue(Files.isDirectory(INSTALLED), "no PostgreSQL server is installed");
    try (Stream<Path> versions = Files.list(INSTALLED)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.naturalOrder())
          .orElseGet(
              () -> {
                assumeTrue(false, "no PostgreSQL server is installed");
                return INSTALLED;
              });
    }
  }

  /** It refuses to be run by root. */
  private static List<String> user() throws Exception {
    if (!System.getProperty("user.name").equals("root")) {
      return List.of();
    }
    List<String> user =
        List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups");
    List<String> line = new ArrayList<>(user);
    line.add("true");
    assumeTrue(Tools.works(line.toArray(String[]::new)), "no user to run PostgreSQL as");
    return user;
  }

  private static String run(List<String> user, Object... more) throws Exception {
    List<String> line = new ArrayList<>(user);
    for (Object argument : more) {
      line.add(argument.toString());
    }
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).directory(Path.of("/").toFile()).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(line + ": " + said).isZero();
    return said;
  }

  private void awaitConnection() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Tools.works("psql", "-X", "-d", url(), "-c", "SELECT 1")) {
      String log = Files.readString(directory.resolve("log"));
      assertThat(server.isAlive()).as(log).isTrue();
      assertThat(System.nanoTime()).as(log).isLessThan(end);
    }
  }

  /** Where psql finds it. */
  String url() {
    return "postgresql:///postgres?user=waltap&host=" + directory;
  }

  /** The rows of a query, as psql prints them. */
  List<String> query(String sql) throws Exception {
    return run(
            List.of("env", "PGCLIENTENCODING=UTF8"),
            "psql",
            "-X",
            "-A",
            "-t",
            "-d",
            url(),
            "-c",
            sql)
        .lines()
        .toList();
  }

  @Override
  public void close() throws Exception {
    server.destroy();
    if (!server.waitFor(30, TimeUnit.SECONDS)) {
      server.destroyForcibly();
    }
    run(List.of("rm", "-rf", directory.toString()));
  }
}
