package dev.waltap.handler;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where batches are posted to, and how patiently.
 *
 * @param uri an {@code http} or {@code https} address; a user and password in it are sent as Basic
 *     authorization
 * @param headers headers of every request, beside {@code Content-Type: application/json}
 * @param timeout for one attempt, from connecting to the end of the answer
 * @param maxRetries attempts after the first; 0 or more
 */
public record HttpTarget(URI uri, List<Header> headers, Duration timeout, int maxRetries) {

  /** A header of a request. */
  public record Header(String name, String value) {

    /**
     * Reads {@code NAME: VALUE}.
     *
     * @throws IllegalArgumentException if there is no name
     */
    public static Header parse(String text) {
      int colon = text.indexOf(':');
      if (colon < 1) {
        throw new IllegalArgumentException("'" + text + "' is not a header: write 'NAME: VALUE'");
      }
      return new Header(text.substring(0, colon).strip(), text.substring(colon + 1).strip());
    }
  }

  public HttpTarget {
    headers = List.copyOf(headers);
    String scheme = uri.getScheme();
    if (!("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
        || uri.getHost() == null) {
      throw new IllegalArgumentException("'" + uri + "' is not an http or https address of a host");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("the timeout must be longer than nothing");
    }
    if (maxRetries < 0) {
      throw new IllegalArgumentException("the number of retries must be 0 or more");
    }
    String userInfo = uri.getUserInfo();
    if (userInfo != null && headers.stream().noneMatch(HttpTarget::isAuthorization)) {
      byte[] plain = userInfo.getBytes(StandardCharsets.UTF_8);
      Header basic =
          new Header("Authorization", "Basic " + Base64.getEncoder().encodeToString(plain));
      headers = concat(headers, basic);
    }
  }

  private static boolean isAuthorization(Header header) {
    return header.name().equalsIgnoreCase("Authorization");
  }

  private static List<Header> concat(List<Header> headers, Header header) {
    return Stream.concat(headers.stream(), Stream.of(header)).toList();
  }

  /** The address for people: without user, password and query, which may be secrets. */
  String display() {
    return display(uri);
  }

  static String display(URI uri) {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    return uri.getScheme() + "://" + uri.getHost() + port + path;
  }
}
