// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What SIGHUP does to a command that runs, within this process. */
class ReloadTest extends RunningCommandTest {
  private Path config = Path.of("");

  @BeforeEach
  void nameFile() {
    config = directory.resolve("waltap.toml");
  }

  private void configure(String... lines) throws IOException {
    Files.write(config, List.of(lines));
  }

  private Path fleet() throws IOException {
    return Files.createDirectory(directory.resolve("fleet"));
  }

  @Test
  void aFleetTakesNoMoreDatabasesWithoutStateThanThereArePlaces() throws Exception {
    String fleet = "directory = '" + fleet() + "'";
    make("fleet/a.db");
    make("fleet/b.db");
    configure(fleet, "max-open = 2");
    start("cdc", "--config", config);
    await("waltap: ready");
    configure(fleet, "max-open = 1");
    signals.raise(HANGUP);
    await("2 databases have no state, and only 1 can be open at once");
    assertThat(err()).contains("nothing was changed");
    make("fleet/c.db");
    String waits = "some databases may never be captured: 3 databases have no state";
    await(waits);
    make("fleet/d.db");
    // They are too many already: no reason to refuse another option.
    configure(fleet, "max-open = 2", "log-level = 'debug'");
    signals.raise(HANGUP);
    await("and changed: --log-level");
    configure(fleet, "max-open = 4", "log-level = 'debug'");
    signals.raise(HANGUP);
    await("and changed: --max-open");
    await("d.db: is captured now");
    assertThat(err().split("may never be captured", -1)).as(err()).hasSize(2);
  }

  @Test
  void rotationOfAFileForEachDatabaseIsOneLine() throws Exception {
    Path fleet = fleet();
    make("fleet/a.db");
    make("fleet/b.db");
    start("cdc", "--directory", fleet, "--output", directory.resolve("{database}.jsonl"));
    await("waltap: ready");
    signals.raise(HANGUP);
    await("waltap: output files of 2 open databases reopened\n");
    assertThat(err().lines().filter(line -> line.contains("reopened"))).as(err()).hasSize(1);
  }

  @Test
  void anOutputThatCannotBeReopenedIsNotAmongThoseThatWere() throws Exception {
    Path fleet = fleet();
    make("fleet/a.db");
    make("fleet/b.db");
    start("cdc", "--directory", fleet, "--output", directory.resolve("{database}.jsonl"));
    await("waltap: ready");
    Path output = directory.resolve("a.db.jsonl");
    Files.delete(output);
    Files.createDirectory(output);
    signals.raise(HANGUP);
    await("waltap: output files of 1 open database reopened\n");
    assertThat(err()).contains("the output can't be reopened: ");
  }

  @Test
  void oneThatIsOpenedLaterSendsWhatAllSend() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          String key = exchange.getRequestHeaders().getFirst("X-Key");
          seen.add(key + (body.contains("b.db") ? " of b" : " of a"));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.start();
    try {
      Path headers = Files.writeString(directory.resolve("headers"), "X-Key: old\n");
      Path fleet = fleet();
      Path a = make("fleet/a.db");
      configure("header = '@" + headers + "'");
      String to = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
      start("cdc", "--directory", fleet, "--output", to, "--config", config);
      await("waltap: ready");
      Files.writeString(headers, "X-Key: new\n");
      Path b = make("fleet/b.db");
      await("b.db: is captured now");
      execute(b, "INSERT INTO t VALUES(1)");
      await(() -> seen.contains("old of b"));
      execute(a, "INSERT INTO t VALUES(1)");
      await(() -> seen.contains("old of a"));
      signals.raise(HANGUP);
      await("options read again");
      execute(b, "INSERT INTO t VALUES(2)");
      await(() -> seen.contains("new of b"));
    } finally {
      receiver.stop(0);
    }
  }

  @Test
  void whatTheFileSaysOfDatabasesIsNoChangeWhereTheyWereTyped() throws Exception {
    Path a = make("a.db");
    configure("database = 'x.db'");
    start("cdc", a, "--config", config);
    await("waltap: ready");
    configure("database = 'y.db'", "directory = 'z'", "log-level = 'debug'");
    signals.raise(HANGUP);
    await("options read again");
    assertThat(err()).contains("and changed: --log-level\n").doesNotContain("warning", "--d");
  }

  @Test
  void hangupEndsNoCommandWhoseOutputStillWaitsForItsServer() throws Exception {
    WaitingOutput.waiting = new CountDownLatch(1);
    Path a = make("a.db");
    configure("log-level = 'info'");
    start("cdc", a, "--output", "rediss://127.0.0.1:9", "--config", config);
    assertThat(WaitingOutput.waiting.await(20, TimeUnit.SECONDS)).isTrue();
    signals.raise(HANGUP);
    await("options read again from " + config);
    assertThat(signals.received()).isZero();
    assertThat(code).isNotDone();
  }
}
