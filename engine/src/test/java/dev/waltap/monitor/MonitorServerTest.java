// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.live.LiveStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** By real HTTP on the loopback. */
class MonitorServerTest {
  private static final String TOKEN = "0123456789abcdef";

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private Monitor monitor = new Monitor(10, new LiveStream(false));
  private String address = "";

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  private void open(@Nullable String token, LagBound bound, boolean rows) throws IOException {
    monitor = new Monitor(10, new LiveStream(rows));
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    MonitorServer server =
        MonitorServer.open(new MonitorSettings(any, token, bound, rows, "test"), monitor);
    opened.add(server);
    address = server.address();
  }

  private MonitoredDatabase database(String name) {
    MonitoredDatabase database = monitor.register(name);
    database.metrics(() -> Metrics.of(5, Duration.ofSeconds(2)));
    database.state(DatabaseState.READY, null);
    return database;
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** A request as it is written here. */
  private String raw(String request) throws IOException {
    URI uri = URI.create(address);
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  @Test
  void metricsAreAnsweredAsPrometheusReadsThem() throws Exception {
    open(null, LagBound.NONE, false);
    database("app.db");
    HttpResponse<String> answer = get("metrics");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains(MetricsText.PLAIN);
    assertThat(PrometheusText.read(answer.body()).samples())
        .containsEntry("waltap_changes_total{database=\"app.db\"}", 5.0);
    HttpRequest zipped =
        HttpRequest.newBuilder(URI.create(address + "metrics"))
            .header("Accept-Encoding", "gzip")
            .build();
    byte[] bytes = client.send(zipped, BodyHandlers.ofByteArray()).body();
    byte[] text = new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
    PrometheusText.read(new String(text, UTF_8));
  }

  @Test
  void aCookieIsGoodForAsLongAsTheTokenIsTheSame() throws Exception {
    open(TOKEN, LagBound.NONE, false);
    String set = get("?token=" + TOKEN).headers().firstValue("Set-Cookie").orElse("");
    String cookie = set.replaceFirst(";.*", "");
    MonitorServer server = (MonitorServer) opened.get(0);
    assertThat(get("metrics", "Cookie", cookie).statusCode()).isEqualTo(200);
    server.token(TOKEN);
    assertThat(get("metrics", "Cookie", cookie).statusCode()).isEqualTo(200);
    server.token("another-" + TOKEN);
    assertThat(get("metrics", "Cookie", cookie).statusCode()).isEqualTo(401);
  }

  @Test
  void healthIsGoodUntilNoCaptureWorksAnyMore() throws Exception {
    open(null, LagBound.NONE, false);
    assertThat(get("health").statusCode()).isEqualTo(200);
    MonitoredDatabase one = database("one.db");
    MonitoredDatabase two = database("two.db");
    one.state(DatabaseState.FAILED, "it is \"gone\"");
    assertThat(get("health").statusCode()).isEqualTo(200);
    two.state(DatabaseState.ENDED, null);
    HttpResponse<String> answer = get("health");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.body())
        .startsWith("{\"status\":\"failed\",\"problems\":[\"no capture works any more\"]")
        .contains("\"one.db\":{\"state\":\"failed\"", "\"why\":\"it is \\\"gone\\\"\"");
  }

  @Test
  void readyIsSaidOnlyOfAllCapturesWithinTheBound() throws Exception {
    open(null, new LagBound(-1, Duration.ofSeconds(3)), false);
    MonitoredDatabase one = database("one.db");
    MonitoredDatabase two = database("two.db");
    two.state(DatabaseState.STARTING, null);
    assertThat(get("ready").body()).contains("1 of 2 captures is not ready");
    assertThat(get("ready").statusCode()).isEqualTo(503);
    two.state(DatabaseState.PARKED, null);
    assertThat(get("ready").statusCode()).isEqualTo(200);
    one.metrics(() -> Metrics.of(5, Duration.ofSeconds(4)));
    assertThat(get("ready").body())
        .startsWith("{\"status\":\"waiting\"")
        .contains("1 of 2 captures is too far behind", "\"lag_seconds\":4.0");
    one.close();
    assertThat(get("ready").statusCode()).isEqualTo(200);
  }

  @Test
  void onlyReadingIsAnsweredAndOnlyWhatThereIs() throws Exception {
    open(null, LagBound.NONE, false);
    HttpRequest post =
        HttpRequest.newBuilder(URI.create(address + "metrics"))
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();
    HttpResponse<String> answer = client.send(post, BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
    assertThat(get("nothing").statusCode()).isEqualTo(404);
    assertThat(raw("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200")
        .endsWith("\r\n\r\n");
  }

  @Test
  void thePageMayRunOnlyItsOwnScriptAndLoadNothing() throws Exception {
    open(null, LagBound.NONE, true);
    HttpResponse<String> answer = get("");
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'")
        .containsPattern("script-src 'sha256-[A-Za-z0-9+/]{43}='")
        .doesNotContain("unsafe");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.body())
        .doesNotContainPattern("(src|href)=\"(?!data:)")
        .doesNotContainPattern(" on[a-z]+=")
        .doesNotContain("innerHTML", "insertAdjacentHTML", "document.write", "eval(");
  }

  @Test
  void aStrangersNameForThisComputerIsRefused() throws Exception {
    open(null, LagBound.NONE, true);
    String close = "\r\nConnection: close\r\n\r\n";
    assertThat(raw("GET /live HTTP/1.1\r\nHost: evil.example" + close))
        .startsWith("HTTP/1.1 403")
        .doesNotContain("changes\"");
    assertThat(raw("GET /metrics HTTP/1.1\r\nHost: localhost.evil.example:80" + close))
        .startsWith("HTTP/1.1 403");
    assertThat(raw("GET /metrics HTTP/1.1\r\nHost: LOCALHOST:80" + close))
        .startsWith("HTTP/1.1 200");
    assertThat(raw("GET /health HTTP/1.1\r\nHost: evil.example" + close))
        .startsWith("HTTP/1.1 200")
        .doesNotContain("databases");
  }

  @Test
  void aTokenIsAskedForWhereThereIsOne() throws Exception {
    open(TOKEN, LagBound.NONE, true);
    database("secret.db");
    for (String path : List.of("", "live", "metrics", "none")) {
      HttpResponse<String> refused = get(path);
      assertThat(refused.statusCode()).as(path).isEqualTo(401);
      assertThat(refused.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Bearer");
      assertThat(get(path, "Authorization", "Bearer " + TOKEN + "x").statusCode()).isEqualTo(401);
      assertThat(get(path, "Authorization", "Basic " + TOKEN).statusCode()).isEqualTo(401);
    }
    assertThat(get("?token=wrong").statusCode()).isEqualTo(401);
    assertThat(get("metrics", "Authorization", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
    assertThat(get("ready").statusCode()).isEqualTo(200);
    assertThat(get("ready").body()).doesNotContain("secret.db");
    assertThat(get("ready", "Authorization", "bearer " + TOKEN).body()).contains("secret.db");
  }

  @Test
  void aBrowserThatBringsTheTokenOnceGetsACookieForIt() throws Exception {
    open(TOKEN, LagBound.NONE, true);
    HttpResponse<String> admitted = get("?token=" + TOKEN);
    assertThat(admitted.statusCode()).isEqualTo(303);
    assertThat(admitted.headers().firstValue("Location")).contains("/");
    String cookie = admitted.headers().firstValue("Set-Cookie").orElse("");
    assertThat(cookie).endsWith("; Path=/; HttpOnly; SameSite=Lax").doesNotContain(TOKEN);
    String pair = cookie.substring(0, cookie.indexOf(';'));
    assertThat(get("", "Cookie", "a=b; " + pair).statusCode()).isEqualTo(200);
    assertThat(get("live", "Cookie", pair).statusCode()).isEqualTo(200);
    assertThat(get("", "Cookie", pair + "0").statusCode()).isEqualTo(401);
    assertThat(get("", "Cookie", pair.substring(0, pair.indexOf('=') + 1)).statusCode())
        .isEqualTo(401);
  }

  @Test
  void anyOtherAddressThanTheLoopbackNeedsAToken() {
    InetSocketAddress all = new InetSocketAddress("0.0.0.0", 0);
    assertThatThrownBy(() -> new MonitorSettings(all, null, LagBound.NONE, false, "test"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.0.0.0");
  }

  @Test
  void aPortInUseIsRefusedInWords() throws Exception {
    open(null, LagBound.NONE, false);
    InetSocketAddress used =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), URI.create(address).getPort());
    MonitorSettings settings = new MonitorSettings(used, null, LagBound.NONE, false, "test");
    assertThatThrownBy(() -> MonitorServer.open(settings, monitor))
        .hasMessageContaining("port " + used.getPort())
        .hasMessageContaining("choose another --metrics-port");
  }

  private static Change change(long id) {
    return Change.builder("t", Operation.INSERT).after(Row.of("id", id)).build();
  }

  @Test
  void withoutRowsNothingOfARowIsAnswered() throws Exception {
    open(null, LagBound.NONE, false);
    ChangesHandler handler = database("app.db").shown(changes -> {});
    get("live");
    handler.handleChanges(
        List.of(Change.builder("t", Operation.INSERT).after(Row.of("name", "SECRET")).build()));
    assertThat(get("live").body())
        .contains("\"rows\":false", "\"table\":\"t\",\"ops\":[1,0,0,0,0]", "\"changes\":[]")
        .doesNotContain("SECRET");
  }

  /** Browsers that ask and never read hold up neither the capture nor who measures. */
  @Test
  void browsersThatDoNotReadHoldUpNobody() throws Exception {
    open(null, LagBound.NONE, true);
    ChangesHandler handler = database("app.db").shown(changes -> {});
    get("live");
    Map<String, Object> columns = new TreeMap<>();
    for (int i = 0; i < 100; i++) {
      columns.put("c" + i, "x".repeat(200));
    }
    Row large = Row.of(columns);
    List<Change> batch =
        Collections.nCopies(200, Change.builder("t", Operation.INSERT).after(large).build());
    URI uri = URI.create(address);
    String request = "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (int i = 0; i < 30; i++) {
      Socket stuck = new Socket();
      stuck.setReceiveBufferSize(1024);
      stuck.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
      opened.add(stuck);
      for (int j = 0; j < 20; j++) {
        stuck.getOutputStream().write(request.getBytes(US_ASCII));
      }
      handler.handleChanges(batch);
    }
    long begun = System.nanoTime();
    for (int i = 0; i < 500; i++) {
      handler.handleChanges(batch);
    }
    assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(5));
    assertThat(get("metrics").statusCode()).isEqualTo(200);
    handler.handleChanges(List.of(change(1)));
  }
}
