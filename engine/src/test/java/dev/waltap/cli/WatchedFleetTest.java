// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many databases, watched by HTTP. */
class WatchedFleetTest extends RunningCommandTest {
  private static final Pattern ADDRESS = Pattern.compile("are at (http://\\S+/)");

  private final HttpClient client = HttpClient.newHttpClient();

  /** Keeps a database open, as an application does: nobody else closes it last. */
  private static Connection open(Path database) throws Exception {
    return DriverManager.getConnection("jdbc:sqlite:" + database);
  }

  /** What is served there, once that is said. */
  private HttpResponse<String> get(String path) throws Exception {
    Matcher matcher = ADDRESS.matcher(err());
    assertThat(matcher.find()).as(err()).isTrue();
    return client.send(
        HttpRequest.newBuilder(URI.create(matcher.group(1) + path)).build(),
        BodyHandlers.ofString());
  }

  @Test
  void eachDatabaseIsShownAndOneThatFailsMakesTheWholeNotReadyButHealthy() throws Exception {
    Path a = make("a.db");
    make("b.db");
    Path broken = Files.writeString(directory.resolve("broken.db"), "not a database at all");
    Path state = directory.resolve("state");
    start(
        "cdc",
        "--directory",
        directory,
        "--state",
        state,
        "--metrics-port",
        0,
        "--log-format",
        "json");
    await("\"message\":\"ready");
    assertThat(err())
        .contains("\"level\":\"warn\",\"database\":\"broken.db\",\"message\":")
        .contains("\"level\":\"info\",\"message\":\"ready");
    assertThat(get("ready").statusCode()).isEqualTo(503);
    assertThat(get("ready").body())
        .contains("1 of 3 captures is not ready")
        .contains("\"broken.db\":{\"state\":\"retrying\"");
    assertThat(get("health").statusCode()).isEqualTo(200);
    execute(a, "INSERT INTO t VALUES(1)");
    await(() -> get("metrics").body().contains("waltap_changes_total{database=\"a.db\"} 1.0"));
    assertThat(get("metrics").body()).contains("waltap_changes_total{database=\"b.db\"} 0.0");
    Files.delete(broken);
    await(() -> get("ready").statusCode() == 200);
    assertThat(stop()).as(err()).isZero();
  }

  @Test
  @Timeout(60)
  void whatCapturesCountedIsKeptWhenTheyAreParkedAndNobodyHadAsked() throws Exception {
    Path a = make("a.db");
    Path b = make("b.db");
    try (Connection openA = open(a);
        Connection openB = open(b)) {
      Path state = directory.resolve("state");
      start(
          "cdc",
          "--directory",
          directory,
          "--state",
          state,
          "--max-open",
          1,
          "--metrics-port",
          0,
          "--metrics-databases",
          0);
      await("waltap: ready");
      int written = 0;
      for (Path each : List.of(a, b, a)) {
        written++;
        execute(each, "INSERT INTO t VALUES(" + written + ")");
        String last = "\"after\":{\"id\":" + written + "}";
        await(() -> out().contains(last));
      }
      assertThat(get("metrics").body())
          .contains("waltap_changes_total{database=\"other\"} 3.0")
          .contains("waltap_transactions_total{database=\"other\"} 3.0");
      assertThat(stop()).as(err()).isZero();
      assertThat(openA.isClosed() || openB.isClosed()).isFalse();
    }
  }

  @Test
  void aDirectoryThatIsRemovedMakesTheWholeNotReadyUntilItIsThereAgain() throws Exception {
    Path watched = Files.createDirectory(directory.resolve("watched"));
    start("cdc", "--directory", watched, "--metrics-port", 0);
    await("waltap: ready");
    assertThat(get("ready").statusCode()).isEqualTo(200);
    Files.delete(watched);
    await(() -> get("ready").statusCode() == 503);
    assertThat(get("ready").body()).contains("a directory of databases can't be searched any more");
    await("can't be searched for databases any more");
    Files.createDirectory(watched);
    await(() -> get("ready").statusCode() == 200);
    await("can be searched again");
    assertThat(stop()).as(err()).isZero();
  }
}
