// SPDX-License-Identifier: Apache-2.0
package dev.waltap.http;

import dev.waltap.handler.RetryDelay;
import dev.waltap.json.JsonText;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt to post a batch came to.
 *
 * @param failure what went wrong, after the address; null if the batch was delivered
 * @param status what was answered; 0 for nothing
 * @param passing whether it may pass, so that another attempt is worth while
 * @param retryAfter milliseconds that the server asks to wait
 */
record HttpOutcome(
    @Nullable String failure,
    int status,
    boolean passing,
    long retryAfter,
    @Nullable Throwable cause) {

  private static final int TOO_LARGE = 413;

  boolean delivered() {
    return failure == null;
  }

  /** Whether the receiver takes no body of this size. */
  boolean isTooLarge() {
    return status == TOO_LARGE;
  }

  static HttpOutcome of(IOException e, boolean tls) {
    return new HttpOutcome(HttpFailures.explain(e, tls), 0, true, 0, e);
  }

  static HttpOutcome of(HttpResponse<String> response, HttpBody body) {
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      return new HttpOutcome(null, status, false, 0, null);
    }
    String text = JsonText.oneLine(response.body().strip());
    String said = text.isEmpty() ? "" : " (" + text + ")";
    URI location = location(response, response.uri());
    if (status >= 300 && status < 400 && location != null) {
      said = " to " + HttpTarget.display(location) + ", which is not followed: name it yourself";
    }
    boolean passing = status == 408 || status == 425 || status == 429 || status >= 500;
    long retryAfter =
        response.headers().firstValue("Retry-After").map(RetryDelay::retryAfterMillis).orElse(0L);
    return new HttpOutcome(
        "was answered with " + status + said + advice(status, body),
        status,
        passing,
        retryAfter,
        null);
  }

  private static String advice(int status, HttpBody body) {
    if (status == 401 || status == 403 || status == 407) {
      return ": give what it asks for by --header, best from a file or WALTAP_HEADER";
    }
    if (status == TOO_LARGE) {
      return String.format(
          Locale.ROOT,
          ": it takes no body of %d bytes, which %s; raise its limit%s",
          body.length(),
          body.changes() > 1 ? body.changes() + " changes have" : "one change alone has",
          body.changes() > 1 ? "" : ", or leave columns out: --exclude-column, --blobs omit");
    }
    return "";
  }

  static @Nullable URI location(HttpResponse<?> response, URI base) {
    try {
      URI uri = response.headers().firstValue("Location").map(base::resolve).orElse(null);
      return uri == null || uri.getHost() == null || uri.getScheme() == null ? null : uri;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
