// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP reads the file of options again, and all of it or nothing takes effect. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class ReloadProcessTest {
  private static final Pattern PORT = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/");
  private static final String OLD_TOKEN = "an-old-token-of-24-letters";
  private static final String NEW_TOKEN = "a-new-token-of-24-letters";

  @TempDir private Path directory = Path.of("");
  private Path config = Path.of("");

  @BeforeEach
  void nameFile() {
    config = directory.resolve("waltap.toml");
  }

  private Path make(String name) throws SQLException, IOException {
    Path path = directory.resolve(name);
    Files.createDirectories(path.toAbsolutePath().getParent());
    sql(path, "PRAGMA journal_mode = WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY)");
    return path;
  }

  private static void sql(Path database, String... statements) throws SQLException {
    try (Connection connection = TestDatabase.open(database)) {
      TestDatabase.execute(connection, statements);
    }
  }

  private void configure(String... lines) throws IOException {
    Files.write(config, List.of(lines));
  }

  private static void await(CliProcess waltap, Condition condition) throws Exception {
    long end = System.nanoTime() + CliProcess.LIMIT.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime())
          .as("in time; " + waltap.lines() + waltap.errors())
          .isLessThan(end);
      Thread.sleep(20);
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void awaitRow(CliProcess waltap, String database, int id) throws Exception {
    await(
        waltap,
        () ->
            waltap.lines().stream()
                .anyMatch(
                    line ->
                        line.contains("\"database\":\"" + database + "\"")
                            && line.contains("\"after\":{\"id\":" + id + "}")));
  }

  private static int count(CliProcess waltap, String text) throws IOException {
    return waltap.errors().split(Pattern.quote(text), -1).length - 1;
  }

  @Test
  void aFleetTakesOtherDatabasesAndSaysWhatItCanNotTake() throws Exception {
    Path a = make("a.db");
    Path b = make("b.db");
    Path c = make("more/c.db");
    String state = "state = '" + directory.resolve("states") + "'";
    String listed = "database = ['" + a + "', '" + b + "']";
    configure(listed, state, "max-open = 2");
    try (CliProcess waltap = CliProcess.start("cdc", "--config", config).awaitReady()) {
      sql(a, "INSERT INTO t VALUES (1)");
      awaitRow(waltap, "a.db", 1);

      configure("directory = '" + directory.resolve("nowhere") + "'", state);
      waltap.signal("HUP");
      waltap.awaitError("nowhere: can't be searched for databases");
      configure("data-base = 'a.db'", state);
      waltap.signal("HUP");
      waltap.awaitError("line 1: 'data-base' is no option, did you mean 'database'?: nothing was");
      sql(a, "INSERT INTO t VALUES (2)");
      awaitRow(waltap, "a.db", 2);

      sql(c, "INSERT INTO t VALUES (7)");
      configure(
          "database = ['" + b + "']",
          "directory = '" + c.getParent() + "'",
          state,
          "max-open = 1",
          "wal-limit = '64MiB'",
          "guard = 'never'",
          "log-level = 'debug'");
      waltap.signal("HUP");
      waltap.awaitError("--guard, --wal-limit have changed in " + config);
      waltap.awaitError("changed: --database, --directory, --log-level, --max-open");
      waltap.awaitError("a.db: is not among the databases any more: no longer captured");
      awaitRow(waltap, "c.db", 7);
      sql(a, "INSERT INTO t VALUES (3)");
      sql(b, "INSERT INTO t VALUES (3)");
      sql(c, "INSERT INTO t VALUES (8)");
      awaitRow(waltap, "b.db", 3);
      awaitRow(waltap, "c.db", 8);

      // What was taken out continues where it was.
      configure(listed, state, "log-level = 'warn'");
      waltap.signal("HUP");
      awaitRow(waltap, "a.db", 3);
      assertThat(waltap.stop()).as(waltap.errors()).isZero();
      assertThat(count(waltap, "nothing was changed")).as(waltap.errors()).isEqualTo(2);
      assertThat(count(waltap, "with the next start only")).as(waltap.errors()).isEqualTo(1);
    }
  }

  @Test
  void newTokensAndHeadersTakeEffectWithoutANewStart() throws Exception {
    Path a = make("a.db");
    Path token = Files.writeString(directory.resolve("token"), OLD_TOKEN);
    Path headers = Files.writeString(directory.resolve("headers"), "X-Key: old-key\n");
    List<String> seen = new CopyOnWriteArrayList<>();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("X-Key")));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.start();
    configure(
        "output = 'http://127.0.0.1:" + receiver.getAddress().getPort() + "/'",
        "header = '@" + headers + "'",
        "listen = 0",
        "listen-token = '@" + token + "'",
        "[metrics]",
        "port = 0",
        "token = '@" + token + "'");
    try (CliProcess waltap = CliProcess.start("cdc", a, "--config", config).awaitReady()) {
      String metrics = address(waltap, "metrics, health") + "metrics";
      String changes = address(waltap, "changes are served") + "changes";
      sql(a, "INSERT INTO t VALUES (1)");
      await(waltap, () -> seen.contains("old-key"));
      for (String address : List.of(metrics, changes)) {
        assertThat(status(address, OLD_TOKEN)).isEqualTo(200);
        assertThat(status(address, NEW_TOKEN)).isEqualTo(401);
      }
      Files.writeString(token, NEW_TOKEN);
      Files.writeString(headers, "X-Key: new-key\n");
      waltap.signal("HUP");
      waltap.awaitError("options read again from " + config);
      for (String address : List.of(metrics, changes)) {
        assertThat(status(address, OLD_TOKEN)).isEqualTo(401);
        assertThat(status(address, NEW_TOKEN)).isEqualTo(200);
      }
      sql(a, "INSERT INTO t VALUES (2)");
      await(waltap, () -> seen.contains("new-key"));
      assertThat(waltap.stop()).as(waltap.errors()).isZero();
      assertThat(waltap.errors()).doesNotContain("warning", OLD_TOKEN, NEW_TOKEN);
    } finally {
      receiver.stop(0);
    }
  }

  private static String address(CliProcess waltap, String line) throws Exception {
    waltap.awaitError(line);
    Matcher matcher = PORT.matcher(waltap.errors().substring(waltap.errors().indexOf(line)));
    assertThat(matcher.find()).isTrue();
    return matcher.group();
  }

  private static int status(String address, String token) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address))
            .header("Authorization", "Bearer " + token)
            .build();
    HttpClient client = HttpClient.newHttpClient();
    // Events do not end: the head of the answer is all that is wanted.
    var answer = client.send(request, BodyHandlers.ofInputStream());
    answer.body().close();
    return answer.statusCode();
  }
}
