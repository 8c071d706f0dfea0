// SPDX-License-Identifier: Apache-2.0
package dev.waltap.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.waltap.dist.Unpacked.Ended;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unpacked archive does its work, with this build's Java. */
class DistributionTest {

  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");
  private static final String LOADED = "-Xlog:class+load:file=";

  @TempDir private static Path directory = Path.of("");
  private static Unpacked unpacked;

  @BeforeAll
  static void unpack() throws Exception {
    unpacked = Unpacked.into(directory);
  }

  @Test
  void holdsEverythingAndOnlyProgramsAreExecutable() throws IOException {
    try (Stream<Path> files = Files.walk(unpacked.home())) {
      assertThat(files.filter(Files::isRegularFile).filter(Files::isExecutable))
          .containsExactlyInAnyOrder(
              unpacked.home().resolve("bin/waltap"),
              unpacked.home().resolve("libexec/class-data-archive"),
              unpacked.home().resolve("libexec/health-check"));
    }
    for (String file :
        List.of(
            "LICENSE",
            "NOTICE",
            "README",
            "NOTICE-kafka",
            "NOTICE-otlp",
            "lib/waltap.jar",
            "lib/waltap-kafka.jar",
            "lib/waltap-otlp.jar",
            "lib/native/Linux-x86_64/libsqlitejdbc.so",
            "lib/systemd/system/waltap@.service",
            "share/bash-completion/completions/waltap",
            "share/man/man1/waltap.1",
            "share/man/man1/waltap-cdc.1",
            "share/man/man7/waltap-gaps.7",
            "share/man/man7/waltap-monitoring.7",
            "share/monitoring/alerts.yml",
            "share/monitoring/dashboard.json",
            "share/monitoring/otel-collector.yml")) {
      assertThat(unpacked.home().resolve(file)).isNotEmptyFile();
    }
  }

  @Test
  void saysItsVersionWithTheClassesOfTheArchiveAtAnyPlace() throws Exception {
    Path log = directory.resolve("loaded.txt");
    Ended ended = version(Map.of("WALTAP_JAVA_OPTS", LOADED + log));
    assertThat(ended.exit()).isZero();
    assertThat(ended.out()).matches("waltap \\S+\n");
    assertThat(ended.err()).isEmpty();
    if (Files.isDirectory(Path.of("/proc/self/fd"))) {
      assertThat(Files.readAllLines(log))
          .anySatisfy(line -> assertThat(line).contains("dev.waltap.cli.Main source: shared"));
    }
  }

  @Test
  void anArchiveThatIsNotForThisJarOrNoArchiveCostsNotAWord() throws Exception {
    Path other = directory.resolve("other");
    Files.createDirectories(other);
    Ended copied = unpacked.run(Map.of(), "cp", "-Rp", unpacked.home() + "/.", other.toString());
    assertThat(copied.exit()).isZero();
    Files.setLastModifiedTime(other.resolve("lib/waltap.jar"), FileTime.fromMillis(0));
    String program = other.resolve("bin/waltap").toString();
    Ended ended = unpacked.run(Map.of("JAVA_HOME", Unpacked.JAVA_HOME), program, "--version");
    assertThat(ended).isEqualTo(version(Map.of()));
    // Nor is a descriptor of the caller's taken away.
    Ended taken =
        unpacked.run(
            Map.of("JAVA_HOME", Unpacked.JAVA_HOME),
            "sh",
            "-c",
            "exec 9>/dev/null; exec \"$0\" --version",
            program);
    assertThat(taken).isEqualTo(ended);
  }

  private static Ended version(Map<String, String> environment) throws Exception {
    Map<String, String> all = new java.util.HashMap<>(environment);
    all.put("JAVA_HOME", Unpacked.JAVA_HOME);
    return unpacked.run(all, unpacked.waltap(), "--version");
  }

  @Test
  void capturesAndEndsByASignalOrWithTheCommandsExitCode() throws Exception {
    Path database = directory.resolve("an app.db");
    Path out = directory.resolve("events.jsonl");
    Path err = directory.resolve("errors.txt");
    try (Connection writer = DriverManager.getConnection("jdbc:sqlite:" + database)) {
      run(writer, "PRAGMA journal_mode=WAL", "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
      Process capture =
          unpacked.start(
              Map.of("JAVA_HOME", Unpacked.JAVA_HOME),
              out,
              err,
              unpacked.waltap(),
              "cdc",
              database.toString());
      try {
        awaitText(capture, err, "waltap: ready");
        run(writer, "INSERT INTO t VALUES (1, 'Ada')");
        awaitText(capture, out, "\"after\":{\"a\":1,\"b\":\"Ada\"}");
        // SIGTERM to the process that was started: it has become the JVM.
        capture.destroy();
        assertThat(capture.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(capture.exitValue()).isZero();
      } finally {
        capture.destroyForcibly();
      }
      assertThat(err).content().matches("waltap: ready[^\\n]*\\n");
    }
    assertThat(unpacked.waltap("cdc", database, "--once").exit()).isEqualTo(2);
    assertThat(unpacked.waltap("cdc", directory.resolve("none.db")).exit()).isEqualTo(1);
  }

  /** The jar holds what the option needs, though nothing else of the program does. */
  @Test
  void answersWhoeverWatchesTheDemo() throws Exception {
    Path out = directory.resolve("demo.txt");
    Path err = directory.resolve("demo-errors.txt");
    Process demo =
        unpacked.start(
            Map.of("JAVA_HOME", Unpacked.JAVA_HOME), out, err, unpacked.waltap(), "demo", "--web");
    try {
      awaitText(demo, err, "waltap: ready");
      Matcher address = ADDRESS.matcher(Files.readString(err));
      assertThat(address.find()).isTrue();
      assertThat(get(address.group() + "metrics"))
          .contains("waltap_ready{database=\"shop.db\"} 1.0", "jvm_memory_used_bytes{");
      assertThat(get(address.group())).contains("<title>Waltap</title>");
      assertThat(get(address.group() + "live")).contains("\"rows\":true");
      demo.destroy();
      assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(demo.exitValue()).isZero();
    } finally {
      demo.destroyForcibly();
    }
  }

  /** The jar that sends them is found beside the other, and has all that it needs. */
  @Test
  void sendsItsMetricsToOpenTelemetry() throws Exception {
    Path database = directory.resolve("sent.db");
    try (Connection writer = DriverManager.getConnection("jdbc:sqlite:" + database)) {
      run(writer, "PRAGMA journal_mode=WAL", "CREATE TABLE t(a INTEGER PRIMARY KEY)");
    }
    BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    receiver.createContext(
        "/v1/metrics",
        exchange -> {
          try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            sent.add(new String(body, StandardCharsets.ISO_8859_1));
          }
        });
    receiver.start();
    try {
      String url = "http://127.0.0.1:" + receiver.getAddress().getPort();
      assertThat(unpacked.waltap("setup", database).exit()).isZero();
      Ended ended = unpacked.waltap("bootstrap-and-cdc", database, "--once", "--otlp", url);
      assertThat(ended.exit()).as(ended.err()).isZero();
      assertThat(ended.err()).doesNotContain("warning", "micrometer");
      assertThat(sent.poll()).contains("waltap.changes", "sent.db", "service.name");
    } finally {
      receiver.stop(0);
    }
  }

  private static String get(String address) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  private static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static void awaitText(Process process, Path file, String text) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.readString(file).contains(text)) {
      assertThat(process.isAlive()).isTrue();
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  @Test
  void completesCommandsOptionsAndValues() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash");
    assertThat(completions("boot")).containsExactly("bootstrap", "bootstrap-and-cdc");
    assertThat(completions("help", "ga")).containsExactly("gaps");
    assertThat(completions("cdc", "--gu")).containsExactly("--guard");
    assertThat(completions("cdc", "--guard", "a")).containsExactly("adaptive", "always");
    assertThat(completions("demo", "--format", "")).containsExactly("json", "text");
    assertThat(completions("cdc", directory + "/with bl"))
        .containsExactly(directory + "/with blanks in it");
  }

  /** What the last word may become, as bash asks for it. */
  private static List<String> completions(String... words) throws Exception {
    String script =
        """
        source "$1"; shift
        COMP_WORDS=(waltap "$@") COMP_CWORD=$#; compopt() { :; }
        $(complete -p waltap | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    String[] line = new String[words.length + 5];
    List<String> start =
        List.of(
            "/bin/bash",
            "-c",
            script,
            "bash",
            unpacked.home().resolve("share/bash-completion/completions/waltap").toString());
    System.arraycopy(start.toArray(), 0, line, 0, 5);
    System.arraycopy(words, 0, line, 5, words.length);
    Ended ended = unpacked.run(Map.of(), line);
    assertThat(ended.err()).isEmpty();
    return ended.out().lines().map(String::strip).sorted().toList();
  }
}
