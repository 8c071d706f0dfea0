// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MonitorOptionsTest {
  private static final Pattern ADDRESS = Pattern.compile("are at (http://\\S+/)");
  private static final int SIGTERM = 15;

  private static final List<Change> ONE =
      List.of(Change.builder("users", Operation.INSERT).after(Row.of("id", 1)).build());

  @TempDir private Path directory = Path.of("");

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final StopSignals signals = new StopSignals(code -> {});
  private String database = "";

  @BeforeEach
  void createDatabase() throws IOException {
    database = Files.createFile(directory.resolve("app.db")).toString();
  }

  private int run(Map<String, String> environment, String... args) {
    PrintStream errors = new PrintStream(err, true, UTF_8);
    return Main.run(
        new Shell(
            OutputStream.nullOutputStream(),
            errors,
            false,
            builder -> new FakeCapture(builder.options(), ONE),
            signals,
            environment),
        args);
  }

  private String err() {
    return err.toString(UTF_8);
  }

  /** Runs a capture, and returns where it is watched when it is ready. */
  private String start(List<CompletableFuture<Integer>> exits, String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of("cdc", database, "--metrics-port", "0"));
    all.addAll(List.of(args));
    exits.add(CompletableFuture.supplyAsync(() -> run(Map.of(), all.toArray(String[]::new))));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!err().contains("waltap: ready") && System.nanoTime() < end) {
      assertThat(exits.get(0)).as(err()).isNotDone();
      Thread.onSpinWait();
    }
    Matcher matcher = ADDRESS.matcher(err());
    assertThat(matcher.find()).as(err()).isTrue();
    return matcher.group(1);
  }

  private static HttpResponse<String> get(String address, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void aCaptureIsWatchedWhileItRuns() throws Exception {
    List<CompletableFuture<Integer>> exits = new ArrayList<>();
    String address = start(exits, "--quiet", "--source-name", "shop");
    assertThat(get(address + "metrics").body())
        .contains("waltap_changes_total{database=\"shop\"} 1.0")
        .contains("waltap_ready{database=\"shop\"} 1.0");
    assertThat(get(address + "ready").statusCode()).isEqualTo(200);
    assertThat(get(address + "health").body()).contains("\"shop\":{\"state\":\"ready\"");
    assertThat(get(address + "live").body()).contains("\"rows\":false");
    signals.raise(SIGTERM);
    assertThat(exits.get(0).get(20, TimeUnit.SECONDS)).isZero();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.isAlive() && thread.getName().startsWith("HTTP-Dispatcher"));
  }

  @Test
  void metricsAreSentOnlyByTheJarForIt() {
    assertThat(run(Map.of(), "cdc", database, "--otlp", "http://localhost:4318")).isEqualTo(1);
    assertThat(err()).contains("--otlp needs waltap-otlp.jar");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--otlp localhost:4318; the URL of a receiver",
        "--otlp grpc://localhost:4317; the URL of a receiver",
        "--otlp http://me:secret@localhost; sent as headers",
        "--otlp-interval 10s; --otlp-interval is for --otlp",
        "--otlp http://localhost:4318 --otlp-interval 10ms; must be 1s or more",
        "--otlp http://localhost:4318 --metrics-databases -1; must be 0 or more",
        "--otlp http://localhost:4318 --metrics-max-lag 10; for what --metrics-port opens",
      })
  void whereMetricsAreSentIsCheckedBefore(String wrong) {
    String[] parts = wrong.split("; ", 2);
    List<String> all = new ArrayList<>(List.of("cdc", database));
    all.addAll(List.of(parts[0].split(" ", -1)));
    assertThat(run(Map.of(), all.toArray(String[]::new))).isEqualTo(2);
    assertThat(err()).contains(parts[1]).doesNotContain("secret");
  }

  @Test
  void aTokenIsReadFromItsFile() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "0123456789abcdef0123\n");
    List<CompletableFuture<Integer>> exits = new ArrayList<>();
    String address =
        start(exits, "--metrics-bind", "0.0.0.0", "--metrics-token", "@" + token, "--page-rows")
            .replace("0.0.0.0", "127.0.0.1");
    assertThat(get(address + "metrics").statusCode()).isEqualTo(401);
    assertThat(get(address + "live", "Authorization", "Bearer 0123456789abcdef0123").body())
        .contains("\"rows\":true");
    signals.raise(SIGTERM);
    assertThat(exits.get(0).get(20, TimeUnit.SECONDS)).isZero();
    assertThat(err()).doesNotContain("0123456789abcdef");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--metrics-port 70000",
        "--metrics-port x",
        "--page-rows",
        "--metrics-max-lag 5s",
        "--metrics-port 0 --metrics-bind 0.0.0.0",
        "--metrics-port 0 --metrics-bind no.such.invalid",
        "--metrics-port 0 --metrics-databases -1",
        "--metrics-port 0 --metrics-max-lag soon",
      })
  void whatCannotGoTogetherIsRefused(String options) {
    String[] args =
        Stream.concat(Stream.of("cdc", database), Stream.of(options.split(" ")))
            .toArray(String[]::new);
    assertThat(run(Map.of(), args)).as(err()).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("--metrics-").contains("Try 'waltap cdc --help'");
  }

  @Test
  void aFileWithoutATokenIsRefused() throws IOException {
    Path token = Files.writeString(directory.resolve("token"), "short\n");
    String[] args = {"cdc", database, "--metrics-port", "0", "--metrics-token", token.toString()};
    assertThat(run(Map.of(), args)).isEqualTo(ExitCode.FAILED);
    assertThat(err()).contains("holds no token: write 16 or more").doesNotContain("short\n");
    Files.delete(token);
    assertThat(run(Map.of(), args)).isEqualTo(ExitCode.FAILED);
    assertThat(err()).contains("there is no file");
  }

  /** It may run beside the capture that has the port. */
  @Test
  void aBootstrapDoesNotTakeThePortOfTheEnvironment() {
    assertThat(run(Map.of("WALTAP_METRICS_PORT", "0"), "bootstrap", database)).isZero();
    assertThat(err()).doesNotContain("http://");
  }

  @Test
  @Tag("slow")
  void whatIsNotAskedForIsNotLoaded() throws Exception {
    Path loaded = directory.resolve("loaded.txt");
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xlog:class+load:file=" + loaded,
                "-cp",
                System.getProperty("java.class.path"),
                ProcessMain.class.getName(),
                "cdc",
                database)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(directory.resolve("err.txt").toFile())
            .start();
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (process.isAlive()
          && System.nanoTime() < end
          && !Files.readString(directory.resolve("err.txt")).contains("waltap: ready")) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
    assertThat(directory.resolve("err.txt")).content().contains("waltap: ready");
    String classes = Files.readString(loaded);
    assertThat(classes).contains("dev.waltap.cli.Main ");
    for (String prefix :
        List.of(
            "dev.waltap.monitor.",
            "dev.waltap.live.",
            "io.micrometer.",
            "com.sun.net.",
            "dev.waltap.config.",
            "org.tomlj.",
            "org.antlr.",
            "org.snakeyaml.")) {
      assertThat(classes).doesNotContain(" " + prefix);
    }
  }
}
