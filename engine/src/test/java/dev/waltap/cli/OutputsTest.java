// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static dev.waltap.json.Changes.insert;
import static dev.waltap.json.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.waltap.CaptureBuilder;
import dev.waltap.api.ChangeDataCapture;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several outputs of one capture. */
class OutputsTest {
  private static final int HANGUP = 1;
  private static final Pattern SERVED = Pattern.compile("served at (http://127.0.0.1:\\d+/\\S+)");

  @TempDir private Path directory = Path.of("");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final StopSignals signals = new StopSignals(code -> {});
  private boolean repeating;
  private String database = "";
  private Path first = Path.of("");
  private Path second = Path.of("");

  @BeforeEach
  void createDatabase() throws IOException {
    database = Files.createFile(directory.resolve("app.db")).toString();
    first = directory.resolve("first.jsonl");
    second = directory.resolve("second.jsonl");
  }

  private int run(String... args) {
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    return Main.run(new Shell(out, errors, false, this::capture, signals), args);
  }

  private ChangeDataCapture capture(CaptureBuilder builder) {
    return new FakeCapture(builder.options(), List.of(insert(row("id", 1L))), repeating);
  }

  private CompletableFuture<Integer> start(String... args) {
    CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> run(args));
    await(code, "ready");
    return code;
  }

  private void await(CompletableFuture<Integer> code, String text) {
    while (!err().contains(text)) {
      assertThat(code).as(err()).isNotDone();
      Thread.onSpinWait();
    }
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void eachGetsEveryChange() throws IOException {
    List<String> posted = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          posted.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      assertThat(
              run(
                  "bootstrap",
                  database,
                  "--output",
                  first.toString(),
                  "--output",
                  "-",
                  "--output",
                  address,
                  "--output",
                  second.toString()))
          .as(err())
          .isZero();
    } finally {
      server.stop(0);
    }
    String line = Files.readString(first);
    assertThat(line).startsWith("{\"table\":\"users\"").endsWith("}\n");
    assertThat(second).hasContent(line);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(line);
    assertThat(posted).containsExactly("{\"changes\":[" + line.strip() + "]}");
  }

  @Test
  void oneThatFailsEndsTheCaptureAndTheBatchStaysUndelivered() {
    assertThat(
            run(
                "bootstrap",
                database,
                "--output",
                first.toString(),
                "--output",
                "http://127.0.0.1:9/",
                "--max-retries",
                "0"))
        .isEqualTo(1);
    assertThat(err()).contains("POST to http://127.0.0.1:9/ failed");
    // It was not synced: what is not delivered is taken back.
    assertThat(first).hasContent("");
  }

  @Test
  void theSameFileByTwoNamesIsRefused() throws IOException {
    Files.createFile(first);
    Path link = Files.createSymbolicLink(directory.resolve("link"), first);
    assertThat(run("bootstrap", database, "--output", first + "", "--output", link + ""))
        .isEqualTo(2);
    assertThat(err()).contains("twice, which would get every change twice: name each output once");
    err.reset();
    assertThat(
            run(
                "bootstrap",
                database,
                "--output",
                second + "",
                "--output",
                directory + "/./second.jsonl"))
        .isEqualTo(2);
    err.reset();
    assertThat(
            run(
                "bootstrap",
                database,
                "--output",
                "http://u:s3cret@h/",
                "--output",
                "http://u:s3cret@h/"))
        .isEqualTo(2);
    assertThat(err()).contains("names an address twice").doesNotContain("s3cret");
  }

  @Test
  void hangupReopensEachFile() throws Exception {
    repeating = true;
    CompletableFuture<Integer> code =
        start("cdc", database, "--output", first.toString(), "--output", second.toString());
    Files.move(first, directory.resolve("first.1"));
    Files.move(second, directory.resolve("second.1"));
    signals.raise(HANGUP);
    await(code, "output " + first + " reopened");
    await(code, "output " + second + " reopened");
    while (!Files.exists(first) || !Files.exists(second)) {
      assertThat(code).isNotDone();
      Thread.onSpinWait();
    }
    signals.raise(15);
    assertThat(code.get(10, TimeUnit.SECONDS)).isZero();
    assertThat(Files.size(directory.resolve("first.1"))).isPositive();
  }

  @Test
  void stoppingEndsTheRetriesOfEach() throws Exception {
    CompletableFuture<Integer> code =
        start(
            "cdc",
            database,
            "--output",
            first.toString(),
            "--output",
            "http://127.0.0.1:9/",
            "--max-retries",
            "unlimited");
    await(code, "trying again");
    signals.raise(15);
    assertThat(code.get(10, TimeUnit.SECONDS)).isZero();
    assertThat(err()).contains("the batch stays undelivered");
  }

  @Test
  void thoseWhoListenGetTheChangesToo() throws Exception {
    CompletableFuture<Integer> code =
        start("cdc", database, "--listen", "0", "--output", first.toString());
    Matcher served = SERVED.matcher(err());
    assertThat(served.find()).as(err()).isTrue();
    URI address = URI.create(served.group(1) + "?from=oldest");
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(address.toURL().openStream(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (!line.startsWith("data: ")) {
        line = lines.readLine();
      }
      signals.raise(15);
      assertThat(code.get(10, TimeUnit.SECONDS)).isZero();
      assertThat(line).isEqualTo("data: " + Files.readString(first).strip());
    }
    assertThat(out.size()).as("standard output is none").isZero();
  }

  @Test
  void aTokenIsRequiredWhereOthersCanConnectAndComesFromAFile() throws Exception {
    assertThat(run("cdc", database, "--listen", "0.0.0.0:0")).isEqualTo(2);
    assertThat(err()).contains("give --listen-token @FILE");
    err.reset();
    assertThat(run("cdc", database, "--listen", "0.0.0.0:0", "--listen-token", "s3cret"))
        .isEqualTo(2);
    assertThat(err()).contains("WALTAP_LISTEN_TOKEN").doesNotContain("s3cret");
    err.reset();
    Path token = directory.resolve("token");
    Files.writeString(token, "s3cret\n");
    CompletableFuture<Integer> code =
        start("cdc", database, "--listen", "127.0.0.1:0", "--listen-token", "@" + token);
    signals.raise(15);
    assertThat(code.get(10, TimeUnit.SECONDS)).isZero();
  }
}
