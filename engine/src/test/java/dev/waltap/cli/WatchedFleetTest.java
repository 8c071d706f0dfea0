// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CaptureBuilder;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many databases, watched by HTTP. */
class WatchedFleetTest {
  private static final Pattern ADDRESS = Pattern.compile("are at (http://\\S+/)");
  private static final int SIGTERM = 15;

  @TempDir private Path directory = Path.of("");

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final HttpClient client = HttpClient.newHttpClient();

  private Connection make(String name) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve(name));
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    }
    return connection;
  }

  private HttpResponse<String> get(String address) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
  }

  private void await(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(what + ": " + err.toString(UTF_8)).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void eachDatabaseIsShownAndOneThatFailsMakesTheWholeNotReadyButHealthy() throws Exception {
    StopSignals signals = new StopSignals(code -> {});
    Shell shell =
        new Shell(
            OutputStream.nullOutputStream(),
            new PrintStream(err, true, UTF_8),
            false,
            CaptureBuilder::build,
            signals);
    try (Connection a = make("a.db");
        Connection b = make("b.db");
        Statement write = a.createStatement()) {
      Path broken = Files.writeString(directory.resolve("broken.db"), "not a database at all");
      String state = directory.resolve("state").toString();
      String[] args = {
        "cdc",
        "--directory",
        directory.toString(),
        "--state",
        state,
        "--metrics-port",
        "0",
        "--log-format",
        "json"
      };
      CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> Main.run(shell, args));
      await("ready", () -> err.toString(UTF_8).contains("\"message\":\"ready"));
      Matcher matcher = ADDRESS.matcher(err.toString(UTF_8));
      assertThat(matcher.find()).isTrue();
      String address = matcher.group(1);
      assertThat(err.toString(UTF_8))
          .contains("\"level\":\"warn\",\"database\":\"broken.db\",\"message\":")
          .contains("\"level\":\"info\",\"message\":\"ready");
      assertThat(get(address + "ready").statusCode()).isEqualTo(503);
      assertThat(get(address + "ready").body())
          .contains("1 of 3 captures is not ready")
          .contains("\"broken.db\":{\"state\":\"retrying\"");
      assertThat(get(address + "health").statusCode()).isEqualTo(200);
      write.execute("INSERT INTO t VALUES(1)");
      await(
          "the change is counted",
          () ->
              get(address + "metrics")
                  .body()
                  .contains("waltap_changes_total{database=\"a.db\"} 1.0"));
      assertThat(get(address + "metrics").body())
          .contains("waltap_changes_total{database=\"b.db\"} 0.0");
      Files.delete(broken);
      await("it is forgotten", () -> get(address + "ready").statusCode() == 200);
      signals.raise(SIGTERM);
      assertThat(exit.get(20, TimeUnit.SECONDS)).isZero();
      assertThat(b.isClosed()).isFalse();
    }
  }

  @Test
  @Timeout(60)
  void whatCapturesCountedIsKeptWhenTheyAreParkedAndNobodyHadAsked() throws Exception {
    StopSignals signals = new StopSignals(code -> {});
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Shell shell =
        new Shell(out, new PrintStream(err, true, UTF_8), false, CaptureBuilder::build, signals);
    try (Connection a = make("a.db");
        Connection b = make("b.db")) {
      String state = directory.resolve("state").toString();
      String[] args = {
        "cdc",
        "--directory",
        directory.toString(),
        "--state",
        state,
        "--max-open",
        "1",
        "--metrics-port",
        "0",
        "--metrics-databases",
        "0"
      };
      CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> Main.run(shell, args));
      await("ready", () -> err.toString(UTF_8).contains("waltap: ready"));
      int written = 0;
      for (Connection each : List.of(a, b, a)) {
        written++;
        try (Statement write = each.createStatement()) {
          write.execute("INSERT INTO t VALUES(" + written + ")");
        }
        String last = "\"after\":{\"id\":" + written + "}";
        await("delivered", () -> out.toString(UTF_8).contains(last));
      }
      Matcher matcher = ADDRESS.matcher(err.toString(UTF_8));
      assertThat(matcher.find()).isTrue();
      assertThat(get(matcher.group(1) + "metrics").body())
          .contains("waltap_changes_total{database=\"other\"} 3.0")
          .contains("waltap_transactions_total{database=\"other\"} 3.0");
      signals.raise(SIGTERM);
      assertThat(exit.get(20, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void aDirectoryThatIsRemovedMakesTheWholeNotReadyUntilItIsThereAgain() throws Exception {
    StopSignals signals = new StopSignals(code -> {});
    Shell shell =
        new Shell(
            OutputStream.nullOutputStream(),
            new PrintStream(err, true, UTF_8),
            false,
            CaptureBuilder::build,
            signals);
    Path watched = Files.createDirectory(directory.resolve("watched"));
    String[] args = {"cdc", "--directory", watched.toString(), "--metrics-port", "0"};
    CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> Main.run(shell, args));
    await("ready", () -> err.toString(UTF_8).contains("waltap: ready"));
    Matcher matcher = ADDRESS.matcher(err.toString(UTF_8));
    assertThat(matcher.find()).isTrue();
    String address = matcher.group(1);
    assertThat(get(address + "ready").statusCode()).isEqualTo(200);
    Files.delete(watched);
    await("it is gone", () -> get(address + "ready").statusCode() == 503);
    assertThat(get(address + "ready").body())
        .contains("a directory of databases can't be searched any more");
    await("said", () -> err.toString(UTF_8).contains("can't be searched for databases any more"));
    Files.createDirectory(watched);
    await("it is there again", () -> get(address + "ready").statusCode() == 200);
    await("said", () -> err.toString(UTF_8).contains("can be searched again"));
    signals.raise(SIGTERM);
    assertThat(exit.get(20, TimeUnit.SECONDS)).isZero();
  }
}
