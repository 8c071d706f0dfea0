// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import dev.waltap.testdata.versions.SqliteBuild.Kind;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A process that runs statements by one build of SQLite. Used from one thread; a thread of its own
 * reads what the process prints, and ends with it. Closing it kills the process.
 */
final class Writer implements AutoCloseable {
  private static final String CLASS = "dev/waltap/testdata/versions/JdbcWriterMain.class";

  private final SqliteBuild build;
  private final Process process;
  private final BufferedWriter input;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Map<String, Integer> refused = new TreeMap<>();
  private String version = "";
  private long syncs;

  private Writer(SqliteBuild build, Process process) {
    this.build = build;
    this.process = process;
    this.input =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), 1 << 16);
  }

  /**
   * Starts one; {@link #awaitVersion} comes next.
   *
   * @param directory for what the process needs beside a database
   */
  static Writer start(SqliteBuild build, Path directory) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command(build, directory)).redirectErrorStream(true);
    if (build.kind() == Kind.NODE) {
      builder.environment().put("NODE_PATH", build.libraries().get(0).toString());
    }
    Writer writer = new Writer(build, builder.start());
    Thread reader = new Thread(writer::read, "output of " + build.name());
    reader.setDaemon(true);
    reader.start();
    return writer;
  }

  /** Waits until it has said its version. */
  void awaitVersion(Duration limit) throws IOException, InterruptedException {
    // What the shell prints to a pipe comes when it ends.
    String first = build.kind() == Kind.SHELL ? shellVersion() : answer(limit);
    version = first.substring("version ".length());
  }

  private static String shellVersion() throws IOException {
    String query = "SELECT 'version ' || sqlite_version() || ' ' || sqlite_source_id()";
    Process process = new ProcessBuilder("sqlite3", "-batch", ":memory:", query).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private static List<String> command(SqliteBuild build, Path directory) throws IOException {
    return switch (build.kind()) {
      case JDBC -> {
        Path classes = extractWriter(directory);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        // Old drivers that start at once fight over their native library's file.
        command.add("-Djava.io.tmpdir=" + Files.createTempDirectory(directory, "native"));
        command.add("-cp");
        command.add(
            build.libraries().stream().map(Path::toString).collect(Collectors.joining(":"))
                + ":"
                + classes);
        command.add("dev.waltap.testdata.versions.JdbcWriterMain");
        yield command;
      }
      case PYTHON -> List.of("python3", "-c", resource("writer.py"));
      case NODE -> List.of("node", "-e", resource("writer.js"), build.name());
      case SHELL -> List.of("sqlite3", "-batch");
    };
  }

  /** The writer's class alone: nothing of this class path may mix with an old driver. */
  private static Path extractWriter(Path directory) throws IOException {
    Path file = directory.resolve("classes").resolve(CLASS);
    if (!Files.exists(file)) {
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      try (InputStream in = Writer.class.getClassLoader().getResourceAsStream(CLASS)) {
        Files.write(file, Objects.requireNonNull(in, CLASS).readAllBytes());
      }
    }
    return directory.resolve("classes");
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Writer.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void read() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("sync ") || line.startsWith("version ")) {
          answers.add(line);
        } else if (!line.isBlank()) {
          refuse(line);
        }
      }
    } catch (IOException e) {
      refuse("error " + e.getMessage());
    }
    answers.add("end");
  }

  private void refuse(String line) {
    String message = line.replaceFirst("^error ", "").replaceFirst(" near line \\d+", "");
    if (build.kind() == Kind.SHELL && !line.contains("rror")) {
      return; // Rows of a result, or the place in a statement.
    }
    synchronized (refused) {
      refused.merge(message.length() > 120 ? message.substring(0, 120) : message, 1, Integer::sum);
    }
  }

  /** SQLite's version and source, as it says. */
  String version() {
    return version;
  }

  /** Whether it can have several connections. */
  boolean severalConnections() {
    return build.kind() != Kind.SHELL;
  }

  /** What SQLite refused since the last call, and how often. */
  Map<String, Integer> takeRefused() {
    synchronized (refused) {
      Map<String, Integer> taken = new TreeMap<>(refused);
      refused.clear();
      return taken;
    }
  }

  void open(int connection, Path database) throws IOException {
    line(severalConnections() ? "open " + connection + " " + database : ".open " + database);
    if (!severalConnections()) {
      line(".timeout 10000");
    }
  }

  void close(int connection) throws IOException {
    line(severalConnections() ? "close " + connection : ".open :memory:");
  }

  void sql(int connection, String statement) throws IOException {
    line(severalConnections() ? "sql " + connection + " " + statement : statement + ";");
  }

  void sql(int connection, List<String> statements) throws IOException {
    for (String statement : statements) {
      sql(connection, statement);
    }
  }

  /** Lets it run what it was given so far. */
  void flush() throws IOException {
    input.flush();
  }

  /** Waits until all it was given is done. */
  void sync(Duration limit) throws IOException, InterruptedException {
    String token = "sync " + ++syncs;
    line(severalConnections() ? token : ".system echo '" + token + "'");
    input.flush();
    String answer = answer(limit);
    if (!answer.equals(token)) {
      throw new AssertionError("writer " + build.name() + " says " + answer + ", not " + token);
    }
  }

  private void line(String line) throws IOException {
    input.write(line);
    input.write('\n');
  }

  private String answer(Duration limit) throws InterruptedException {
    @Nullable String answer = answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (answer == null || answer.equals("end")) {
      throw new AssertionError(
          "writer " + build.name() + (answer == null ? " hangs" : " ended") + ": " + takeRefused());
    }
    return answer;
  }

  /** Kills it at once, wherever it stands, and waits until it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
