// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.testdata.Await;
import dev.waltap.testdata.Directories;
import dev.waltap.testdata.broker.Broker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real PostgreSQL, on the loopback, its data in a temporary directory. For one thread. */
final class Postgres implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Path directory;
  private final int port;
  private @Nullable Process process;

  private Postgres(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /** Why there is none here; null if there is. */
  static @Nullable String missing() {
    for (String program : List.of("initdb", "postgres", "psql")) {
      try {
        ended(List.of(program, "--version"), true);
      } catch (IOException e) {
        return "PostgreSQL is not installed: " + program + " is not in the PATH";
      }
    }
    return isRoot() && !hasUser() ? "PostgreSQL does not run as root; no user postgres" : null;
  }

  private static boolean hasUser() {
    try {
      ended(List.of("runuser", "-u", "postgres", "true"), true);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name", "").equals("root");
  }

  /** One that runs. */
  static Postgres started() throws Exception {
    Path directory = Files.createTempDirectory("waltap-postgres");
    Postgres postgres = new Postgres(directory, Broker.freePort());
    if (isRoot()) {
      ended(List.of("chown", "postgres", directory.toString()), true);
    }
    ended(
        postgres.asUser(
            "initdb", "-D", postgres.data(), "-U", "postgres", "-A", "trust", "--no-sync"),
        true);
    postgres.start();
    return postgres;
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  private List<String> asUser(String... command) {
    List<String> all = new ArrayList<>();
    if (isRoot()) {
      all.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    all.addAll(List.of(command));
    return all;
  }

  private void start() throws Exception {
    Process started =
        new ProcessBuilder(
                asUser(
                    "postgres",
                    "-D",
                    data(),
                    "-p",
                    String.valueOf(port),
                    "-k",
                    directory.toString(),
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "fsync=off"))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    process = started;
    Await.until(
        Duration.ofSeconds(PATIENCE_SECONDS),
        () -> {
          if (!started.isAlive()) {
            throw new IOException("PostgreSQL has ended");
          }
          return answers();
        },
        () -> "PostgreSQL does not start");
  }

  private boolean answers() {
    try {
      return query("SELECT 1").equals(List.of("1"));
    } catch (IOException e) {
      return false;
    }
  }

  /** The rows of a query, their columns with {@code |} between; NULL is {@code ~}. */
  List<String> query(String sql) throws IOException {
    String output =
        ended(
            List.of(
                "psql",
                "-X",
                "-q",
                "-At",
                "-F",
                "|",
                "-P",
                "null=~",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(port),
                "-U",
                "postgres",
                "-c",
                sql),
            false);
    return output.lines().toList();
  }

  /** The rows, or what is said against the query: a sink may not have made the table yet. */
  List<String> queryIfThere(String sql) {
    try {
      return query(sql);
    } catch (IOException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  /** Where it listens, on the loopback. */
  int port() {
    return port;
  }

  /** Its address for JDBC. */
  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  private static String ended(List<String> command, boolean quiet) throws IOException {
    Process run =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!run.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || run.exitValue() != 0) {
        throw new IOException(command + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return quiet ? "" : output;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    Process running = process;
    Path pid = Path.of(data(), "postmaster.pid");
    if (running != null && Files.exists(pid)) {
      String server = Files.readAllLines(pid).get(0).strip();
      ended(List.of("kill", "-INT", server), true);
      running.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    Directories.delete(directory);
  }
}
