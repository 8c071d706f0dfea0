// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.waltap.testdata.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several outputs of many databases by one process: shared ones, own ones, and those who listen.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class FleetOutputsProcessTest {
  private static final Pattern SERVED = Pattern.compile("served at (http://[\\d.:]+/changes)");
  private static final Pattern ROW = Pattern.compile("\"after\":\\{\"id\":(\\d+)}");

  @TempDir private Path directory = Path.of("");
  private Path a = Path.of("");
  private Path b = Path.of("");
  private final List<HttpURLConnection> connections = new ArrayList<>();

  @BeforeEach
  void make() throws SQLException {
    a = directory.resolve("a.db");
    b = directory.resolve("b.db");
    for (Path each : List.of(a, b)) {
      sql(each, "PRAGMA journal_mode = WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY)");
    }
  }

  @AfterEach
  void disconnect() {
    connections.forEach(HttpURLConnection::disconnect);
  }

  private static void sql(Path database, String... statements) throws SQLException {
    try (Connection connection = TestDatabase.open(database)) {
      TestDatabase.execute(connection, statements);
    }
  }

  private static void insert(Path database, int id) throws SQLException {
    sql(database, "INSERT INTO t VALUES (" + id + ")");
  }

  private static void awaitText(Path file, String text) throws Exception {
    long end = System.nanoTime() + CliProcess.LIMIT.toNanos();
    while (!Files.exists(file) || !Files.readString(file).contains(text)) {
      assertThat(System.nanoTime()).as(text + " in " + file).isLessThan(end);
      Thread.sleep(20);
    }
  }

  /** An event: its id, and the row or the reason of a gap. */
  private record Event(String id, String what) {}

  /** A client of the changes. */
  private final class Client {
    private final BufferedReader lines;

    Client(CliProcess waltap, String query, @Nullable Event after) throws Exception {
      Matcher served = SERVED.matcher(waltap.errors());
      assertThat(served.find()).isTrue();
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(served.group(1) + query).toURL().openConnection();
      connections.add(connection);
      connection.setReadTimeout((int) CliProcess.LIMIT.toMillis());
      if (after != null) {
        connection.setRequestProperty("Last-Event-ID", after.id());
      }
      lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8));
    }

    Event next() throws IOException {
      String id = "";
      String line = lines.readLine();
      while (line != null && !line.startsWith("data: ")) {
        id = line.startsWith("id: ") ? line.substring("id: ".length()) : id;
        line = lines.readLine();
      }
      Matcher row = ROW.matcher(String.valueOf(line));
      return new Event(id, row.find() ? row.group(1) : String.valueOf(line));
    }
  }

  @Test
  void sharedOwnAndServedOnesGetEverythingAndClientsContinueAfterARestart() throws Exception {
    List<String> posted = new CopyOnWriteArrayList<>();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          posted.add(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.start();
    Path all = directory.resolve("all.jsonl");
    Object[] line = {
      "cdc",
      a,
      b,
      "--state",
      directory.resolve("states"),
      "--listen",
      "0",
      "--output",
      all,
      "--output",
      directory.resolve("own/{database}.jsonl"),
      "--output",
      "http://127.0.0.1:" + receiver.getAddress().getPort() + "/of/{database}"
    };
    Event lastOfA;
    Event lastOfAll;
    try (CliProcess waltap = CliProcess.start(line).awaitReady()) {
      Client both = new Client(waltap, "", null);
      Client one = new Client(waltap, "?database=a.db", null);
      insert(b, 7);
      assertThat(both.next().what()).isEqualTo("7");
      insert(a, 1);
      lastOfAll = both.next();
      assertThat(lastOfAll.what()).isEqualTo("1");
      lastOfA = one.next();
      assertThat(lastOfA).isEqualTo(lastOfAll);
      for (String name : List.of("a.db", "b.db")) {
        awaitText(all, "\"database\":\"" + name + "\"");
        awaitText(directory.resolve("own/" + name + ".jsonl"), "\"database\":\"" + name + "\"");
        assertThat(posted).contains("/of/" + name);
      }
      assertThat(waltap.stop()).as(waltap.errors()).isZero();
    } finally {
      receiver.stop(0);
    }
    insert(a, 2);
    Object[] listening = {"cdc", a, b, "--state", directory.resolve("states"), "--listen", "0"};
    try (CliProcess waltap = CliProcess.start(listening).awaitReady()) {
      Client one = new Client(waltap, "?database=a.db", lastOfA);
      assertThat(one.next().what()).as(waltap.errors()).isEqualTo("2");
      // One id says nothing of other databases, after a restart.
      assertThat(new Client(waltap, "", lastOfAll).next().what()).contains("not kept any more");
      assertThat(waltap.stop()).as(waltap.errors()).isZero();
    }
  }

  @Test
  void withoutStateAnOldClientIsToldBeforeTheNextChange() throws Exception {
    Event last;
    try (CliProcess waltap = CliProcess.start("cdc", a, b, "--listen", "0").awaitReady()) {
      Client one = new Client(waltap, "?database=a.db", null);
      insert(a, 1);
      last = one.next();
      assertThat(waltap.stop()).isZero();
    }
    for (Object[] line :
        List.of(
            new Object[] {"cdc", a, b, "--listen", "0"},
            new Object[] {"cdc", a, "--listen", "0"})) {
      try (CliProcess waltap = CliProcess.start(line).awaitReady()) {
        Client again = new Client(waltap, line.length > 4 ? "?database=a.db" : "", last);
        assertThat(again.next().what()).contains("it is another stream");
        assertThat(waltap.stop()).as(waltap.errors()).isZero();
      }
    }
  }

  @Test
  void whatFailsOfASharedOutputEndsAllAndOfAnOwnOneTheOneAlone() throws Exception {
    Path own = directory.resolve("own");
    Files.createDirectories(own.resolve("a.db.jsonl"));
    Object[] line = {
      "cdc", a, b, "--output", "/dev/full", "--output", own.resolve("{database}.jsonl")
    };
    try (CliProcess waltap = CliProcess.start(line)) {
      waltap.awaitError("a.db.jsonl");
      waltap.awaitReady();
      insert(b, 1);
      assertThat(waltap.exit()).as(waltap.errors()).isEqualTo(1);
      assertThat(waltap.errors()).contains("/dev/full");
    }
  }
}
