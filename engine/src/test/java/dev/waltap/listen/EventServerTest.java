// SPDX-License-Identifier: Apache-2.0
package dev.waltap.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.Source;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventServerTest {
  private static final String STREAM = "5f1c";

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Map<EventServer, DatabaseEvents> events = new HashMap<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  private EventServer serve(@Nullable String token, long history) throws IOException {
    EventServer server =
        EventServer.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            token,
            history,
            "app.db",
            50);
    opened.add(server);
    events.put(server, server.of("app.db", EventServerTest::render));
    return server;
  }

  /** What takes the changes of the one database. */
  private DatabaseEvents of(EventServer server) {
    return Objects.requireNonNull(events.get(server));
  }

  private static List<byte[]> render(Change change) {
    Row row = Objects.requireNonNull(change.after());
    return List.of(String.valueOf(row.getString("text")).getBytes(StandardCharsets.UTF_8));
  }

  /** A change of the first epoch. */
  private static Change change(long frame, long index, boolean last, String text) {
    return Change.builder("users", Operation.INSERT)
        .after(Row.of("text", text))
        .key(Row.of("id", index))
        .position(new Position(1, frame, index))
        .last(last)
        .source(new Source("app.db", STREAM))
        .build();
  }

  private void add(EventServer server, long... frames) throws IOException {
    List<Change> changes = new ArrayList<>();
    for (long frame : frames) {
      changes.add(change(frame, 0, true, "text " + frame));
    }
    of(server).handleChanges(changes);
    of(server).flush();
  }

  @Test
  void nothingIsKeptOfDatabasesThatAreOnlyAskedFor() throws Exception {
    EventHistory history = new EventHistory(1000);
    EventId id = EventId.of(change(1, 0, true, "a"));
    for (String name : List.of("x", "y")) {
      assertThat(history.after(name, id)).isNull();
      assertThat(history.hasDropped(name, 0)).isFalse();
      history.awaitStream(name, 0);
    }
    assertThat(history.databases()).isZero();
    history.beginNew("x");
    history.add("x", id, new byte[1]);
    assertThat(history.after("x", id)).isEqualTo(new EventHistory.Start(1, null));
    assertThat(history.databases()).isEqualTo(1);
  }

  /** A client that reads line by line. */
  private final class Client {
    private final BufferedReader lines;

    Client(EventServer server, String query, String... headers) throws IOException {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + server.address().getPort() + "/changes" + query)
                  .toURL()
                  .openConnection();
      connection.setReadTimeout(10_000);
      for (int i = 0; i < headers.length; i += 2) {
        connection.setRequestProperty(headers[i], headers[i + 1]);
      }
      lines =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
      opened.add(connection::disconnect);
      assertThat(connection.getContentType()).startsWith("text/event-stream");
      assertThat(lines.readLine()).isEqualTo(": waltap");
      assertThat(lines.readLine()).isEmpty();
    }

    /** The next event, its lines joined by blanks; comments are left out. */
    String next() throws IOException {
      List<String> event = new ArrayList<>();
      while (true) {
        String line = lines.readLine();
        if (line == null) {
          return "end";
        }
        if (line.isEmpty() && !event.isEmpty()) {
          return String.join(" ", event);
        } else if (!line.isEmpty() && !line.startsWith(":")) {
          event.add(line);
        }
      }
    }

    String comment() throws IOException {
      String line = lines.readLine();
      while (line != null && !line.startsWith(":")) {
        line = lines.readLine();
      }
      return String.valueOf(line);
    }
  }

  private static String event(long frame) {
    return "id: 5f1c/1:" + frame + ":0/last data: text " + frame;
  }

  @Test
  void everyClientGetsEveryChangeFromWhereItBegan() throws Exception {
    EventServer server = serve(null, 1 << 20);
    add(server, 1);
    Client early = new Client(server, "");
    Client oldest = new Client(server, "?from=oldest");
    add(server, 2, 3);
    assertThat(List.of(early.next(), early.next())).containsExactly(event(2), event(3));
    assertThat(List.of(oldest.next(), oldest.next(), oldest.next()))
        .containsExactly(event(1), event(2), event(3));
    Client resumed = new Client(server, "", "Last-Event-ID", "5f1c/1:2:0/last");
    assertThat(resumed.next()).isEqualTo(event(3));
    assertThat(new Client(server, "?last-event-id=5f1c%2F1:1:0").next()).isEqualTo(event(2));
  }

  @Test
  void aQuietStreamIsKeptOpenByComments() throws Exception {
    EventServer server = serve(null, 1 << 20);
    Client client = new Client(server, "");
    assertThat(client.comment()).isEqualTo(": no change");
    assertThat(client.comment()).isEqualTo(": no change");
    Client waiting = new Client(server, "", "Last-Event-ID", "5f1c/1:2:0");
    assertThat(waiting.comment()).isEqualTo(": no change yet");
  }

  @Test
  void theRestIsSentBeforeTheEnd() throws Exception {
    EventServer server = serve(null, 1 << 20);
    Client client = new Client(server, "");
    add(server, 1);
    server.close();
    assertThat(client.next()).isEqualTo(event(1));
    assertThat(client.next()).isEqualTo("end");
  }

  @Test
  void aClientThatComesTooLateIsToldSoAndGoesOn() throws Exception {
    EventServer server = serve(null, 500);
    add(server, 1, 2, 3, 4, 5, 6, 7, 8);
    Client late = new Client(server, "", "Last-Event-ID", "5f1c/1:1:0/last");
    assertThat(late.next())
        .isEqualTo(
            "event: gap data: {\"reason\":\"what follows that event is not kept any"
                + " more\",\"next\":\"1:6:0\"}");
    assertThat(late.next()).isEqualTo(event(6));
    Client other = new Client(server, "", "Last-Event-ID", "other/1:7:0/last");
    assertThat(other.next()).contains("event: gap", "it is another stream");
    Client beyond = new Client(server, "", "Last-Event-ID", "5f1c/1:9:0/last");
    assertThat(beyond.next()).contains("event: gap", "older copy");
    assertThat(new Client(server, "", "Last-Event-ID", "5f1c/1:5:0/last").next())
        .isEqualTo(event(6));
  }

  /** What a state knows decides for those who come again after a restart. */
  @ParameterizedTest
  @CsvSource({
    "5, true, 5f1c/1:5:0/last, false",
    "5, true, 5f1c/1:7:0/last, false",
    "5, true, 5f1c/1:4:0/last, true",
    "5, false, 5f1c/1:5:3/last, false",
    "5, false, 5f1c/1:5:3, true",
    "5, false, 5f1c/1:4:0/last, true",
    "5, true, 5f1c/1:9:0/last, true",
    "0, false, 5f1c/1:3:0/last, false",
  })
  void afterARestartOnlyThoseWhoMissSomethingAreTold(
      long delivered, boolean exact, String last, boolean gap) throws Exception {
    EventServer server = serve(null, 1 << 20);
    List<Position> given = new ArrayList<>();
    of(server)
        .begin(
            STREAM,
            delivered == 0 ? null : new Position(1, delivered, 0),
            exact,
            new Position(1, 8, 0),
            given::add);
    Client client = new Client(server, "", "Last-Event-ID", last);
    if (gap) {
      assertThat(client.next()).contains("event: gap", "\"next\":null");
    }
    // The last ones are delivered again; who has them does not get them twice.
    add(server, 6, 7, 8);
    add(server, 10);
    boolean has = last.contains(":7:");
    assertThat(client.next()).isEqualTo(event(has ? 8 : 6));
    assertThat(given).containsExactly(new Position(1, 8, 0), new Position(1, 10, 0));
  }

  /** Without a state nobody can have anything of the stream that begins. */
  @Test
  void whoComesAgainToANewStreamIsToldBeforeItsFirstChange() throws Exception {
    EventServer server = serve(null, 1 << 20);
    Client early = new Client(server, "", "Last-Event-ID", "old/1:5:0/last");
    of(server).beginNew();
    String gap = "event: gap data: {\"reason\":\"it is another stream\",\"next\":null}";
    assertThat(early.next()).isEqualTo(gap);
    assertThat(new Client(server, "", "Last-Event-ID", "old/1:5:0/last").next()).isEqualTo(gap);
    add(server, 1, 2);
    assertThat(early.next()).isEqualTo(event(1));
    assertThat(new Client(server, "", "Last-Event-ID", "5f1c/1:1:0/last").next())
        .isEqualTo(event(2));
  }

  @Test
  void oneOfManyDatabasesHasAStreamOfItsOwn() throws Exception {
    EventServer server =
        EventServer.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, 900, null, 50);
    opened.add(server);
    DatabaseEvents a = server.of("a b.db", EventServerTest::render);
    DatabaseEvents other = server.of("other.db", EventServerTest::render);
    a.begin(STREAM, new Position(1, 2, 0), true, new Position(1, 2, 0), position -> {});
    Client all = new Client(server, "");
    Client one = new Client(server, "?database=a%20b.db");
    Client again = new Client(server, "?database=a%20b.db", "Last-Event-ID", "5f1c/1:2:0/last");
    Client late = new Client(server, "?database=a%20b.db", "Last-Event-ID", "5f1c/1:1:0/last");
    Client waits = new Client(server, "?database=other.db", "Last-Event-ID", "x/1:1:0/last");
    assertThat(late.next()).contains("event: gap", "not kept any more");
    String third = "id: other/1:7:0/last data: text 7";
    a.handleChanges(List.of(change(3, 0, true, "text 3")));
    other.handleChanges(List.of(change("other", 7)));
    assertThat(List.of(all.next(), all.next())).containsExactly(event(3), third);
    assertThat(one.next()).isEqualTo(event(3));
    assertThat(again.next()).isEqualTo(event(3));
    assertThat(waits.next()).contains("event: gap", "it is another stream");
    // By an event that is here, all databases go on from there.
    assertThat(new Client(server, "", "Last-Event-ID", "5f1c/1:3:0/last").next()).isEqualTo(third);
    assertThat(new Client(server, "", "Last-Event-ID", "5f1c/1:2:0/last").next())
        .contains("event: gap");
    // What is dropped of another database is none of its business.
    for (int frame = 8; frame < 30; frame++) {
      other.handleChanges(List.of(change("other", frame)));
    }
    a.handleChanges(List.of(change(4, 0, true, "text 4")));
    assertThat(one.next()).isEqualTo(event(4));
    assertThat(new Client(server, "?database=a%20b.db", "Last-Event-ID", "5f1c/1:3:0/last").next())
        .isEqualTo(event(4));
    assertThat(status(serve(null, 1), "GET /changes?database=x", "Host: localhost"))
        .contains(" 400 ");
  }

  private static Change change(String stream, long frame) {
    return Change.builder("users", Operation.INSERT)
        .after(Row.of("text", "text " + frame))
        .key(Row.of("id", frame))
        .position(new Position(1, frame, 0))
        .last(true)
        .source(new Source("other.db", stream))
        .build();
  }

  @Test
  void aClientThatDoesNotReadHoldsNobodyAndIsToldWhatItMissed() throws Exception {
    EventServer server = serve(null, 1 << 20);
    Client slow = new Client(server, "");
    String text = "x".repeat(100_000);
    long begun = System.nanoTime();
    for (int i = 1; i <= 400; i++) {
      of(server).handleChanges(List.of(change(i, 0, true, text)));
    }
    // 40 MB: more than sockets hold.
    assertThat(System.nanoTime() - begun).isLessThan(5_000_000_000L);
    List<String> read = new ArrayList<>();
    while (read.isEmpty() || !read.get(read.size() - 1).contains("1:400:0")) {
      read.add(slow.next());
    }
    assertThat(read).anyMatch(each -> each.contains("slower than the history"));
    assertThat(read.size()).isLessThan(400);
  }

  @Test
  void onlyThoseWithTheTokenAreServed() throws Exception {
    EventServer server = serve("a token", 1 << 20);
    assertThat(status(server, "GET /changes", "Host: example.org")).contains(" 401 ");
    assertThat(status(server, "GET /changes", "Authorization: Bearer a tokem")).contains(" 401 ");
    assertThat(status(server, "GET /nothing", "Authorization: Bearer a token")).contains(" 404 ");
    add(server, 1);
    Client client = new Client(server, "?from=oldest", "Authorization", "Bearer a token");
    assertThat(client.next()).isEqualTo(event(1));
  }

  @Test
  void withoutATokenOnlyNamesOfThisMachineAreServed() throws Exception {
    EventServer server = serve(null, 1 << 20);
    assertThat(status(server, "GET /changes", "Host: evil.example:80")).contains(" 403 ");
    assertThat(status(server, "GET /changes", "Host: localhost:80")).contains(" 200 ");
    assertThat(status(server, "POST /changes", "Host: 127.0.0.1")).contains(" 405 ");
    assertThat(status(server, "GET /changes?from=x", "Host: [::1]:5")).contains(" 400 ");
    assertThat(status(server, "GET /changes?last-event-id=x", "Host: localhost")).contains(" 400 ");
  }

  /** The first line of the answer. */
  private static String status(EventServer server, String request, String header)
      throws IOException {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.setSoTimeout(10_000);
      String head = request + " HTTP/1.1\r\n" + header + "\r\nContent-Length: 0\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return String.valueOf(
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .readLine());
    }
  }

  @Test
  void aPortInUseIsRefusedInWords() throws Exception {
    EventServer server = serve(null, 1 << 20);
    assertThatThrownBy(() -> EventServer.open(server.address(), null, 1, "app.db"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("can't listen on port " + server.address().getPort())
        .hasMessageEndingWith("name another port");
  }

  @ParameterizedTest
  @CsvSource({
    "8080, 127.0.0.1, 8080",
    "0.0.0.0:1, 0.0.0.0, 1",
    "[::1]:2, ::1, 2",
    "example.org:3, example.org, 3"
  })
  void readsWhereToListen(String text, String host, int port) {
    assertThat(ListenAddress.parse(text)).isEqualTo(new ListenAddress(host, port));
  }

  @ParameterizedTest
  @CsvSource({"x", "-1", "65536", ":1", "::1:1", "h:", "[]:1"})
  void refusesWhatIsNoPlaceToListen(String text) {
    assertThatThrownBy(() -> ListenAddress.parse(text))
        .hasMessage(
            "'" + text + "' is no place to listen at: write PORT, HOST:PORT or [IPV6]:PORT");
  }
}
