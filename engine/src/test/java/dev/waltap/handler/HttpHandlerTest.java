package dev.waltap.handler;

import static dev.waltap.handler.Changes.insert;
import static dev.waltap.handler.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpHandlerTest {

  private static final RetryDelay SHORT = new RetryDelay(10, 50);

  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final List<String> headers = new CopyOnWriteArrayList<>();
  private final List<Answer> answers = new CopyOnWriteArrayList<>();
  private HttpServer server = server();

  private record Answer(int status, String header, String value, String body) {}

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void start() {
    server.createContext("/", this::handle);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      headers.add(
          exchange.getRequestMethod()
              + " "
              + exchange.getRequestURI()
              + " "
              + exchange.getRequestHeaders().getFirst("Content-Type")
              + " "
              + exchange.getRequestHeaders().getFirst("Content-Length")
              + " "
              + exchange.getRequestHeaders().get("X-Who"));
      Answer answer = answers.isEmpty() ? new Answer(204, "X", "y", "") : answers.remove(0);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set(answer.header(), answer.value());
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private HttpTarget target(int retries, String... headers) {
    return new HttpTarget(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook?token=secret"),
        List.of(headers).stream().map(HttpTarget.Header::parse).toList(),
        Duration.ofSeconds(5),
        retries);
  }

  private void deliver(HttpTarget target) throws Exception {
    try (HttpHandler handler = new HttpHandler(target, BlobFormat.HEX, SHORT)) {
      handler.handleChanges(List.of(insert(row("id", 1L)), insert(row("id", 2L))));
    }
  }

  private void answer(int status, String header, String value, String body) {
    answers.add(new Answer(status, header, value, body));
  }

  @Test
  void postsOneObjectPerBatch() throws Exception {
    deliver(target(0, "X-Who: me: and you", "X-Who:you"));
    assertThat(bodies).hasSize(1);
    assertThat(bodies.get(0))
        .matches("\\{\"changes\":\\[\\{\"table\".*\\},\\{\"table\".*\\}\\]\\}");
    int length = bodies.get(0).length();
    assertThat(headers)
        .containsExactly(
            "POST /hook?token=secret application/json " + length + " [me: and you, you]");
  }

  @Test
  void streamsABigBatchWithItsLength() throws Exception {
    byte[] blob = new byte[3 << 20];
    answer(503, "X", "y", "");
    try (HttpHandler handler = new HttpHandler(target(1), BlobFormat.HEX, SHORT)) {
      handler.handleChanges(List.of(insert(row("b", blob))));
    }
    assertThat(bodies).hasSize(2);
    assertThat(bodies.get(1)).hasSizeGreaterThan(6 << 20).endsWith("}]}");
    assertThat(bodies.get(0)).isEqualTo(bodies.get(1));
    assertThat(headers.get(1)).contains(" " + bodies.get(1).length() + " ");
  }

  @Test
  void triesAgainWhatMayPass() throws Exception {
    for (int status : new int[] {500, 503, 429, 408, 425}) {
      answer(status, "X", "y", "busy");
    }
    deliver(target(5));
    assertThat(bodies).hasSize(6).containsOnly(bodies.get(0));
  }

  @Test
  void givesUpAfterTheLastRetry() {
    for (int i = 0; i < 3; i++) {
      answer(503, "X", "y", "down\nfor today");
    }
    assertThatThrownBy(() -> deliver(target(2)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("503 (down\\u000Afor today), after 3 attempts")
        .hasMessageNotContaining("secret");
    assertThat(bodies).hasSize(3);
  }

  @Test
  void failsAtOnceWhereRetryingCannotHelp() {
    answer(400, "X", "y", "no such field " + "x".repeat(10_000));
    assertThatThrownBy(() -> deliver(target(5)))
        .hasMessageContaining("was answered with 400 (no such field xxx")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600));
    assertThat(bodies).hasSize(1);
  }

  @Test
  void waitsAsLongAsTheServerAsks() throws Exception {
    answer(429, "Retry-After", "1", "");
    long start = System.nanoTime();
    deliver(target(1));
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000_000L);
    assertThat(RetryDelay.retryAfterMillis("Wed, 21 Oct 2015 07:28:00 GMT")).isZero();
    assertThat(RetryDelay.retryAfterMillis("soon")).isZero();
    assertThat(RetryDelay.retryAfterMillis("99999999999999999")).isEqualTo(3_600_000);
  }

  @Test
  void losesNoPostToARedirect() throws Exception {
    answer(307, "Location", "/other", "");
    answer(308, "Location", "/third", "");
    deliver(target(0));
    assertThat(headers.get(2)).startsWith("POST /third");
    assertThat(bodies).hasSize(3).containsOnly(bodies.get(0));
    answer(302, "Location", "/login", "");
    assertThatThrownBy(() -> deliver(target(3))).hasMessageContaining("302 to http");
    answer(307, "Location", "http://elsewhere.invalid/x", "");
    assertThatThrownBy(() -> deliver(target(3))).hasMessageContaining("elsewhere.invalid");
    assertThat(bodies).hasSize(5);
  }

  @Test
  void endsItsRetriesWhenClosed() throws Exception {
    server.stop(0);
    HttpHandler handler =
        new HttpHandler(target(1000), BlobFormat.HEX, new RetryDelay(60_000, 60_000));
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                handler.handleChanges(List.of(insert(row("id", 1L))));
              } catch (Exception e) {
                failure.complete(e);
              }
            });
    thread.start();
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(failure).isNotDone();
      Thread.onSpinWait(); // Until it waits for its next try, or for the connection to fail.
    }
    handler.close();
    assertThat(failure.get(5, TimeUnit.SECONDS)).isInstanceOf(DeliveryStoppedException.class);
  }

  @Test
  void refusesBadTargets() {
    assertThatThrownBy(() -> HttpTarget.Header.parse("nothing"))
        .hasMessageContaining("NAME: VALUE");
    assertThatThrownBy(
            () -> new HttpTarget(URI.create("ftp://x/"), List.of(), Duration.ofSeconds(1), 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HttpHandler(target(0, "Host: x"), BlobFormat.HEX))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
