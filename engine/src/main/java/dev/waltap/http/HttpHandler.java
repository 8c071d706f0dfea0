// SPDX-License-Identifier: Apache-2.0
package dev.waltap.http;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.handler.DeliveryStoppedException;
import dev.waltap.handler.RetryDelay;
import dev.waltap.handler.RetryReport;
import dev.waltap.handler.Secrets;
import dev.waltap.json.BlobFormat;
import java.io.IOException;
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
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Posts each batch as {@code {"changes":[…]}}. Any 2xx is success. What may pass (no connection, no
 * answer in time, 408, 425, 429, 5xx) is tried again after a growing pause, or the pause that the
 * server asks for by {@code Retry-After}; a batch that is too large, 413, is posted in halves, down
 * to single changes; any other answer fails at once. 307 and 308 are followed within the same host
 * and scheme; no other redirect keeps a POST a POST.
 *
 * <p>{@link #close} may be called by any thread: a pause ends, no further attempt begins, and the
 * batch at hand stays undelivered. A request under way may end within 3 seconds, and is cancelled
 * then.
 */
public final class HttpHandler implements ChangesHandler, AutoCloseable {

  private static final int MAX_REDIRECTS = 5;

  /** How long a request under way may go on after {@link #close}. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** How often a request under way is looked at, whether it must end. */
  private static final long LOOK_MILLIS = 50;

  private final Supplier<HttpTarget> targets;
  private final HttpBatch.Format format;
  private final HttpClient client;
  private final RetryDelay delays;
  private final RetryReport report;
  private final Consumer<String> warnings;

  /** What the last attempt was made with. */
  private HttpTarget target;

  /** Of all targets there were. */
  private Secrets secrets;

  /** The least body that the receiver found too large. */
  private long tooLarge = Long.MAX_VALUE;

  private volatile long closedAt;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * A handler that keeps its retries to itself. Opens no connection yet.
   *
   * @throws IllegalArgumentException for a header that HTTP forbids to set
   */
  public HttpHandler(HttpTarget target, BlobFormat blobs) {
    this(target, blobs, null, warning -> {});
  }

  /** A handler of changes in JSON, like the one below. */
  public HttpHandler(
      HttpTarget target, BlobFormat blobs, @Nullable SSLContext tls, Consumer<String> warnings) {
    this(target, changes -> new JsonBatch(changes, blobs), tls, warnings);
  }

  /**
   * A handler that says when the receiver is not reached.
   *
   * @param format what it posts
   * @param tls whom to trust, and who we are; null for the Java installation's own
   * @param warnings gets a line when retries begin, now and then while they last, and when they are
   *     over
   * @throws IllegalArgumentException for a header that HTTP forbids to set
   */
  public HttpHandler(
      HttpTarget target,
      HttpBatch.Format format,
      @Nullable SSLContext tls,
      Consumer<String> warnings) {
    this(() -> target, format, tls, warnings);
  }

  /**
   * A handler whose headers and signature may change while it runs.
   *
   * @param targets where to post to, asked before each attempt: always the same address
   */
  public HttpHandler(
      Supplier<HttpTarget> targets,
      HttpBatch.Format format,
      @Nullable SSLContext tls,
      Consumer<String> warnings) {
    this(targets, format, tls, warnings, RetryDelay.standard());
  }

  HttpHandler(
      Supplier<HttpTarget> targets,
      HttpBatch.Format format,
      @Nullable SSLContext tls,
      Consumer<String> warnings,
      RetryDelay delays) {
    this.targets = targets;
    this.target = targets.get();
    this.warnings = warnings;
    this.secrets = target.secrets();
    this.format = format;
    this.delays = delays;
    this.report = new RetryReport("POST to " + target.display(), warnings, System::nanoTime);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(target.timeout())
            .followRedirects(HttpClient.Redirect.NEVER);
    if (tls != null) {
      builder.sslContext(tls);
    }
    this.client = builder.build();
    // Refuses bad headers now rather than with the first batch.
    request(target.uri(), HttpRequest.BodyPublishers.noBody(), null, List.of());
  }

  @Override
  public void handleChanges(List<Change> changes) throws IOException, InterruptedException {
    deliver(format.batch(changes));
  }

  private void deliver(HttpBatch batch) throws IOException, InterruptedException {
    HttpBody body = HttpBody.of(batch);
    int size = batch.changes().size();
    int half = size / 2;
    // What it refused once it is not asked to take again, each time in vain.
    if ((half > 0 && body.length() >= tooLarge) || !post(body)) {
      deliver(batch.part(0, half));
      deliver(batch.part(half, size));
    }
  }

  /** Returns whether it was taken; false for a batch that is too large and has parts. */
  private boolean post(HttpBody body) throws IOException, InterruptedException {
    for (int attempt = 0; ; attempt++) {
      HttpOutcome outcome = attempt(body);
      if (outcome.delivered()) {
        report.delivered();
        return true;
      }
      String failure = secrets.hide("POST to " + target.display() + " " + outcome.failure());
      if (outcome.isTooLarge() && body.changes() > 1) {
        if (tooLarge == Long.MAX_VALUE) {
          warnings.accept(failure + "; such batches go in parts, see --batch-size");
        }
        tooLarge = Math.min(tooLarge, body.length());
        return false;
      }
      if (!outcome.passing()) {
        throw new IOException(failure + "; the batch stays undelivered", outcome.cause());
      }
      if (target.maxRetries() != HttpTarget.UNLIMITED && attempt >= target.maxRetries()) {
        String attempts = attempt == 0 ? "" : ", after " + (attempt + 1) + " attempts";
        throw new IOException(
            failure + attempts + "; the batch stays undelivered", outcome.cause());
      }
      if (closed.getCount() > 0) {
        report.failed(failure);
      }
      if (closed.await(delays.millis(attempt, outcome.retryAfter()), TimeUnit.MILLISECONDS)) {
        throw new DeliveryStoppedException(
            failure + "; stopped, the batch stays undelivered", outcome.cause());
      }
    }
  }

  private HttpOutcome attempt(HttpBody body) throws IOException, InterruptedException {
    HttpTarget now = targets.get();
    if (!now.equals(target)) {
      target = now;
      secrets = secrets.and(now.secrets());
    }
    URI uri = target.uri();
    try {
      for (int redirects = 0; ; redirects++) {
        HttpResponse<String> response = send(uri, body);
        int status = response.statusCode();
        if (status != 307 && status != 308) {
          return HttpOutcome.of(response, body);
        }
        URI next = HttpOutcome.location(response, uri);
        if (next == null || redirects == MAX_REDIRECTS || !sameOrigin(uri, next)) {
          return HttpOutcome.of(response, body);
        }
        uri = next;
      }
    } catch (DeliveryStoppedException e) {
      throw e;
    } catch (IOException e) {
      return HttpOutcome.of(e, "https".equalsIgnoreCase(uri.getScheme()));
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
    HttpSignature signing = target.signature();
    List<HttpTarget.Header> signature = signing == null ? List.of() : signing.headers(body);
    try (HttpBody.Sending sending = body.begin()) {
      CompletableFuture<HttpResponse<String>> answer =
          client.sendAsync(
              request(uri, sending.publisher(), body, signature), info -> new AnswerStart());
      try {
        return await(answer);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
      } finally {
        answer.cancel(true);
      }
    }
  }

  /** Waits as long as an attempt may take, or a handler that was closed may. */
  private <T> T await(CompletableFuture<T> answer)
      throws IOException, InterruptedException, ExecutionException {
    long begun = System.nanoTime();
    while (true) {
      try {
        return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        long now = System.nanoTime();
        if (now - begun >= target.timeout().toNanos()) {
          throw new HttpTimeoutException("no answer within " + target.timeout().toMillis() + " ms");
        }
        if (closed.getCount() == 0 && now - closedAt >= GRACE_NANOS) {
          throw new DeliveryStoppedException(
              "POST to "
                  + target.display()
                  + " got no answer before the end and was cancelled; the batch stays undelivered",
              null);
        }
      }
    }
  }

  private HttpRequest request(
      URI uri,
      HttpRequest.BodyPublisher publisher,
      @Nullable HttpBody body,
      List<HttpTarget.Header> signature) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).POST(publisher).setHeader("User-Agent", "waltap");
    if (body != null) {
      body.name(request);
    }
    signature.forEach(header -> request.setHeader(header.name(), header.value()));
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

  /** Ends the retries of the batch at hand, and of all to come. */
  @Override
  public void close() {
    if (closed.getCount() > 0) {
      closedAt = System.nanoTime();
      closed.countDown();
    }
  }
}
