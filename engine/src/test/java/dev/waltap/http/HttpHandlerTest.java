// SPDX-License-Identifier: Apache-2.0
package dev.waltap.http;

import static dev.waltap.json.Changes.insert;
import static dev.waltap.json.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.waltap.api.Change;
import dev.waltap.api.Position;
import dev.waltap.api.Source;
import dev.waltap.handler.DeliveryStoppedException;
import dev.waltap.handler.RetryDelay;
import dev.waltap.handler.RetryReport;
import dev.waltap.http.Receiver.Answer;
import dev.waltap.json.BlobFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class HttpHandlerTest {

  private static final RetryDelay SHORT = new RetryDelay(10, 50);

  private final Receiver receiver = new Receiver();
  private final HttpServer server = receiver.server();
  private final List<String> bodies = receiver.bodies();
  private final List<String> headers = receiver.headers();
  private final List<Answer> answers = receiver.answers();
  private final List<String> identities = receiver.identities();
  private final List<String> signatures = receiver.signatures();
  private final List<String> warnings = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() {
    receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  private HttpTarget target(int retries, String... headers) {
    return new HttpTarget(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook?token=secret"),
        List.of(headers).stream().map(HttpTarget.Header::parse).toList(),
        Duration.ofSeconds(5),
        retries);
  }

  private HttpHandler handler(HttpTarget target, RetryDelay delays) {
    return new HttpHandler(
        () -> target,
        changes -> new JsonBatch(changes, BlobFormat.HEX),
        null,
        warnings::add,
        delays);
  }

  @Test
  void eachAttemptIsMadeWithTheHeadersOfNow() throws Exception {
    AtomicReference<HttpTarget> now = new AtomicReference<>(target(1, "X-Who: old"));
    try (HttpHandler handler =
        new HttpHandler(
            now::get,
            changes -> new JsonBatch(changes, BlobFormat.HEX),
            null,
            warnings::add,
            SHORT)) {
      handler.handleChanges(List.of(insert(row("id", 1L))));
      now.set(target(0, "X-Who: new"));
      handler.handleChanges(List.of(insert(row("id", 2L))));
      answers.add(new Answer(400, "X", "y", "who is new?"));
      assertThatThrownBy(() -> handler.handleChanges(List.of(insert(row("id", 3L)))))
          .hasMessageContaining("who is ***?");
    }
    assertThat(headers).hasSize(3);
    assertThat(headers.get(0)).endsWith("[old]");
    assertThat(headers.get(1)).endsWith("[new]");
  }

  private void deliver(HttpTarget target) throws Exception {
    try (HttpHandler handler = handler(target, SHORT)) {
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
  void signsEachAttemptByTheTimeAndTheBody() throws Exception {
    byte[] key = "a key of theirs".getBytes(StandardCharsets.UTF_8);
    HttpTarget plain = target(1);
    HttpTarget signed =
        new HttpTarget(
            plain.uri(), List.of(), plain.timeout(), plain.maxRetries(), new HttpSignature(key));
    answer(503, "X", "y", "");
    try (HttpHandler handler = handler(signed, SHORT)) {
      handler.handleChanges(List.of(insert(row("id", 1L))));
      // Large enough to be streamed rather than held.
      handler.handleChanges(List.of(insert(row("id", 2L, "data", new byte[3 << 20]))));
    }
    deliver(plain);
    assertThat(signatures).hasSize(4).last().isEqualTo("null null");
    assertThat(bodies.get(2)).hasSizeGreaterThan(6 << 20);
    for (int i = 0; i < 3; i++) {
      String[] both = signatures.get(i).split(" ", -1);
      long age = Instant.now().getEpochSecond() - Long.parseLong(both[0]);
      assertThat(age).isBetween(0L, 60L);
      byte[] text = (both[0] + "." + bodies.get(i)).getBytes(StandardCharsets.UTF_8);
      assertThat(both[1]).isEqualTo("sha256=" + hmac(key, text));
    }
  }

  /** As RFC 2104 has it, rather than by what the handler uses. */
  private static String hmac(byte[] key, byte[] text) throws Exception {
    byte[] inner = Arrays.copyOf(key, 64);
    byte[] outer = Arrays.copyOf(key, 64);
    for (int i = 0; i < 64; i++) {
      inner[i] ^= 0x36;
      outer[i] ^= 0x5c;
    }
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    sha.update(inner);
    byte[] hash = sha.digest(text);
    sha.update(outer);
    return HexFormat.of().formatHex(sha.digest(hash));
  }

  @Test
  void namesStreamPositionsAndAKeyOfEachBatch() throws Exception {
    Change made = insert(row("id", 1L));
    Source source = new Source("app.db", "5f1c");
    List<Change> batch = new ArrayList<>();
    for (long index = 0; index < 3; index++) {
      batch.add(
          new Change(
              made.table(),
              made.timestamp(),
              made.operation(),
              null,
              made.after(),
              made.key(),
              new Position(1, 204, index),
              made.transaction(),
              null,
              null,
              source));
    }
    try (HttpHandler handler = handler(target(0), SHORT)) {
      handler.handleChanges(batch);
    }
    assertThat(identities).containsExactly("[5f1c] [1:204:0] [1:204:2] [5f1c/1:204:0-1:204:2]");
    assertThat(bodies.get(0))
        .endsWith("\"last\":true},\"source\":{\"database\":\"app.db\",\"stream\":\"5f1c\"}}]}");
  }

  @Test
  void streamsABigBatchWithItsLength() throws Exception {
    byte[] blob = new byte[3 << 20];
    answer(503, "X", "y", "");
    try (HttpHandler handler = handler(target(1), SHORT)) {
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
    HttpHandler handler = handler(target(1000), new RetryDelay(60_000, 60_000));
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
  void saysWhenRetriesBeginAndWhenTheyAreOver() throws Exception {
    for (int i = 0; i < 4; i++) {
      answer(503, "X", "y", "down");
    }
    deliver(target(5));
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0)).contains("answered with 503 (down); trying again");
    assertThat(warnings.get(1)).contains("delivered again, after 4 failed attempts");
    deliver(target(5));
    assertThat(warnings).hasSize(2);
  }

  @Test
  void remindsOfRetriesEverMoreRarely() {
    long[] clock = {0};
    RetryReport report = new RetryReport("http://h/", warnings::add, () -> clock[0]);
    for (int minute = 0; minute < 24 * 60; minute++) {
      report.failed("POST failed");
      clock[0] += TimeUnit.MINUTES.toNanos(1);
    }
    report.delivered();
    // After 1, 3, 7, 15, 31 and 63 minutes, then once an hour.
    assertThat(warnings).hasSize(1 + 6 + 22 + 1);
    assertThat(warnings.get(1)).contains("2 attempts in 1 min");
  }

  @Test
  void cancelsARequestUnderWaySoonAfterItIsClosed() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    server.createContext(
        "/hang",
        exchange -> {
          asked.countDown();
          awaitUninterrupted(end);
          exchange.close();
        });
    HttpTarget hanging =
        new HttpTarget(target(0).uri().resolve("/hang"), List.of(), Duration.ofMinutes(5), 1000);
    HttpHandler handler = handler(hanging, SHORT);
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
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    handler.close();
    assertThat(failure.get(4, TimeUnit.SECONDS))
        .isInstanceOf(DeliveryStoppedException.class)
        .hasMessageContaining("cancelled");
    end.countDown();
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes no body longer than this, and keeps the ids of what it takes. */
  private List<Integer> takeAtMost(int length) {
    List<Integer> taken = new CopyOnWriteArrayList<>();
    server.createContext(
        "/small",
        exchange -> {
          try (exchange) {
            String body =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            bodies.add(body);
            boolean takes = body.length() <= length;
            if (takes) {
              Pattern.compile("\"after\":\\{\"id\":(\\d+)")
                  .matcher(body)
                  .results()
                  .forEach(match -> taken.add(Integer.parseInt(match.group(1))));
            }
            exchange.sendResponseHeaders(takes ? 204 : 413, -1);
          }
        });
    return taken;
  }

  private static List<Change> rows(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> insert(row("id", (long) i, "name", "x".repeat(500))))
        .toList();
  }

  private HttpTarget small() {
    return new HttpTarget(target(0).uri().resolve("/small"), List.of(), Duration.ofSeconds(5), 5);
  }

  @Test
  void postsABatchThatIsTooLargeInPartsAndInOrder() throws Exception {
    List<Integer> taken = takeAtMost(5_000);
    try (HttpHandler handler = handler(small(), SHORT)) {
      handler.handleChanges(rows(40));
      assertThat(taken).isEqualTo(IntStream.range(0, 40).boxed().toList());
      assertThat(warnings).singleElement().asString().contains("413", "go in parts");
      taken.clear();
      bodies.clear();
      handler.handleChanges(rows(40));
      assertThat(taken).isEqualTo(IntStream.range(0, 40).boxed().toList());
      assertThat(bodies).as("nothing is sent in vain again").allMatch(b -> b.length() <= 5_000);
      assertThat(warnings).hasSize(1);
    }
  }

  @Test
  void saysWhatHelpsWhenASingleChangeIsTooLarge() {
    takeAtMost(100);
    assertThatThrownBy(
            () -> {
              try (HttpHandler handler = handler(small(), SHORT)) {
                handler.handleChanges(rows(3));
              }
            })
        .hasMessageContaining("which one change alone has; raise its limit")
        .hasMessageContaining("--exclude-column")
        .hasMessageContaining("stays undelivered");
    answer(401, "X", "y", "");
    assertThatThrownBy(() -> deliver(target(5))).hasMessageContaining("WALTAP_HEADER");
  }

  @Test
  void repeatsNoSecretThatAServerRepeats() {
    HttpTarget target =
        new HttpTarget(
            URI.create(
                "http://bob:pa%3Ass@127.0.0.1:"
                    + server.getAddress().getPort()
                    + "/T0123456789abcdefgh/x?key=q1w2e3&b=4"),
            List.of(HttpTarget.Header.parse("X-Key: Bearer t0ken; more")),
            Duration.ofSeconds(5),
            0);
    String basic = Base64.getEncoder().encodeToString("bob:pa:ss".getBytes(StandardCharsets.UTF_8));
    answer(400, "X", "y", "no: Bearer t0ken; more, t0ken q1w2e3 bob pa:ss " + basic);
    assertThatThrownBy(() -> deliver(target))
        .hasMessageContaining("POST to http://127.0.0.1:")
        .satisfies(
            e ->
                assertThat(e.toString())
                    .doesNotContain("t0ken", "q1w2e3", "bob", "pa:ss", basic, "0123456789"));
    assertThat(target.toString()).doesNotContain("bob", "q1w2e3", "0123456789");
    assertThat(target.headers().toString()).doesNotContain("t0ken").contains("X-Key");
  }

  @Test
  void repeatsNoSecretOfABadAddressOrHeader() {
    for (String address :
        List.of(
            "http://bob:se cret@host/",
            "http://bob:se%cret@host/",
            "http://bob:se#cret@host/",
            "http://bob:1#cret@host/",
            "http://bob:1?cret@host/",
            "http://bob:se/cret@host/",
            "http://bob:secret@host:0/",
            "http://bob:secret@host:65536/",
            "http://bob:secret@host:99999999999/",
            "http://bob:secret@/",
            "ftp://bob:secret@host/",
            "http:bob:secret")) {
      assertThatThrownBy(
              () ->
                  new HttpTarget(HttpTarget.address(address), List.of(), Duration.ofSeconds(1), 0))
          .as(address)
          .isInstanceOf(IllegalArgumentException.class)
          .hasNoCause()
          .satisfies(
              e -> assertThat(e.getMessage()).doesNotContain("bob", "cret@", "secret", "se c"));
    }
    for (String header :
        List.of(
            "t0ken", ": t0ken", "Bearer t0ken: x", "X: t0\nken", "Host: t0ken", "X: t0ken\u0394")) {
      assertThatThrownBy(() -> HttpTarget.Header.parse(header))
          .as(header)
          .isInstanceOf(IllegalArgumentException.class)
          .hasNoCause()
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("t0"));
    }
  }

  @Test
  void refusesBadTargets() {
    assertThatThrownBy(() -> HttpTarget.Header.parse("nothing"))
        .hasMessageContaining("NAME: VALUE");
    assertThatThrownBy(
            () -> new HttpTarget(URI.create("ftp://x/"), List.of(), Duration.ofSeconds(1), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
