package dev.waltap.handler;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Posts each batch as {@code {"changes":[…]}}. Any 2xx is success. What may pass (no connection, no
 * answer in time, 408, 425, 429, 5xx) is tried again after a growing pause, or the pause that the
 * server asks for by {@code Retry-After}; any other answer fails at once. 307 and 308 are followed
 * within the same host and scheme; no other redirect keeps a POST a POST.
 *
 * <p>{@link #close} may be called by any thread: a pause ends, no further attempt begins, and the
 * batch in hand stays undelivered. An attempt under way is let finish.
 */
public final class HttpHandler implements ChangesHandler, AutoCloseable {

  private static final int MAX_REDIRECTS = 5;

  private final HttpTarget target;
  private final ChangeJson json;
  private final HttpClient client;
  private final RetryDelay delays;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Opens no connection yet.
   *
   * @throws IllegalArgumentException for a header that HTTP forbids to set
   */
  public HttpHandler(HttpTarget target, BlobFormat blobs) {
    this(target, blobs, RetryDelay.standard());
  }

  HttpHandler(HttpTarget target, BlobFormat blobs, RetryDelay delays) {
    this.target = target;
    this.json = new ChangeJson(blobs);
    this.delays = delays;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(target.timeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    // Refuses bad headers now rather than with the first batch.
    request(target.uri(), HttpRequest.BodyPublishers.noBody());
  }

  @Override
  public void handleChanges(List<Change> changes) throws IOException, InterruptedException {
    HttpBody body = HttpBody.of(changes, json);
    for (int attempt = 0; ; attempt++) {
      Outcome outcome = attempt(body);
      if (outcome.delivered()) {
        return;
      }
      String failure = "POST to " + target.display() + " " + outcome.failure();
      if (!outcome.passing()) {
        throw new IOException(failure + "; the batch stays undelivered", outcome.cause());
      }
      if (attempt >= target.maxRetries()) {
        throw new IOException(
            failure + ", after " + (attempt + 1) + " attempts; the batch stays undelivered",
            outcome.cause());
      }
      if (closed.await(delays.millis(attempt, outcome.retryAfter()), TimeUnit.MILLISECONDS)) {
        throw new DeliveryStoppedException(
            failure + "; stopped, the batch stays undelivered", outcome.cause());
      }
    }
  }

  private Outcome attempt(HttpBody body) throws InterruptedException {
    URI uri = target.uri();
    try {
      for (int redirects = 0; ; redirects++) {
        HttpResponse<String> response = send(uri, body);
        int status = response.statusCode();
        if (status != 307 && status != 308) {
          return Outcome.of(response);
        }
        URI next = Outcome.location(response, uri);
        if (next == null || redirects == MAX_REDIRECTS || !sameOrigin(uri, next)) {
          return Outcome.of(response);
        }
        uri = next;
      }
    } catch (IOException e) {
      return Outcome.of(e);
    }
  }

  /** Headers may be secrets: they go to the host they were given for and to no other. */
  private static boolean sameOrigin(URI a, URI b) {
    return a.getScheme().equalsIgnoreCase(b.getScheme())
        && a.getHost().equalsIgnoreCase(b.getHost())
        && a.getPort() == b.getPort();
  }

  private HttpResponse<String> send(URI uri, HttpBody body)
      throws IOException, InterruptedException {
    try (HttpBody.Sending sending = body.begin()) {
      CompletableFuture<HttpResponse<String>> answer =
          client.sendAsync(request(uri, sending.publisher()), info -> new AnswerStart());
      try {
        return answer.get(target.timeout().toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        throw new HttpTimeoutException("no answer within " + target.timeout().toMillis() + " ms");
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
      } finally {
        answer.cancel(true);
      }
    }
  }

  private HttpRequest request(URI uri, HttpRequest.BodyPublisher publisher) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).POST(publisher).setHeader("User-Agent", "waltap");
    boolean typed = false;
    for (HttpTarget.Header header : target.headers()) {
      request.header(header.name(), header.value());
      typed |= header.name().equalsIgnoreCase("Content-Type");
    }
    if (!typed) {
      request.setHeader("Content-Type", "application/json");
    }
    return request.build();
  }

  /** Ends the retries of the batch in hand, and of all to come. */
  @Override
  public void close() {
    closed.countDown();
  }

  /** What an attempt came to; {@code failure} is null if the batch was delivered. */
  private record Outcome(
      @Nullable String failure, boolean passing, long retryAfter, @Nullable Throwable cause) {

    boolean delivered() {
      return failure == null;
    }

    static Outcome of(IOException e) {
      String what =
          e.getMessage() != null
              ? e.getMessage()
              : e instanceof ConnectException
                  ? "nothing answers there, is it running?"
                  : e.getClass().getSimpleName();
      return new Outcome("failed: " + what, true, 0, e);
    }

    static Outcome of(HttpResponse<String> response) {
      int status = response.statusCode();
      if (status >= 200 && status < 300) {
        return new Outcome(null, false, 0, null);
      }
      String body = Texts.oneLine(response.body().strip());
      String said = body.isEmpty() ? "" : " (" + body + ")";
      URI location = location(response, response.uri());
      if (status >= 300 && status < 400 && location != null) {
        said = " to " + HttpTarget.display(location) + ", which is not followed: name it yourself";
      }
      boolean passing = status == 408 || status == 425 || status == 429 || status >= 500;
      long retryAfter =
          response.headers().firstValue("Retry-After").map(RetryDelay::retryAfterMillis).orElse(0L);
      return new Outcome("was answered with " + status + said, passing, retryAfter, null);
    }

    static @Nullable URI location(HttpResponse<?> response, URI base) {
      try {
        URI uri = response.headers().firstValue("Location").map(base::resolve).orElse(null);
        return uri == null || uri.getHost() == null ? null : uri;
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
  }
}
