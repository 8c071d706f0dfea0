// SPDX-License-Identifier: Apache-2.0
package dev.waltap.http;

import dev.waltap.handler.Secrets;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where batches are posted to, and how patiently. No message of its own repeats a header's value,
 * nor the user, password or query of an address, whatever is wrong with them.
 *
 * @param uri an {@code http} or {@code https} address; a user and password in it are sent as Basic
 *     authorization
 * @param headers headers of every request, beside {@code Content-Type: application/json}
 * @param timeout for one attempt, from connecting to the end of the answer
 * @param maxRetries attempts after the first; 0 or more, {@link #UNLIMITED} for no limit
 * @param signature signs each request; null for none
 */
public record HttpTarget(
    URI uri,
    List<Header> headers,
    Duration timeout,
    int maxRetries,
    @Nullable HttpSignature signature) {

  /** As many retries as it takes. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  private static final int MAX_PORT = 65_535;

  /** A header of a request. */
  public record Header(String name, String value) {

    /** What RFC 9110 allows in a name. */
    private static final String NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    /** What the HTTP client sets by itself. */
    private static final Set<String> RESERVED = reserved();

    private static Set<String> reserved() {
      Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
      Collections.addAll(names, "Connection", "Content-Length", "Expect", "Host", "Upgrade");
      return names;
    }

    /**
     * Reads {@code NAME: VALUE}.
     *
     * @throws IllegalArgumentException if it is no header that can be sent
     */
    public static Header parse(String text) {
      int colon = text.indexOf(':');
      String name = colon < 0 ? "" : text.substring(0, colon).strip();
      if (!name.matches(NAME)) {
        throw new IllegalArgumentException(
            "a header has no name, or one that HTTP does not allow: write 'NAME: VALUE'");
      }
      if (RESERVED.contains(name)) {
        throw new IllegalArgumentException(
            "the header " + name + " is set by the HTTP client itself: leave it out");
      }
      String value = text.substring(colon + 1).strip();
      if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c > 0xFF || c == 0x7F)) {
        throw new IllegalArgumentException(
            "the value of the header " + name + " holds characters that HTTP does not allow");
      }
      return new Header(name, value);
    }

    /** The value is not for everybody. */
    @Override
    public String toString() {
      return name + ": ***";
    }
  }

  /** A target whose requests are not signed. */
  public HttpTarget(URI uri, List<Header> headers, Duration timeout, int maxRetries) {
    this(uri, headers, timeout, maxRetries, null);
  }

  public HttpTarget {
    headers = List.copyOf(headers);
    String scheme = uri.getScheme();
    if (!("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
        || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "the address is not an http or https address of a host: write http://HOST:PORT/PATH, and"
              + " characters such as : / ? # @ in a user or password as %3A %2F %3F %23 %40");
    }
    if (uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
      throw new IllegalArgumentException(
          "the port in the address is out of range: it is from 1 to " + MAX_PORT);
    }
    // Else a part of the password would be taken for the port, and the rest be sent to the host.
    boolean misread = uri.getRawUserInfo() == null && uri.getPort() > 0 && uri.getPath().isEmpty();
    if (contains(uri.getRawFragment(), '@') || (misread && contains(uri.getRawQuery(), '@'))) {
      throw new IllegalArgumentException(
          "a user or password in the address holds # or ?: write them as %23 and %3F");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("the timeout must be longer than nothing");
    }
    if (maxRetries < 0) {
      throw new IllegalArgumentException("the number of retries must be 0 or more");
    }
    String userInfo = uri.getUserInfo();
    if (userInfo != null && headers.stream().noneMatch(HttpTarget::isAuthorization)) {
      String both = userInfo.indexOf(':') < 0 ? userInfo + ":" : userInfo;
      byte[] plain = both.getBytes(StandardCharsets.UTF_8);
      Header basic =
          new Header("Authorization", "Basic " + Base64.getEncoder().encodeToString(plain));
      headers = concat(headers, basic);
    }
  }

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException if it isn't written as one
   */
  public static URI address(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      // Without the cause, which holds the text.
      throw new IllegalArgumentException(
          "the address is not written as one ("
              + e.getReason()
              + "): write characters that are special in addresses as % and two digits");
    }
  }

  private static boolean contains(@Nullable String text, char c) {
    return text != null && text.indexOf(c) >= 0;
  }

  private static boolean isAuthorization(Header header) {
    return header.name().equalsIgnoreCase("Authorization");
  }

  private static List<Header> concat(List<Header> headers, Header header) {
    return Stream.concat(headers.stream(), Stream.of(header)).toList();
  }

  /** What no message may repeat. */
  public Secrets secrets() {
    List<String> values = new ArrayList<>();
    for (Header header : headers) {
      values.add(header.value());
      values.addAll(List.of(header.value().split("[\\s,;=\"]+")));
    }
    for (String info : new String[] {uri.getUserInfo(), uri.getRawUserInfo()}) {
      if (info != null) {
        values.add(info);
        values.addAll(List.of(info.split(":", 2)));
      }
    }
    for (String query : new String[] {uri.getQuery(), uri.getRawQuery()}) {
      if (query != null) {
        values.add(query);
        for (String parameter : query.split("&", -1)) {
          values.add(parameter.substring(parameter.indexOf('=') + 1));
        }
      }
    }
    for (String segment : path(uri).split("/", -1)) {
      if (isToken(segment)) {
        values.add(segment);
      }
    }
    return Secrets.of(values);
  }

  /** The address for people: without user, password, query and tokens, which may be secrets. */
  String display() {
    return display(uri);
  }

  static String display(URI uri) {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    StringBuilder path = new StringBuilder();
    String[] segments = path(uri).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      path.append(i == 0 ? "" : "/").append(isToken(segments[i]) ? "***" : segments[i]);
    }
    return uri.getScheme() + "://" + uri.getHost() + port + path;
  }

  private static String path(URI uri) {
    return uri.getRawPath() == null ? "" : uri.getRawPath();
  }

  /** Webhooks of chats and the like carry their token in the path. */
  private static boolean isToken(String segment) {
    return segment.length() >= 16
        && segment.chars().anyMatch(Character::isDigit)
        && segment.chars().anyMatch(Character::isLetter);
  }

  /** Without anything that is not for everybody. */
  @Override
  public String toString() {
    return display();
  }
}
